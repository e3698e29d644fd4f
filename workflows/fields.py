"""Every field a trigger may take, with its type: the API's schemas, the screens and the definitions all read it here."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.alarm_fields import ALARM_FIELDS
from workflows.callback_fields import CALLBACK_FIELDS
from workflows.card_fields import CARD_FIELDS
from workflows.co_request_fields import CO_REQUEST_FIELDS
from workflows.field import TYPES, Field, choice, text
from workflows.handling_fields import HANDLING_FIELDS
from workflows.knowledge_fields import KNOWLEDGE_FIELDS
from workflows.link_fields import LINK_FIELDS
from workflows.return_fields import RETURN_FIELDS
from workflows.review_fields import REVIEW_FIELDS
from workflows.supervision_fields import SUPERVISION_FIELDS

__all__ = ["ALL", "FIELDS", "REPLY_FIELDS", "TYPES", "Field"]

TICKET_TYPES = ("consult", "help", "complaint", "tipoff", "suggestion", "praise", "other")
CHANNELS = (
    "phone", "web", "wechat", "mini_program", "app", "mailbox", "board", "email", "letter", "visit",
    "police_110", "digital_city", "grid", "patrol",
)  # fmt: skip
URGENCIES = ("normal", "urgent", "critical")
SOURCES = ("city", "own", "import")
OUTCOMES = ("solved", "partly", "unsolved", "explained")
RATINGS = ("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied")
CONTACT_WAYS = ("phone", "sms", "wechat", "visit", "email", "letter", "other")
GATES = ("time", "quality", "reply", "implementation")
TERMINATION_GROUNDS = ("out_of_scope", "citizen_blocks", "same_facts_again", "legal_channel", "cannot_be_verified")

ALL = (
    # registration
    choice("type", "诉求类型", "type", TICKET_TYPES),
    choice("channel", "渠道", "channel", CHANNELS),
    choice("source", "来源", "source", SOURCES),
    text("title", "标题", "title", 200),
    text("content", "诉求内容", "content", 20_000),
    text("purpose", "诉求目的", "purpose", 2_000),
    choice("urgency", "紧急程度", "urgency", URGENCIES),
    Field("category", "id", "事项分类", "category"),
    Field("occurred_at", "instant", "发生时间", "when it happened"),
    text("subject", "被反映对象", "whom it is about", 500),
    Field("enterprise", "bool", "涉企", "concerns an enterprise"),
    Field("labels", "codes", "标签", "labels", max_length=40),
    Field("reply_by", "instant", "要求答复时间", "reply wanted by"),
    Field("upstream_number", "code", "市工单编号", "number at the city platform", max_length=64),
    Field("upstream_due_at", "instant", "市级时限", "due at the city platform"),
    # dispatch
    Field("lead_unit", "id", "主办单位", "lead unit"),
    Field("co_units", "ids", "协办单位", "co-units"),
    text("instructions", "办理要求", "instructions", 2_000),
    # decisions of the centre
    Field("ground", "code", "不予受理的法定情形", "statutory ground for declining", max_length=40),
    Field("transfer_to", "code", "转办去向", "transferred to", max_length=40),
    choice("termination_ground", "终止情形", "ground for terminating", TERMINATION_GROUNDS),
    Field("gates", "choices", "未通过的关口", "gates not passed", choices=GATES),
    text("reason", "理由", "reason", 2_000),
    text("note", "备注", "note", 2_000),
    # the reply
    Field("contacted", "bool", "已联系诉求人", "citizen contacted"),
    Field("contact_at", "instant", "联系时间", "contacted at"),
    choice("contact_way", "联系方式", "contacted by", CONTACT_WAYS),
    text("not_contacted_reason", "未联系原因", "why not contacted", 500),
    Field("facts_true", "bool", "诉求属实", "the facts are true"),
    choice("outcome", "办理结果", "outcome", OUTCOMES),
    text("unsolved_reason", "未解决原因", "why not solved", 2_000),
    Field("on_site", "bool", "已到现场", "been on site"),
    text("internal_note", "办理情况（内部）", "handling note (internal)", 20_000),
    text("reply_text", "答复诉求人", "reply to the citizen", 20_000),
    text("public_reply", "公开答复", "public reply", 20_000),
    text("co_open_reason", "协办未办结的说明", "why the lead replies before its co-units", 500),
    # the callback
    Field("reached", "bool", "已接通诉求人", "citizen reached"),
    Field("solved", "bool", "诉求已解决", "the demand is solved"),
    choice("rating", "满意度", "rating", RATINGS),
    choice("manner_rating", "过程（态度）满意度", "rating of the manner", RATINGS),
    Field("reasons", "codes", "不满意原因", "reasons for dissatisfaction", max_length=40),
    # the citizen again
    choice("kind", "补充类别", "kind of supplement", ("addition", "urge")),
    text("text", "补充内容", "words of the supplement", 20_000),
    # inside a unit
    Field("person", "id", "承办人", "person"),
    choice("role", "承办角色", "role of the unit", ("lead", "co", "sub")),
    Field("unit", "id", "承办单位", "unit"),
    Field("round", "number", "办理轮次", "round"),
    Field("attempt", "number", "派单次数", "attempt"),
    *CALLBACK_FIELDS,
    *CARD_FIELDS,
    *CO_REQUEST_FIELDS,
    *HANDLING_FIELDS,
    *KNOWLEDGE_FIELDS,
    *LINK_FIELDS,
    *ALARM_FIELDS,
    *RETURN_FIELDS,
    *REVIEW_FIELDS,
    *SUPERVISION_FIELDS,
)

FIELDS: Mapping[str, Field] = MappingProxyType({each.name: each for each in ALL})
REPLY_FIELDS = (
    "contacted", "contact_at", "contact_way", "not_contacted_reason", "facts_true", "outcome", "unsolved_reason",
    "on_site", "internal_note", "reply_text", "public_reply",
)  # fmt: skip
