"""Fields of the knowledge base: what an entry says, how long it holds, and which entries an answer rests on."""

from workflows.field import Field, text

KNOWLEDGE_FIELDS = (
    Field("keywords", "codes", "关键词", "keywords", max_length=40),
    text("sources", "依据", "what it rests on", 2_000),
    Field("valid_until", "instant", "有效期至", "holds until"),
    Field("review_by", "instant", "复核期限", "to be looked at again by"),
    Field("open_to_public", "bool", "可向公众公开", "open to the public"),
    Field("correction", "id", "纠错记录", "correction"),
    Field("accepted", "bool", "采纳", "accepted"),
    Field("cites", "ids", "引用的知识", "entries of the knowledge base that it rests on"),
)
