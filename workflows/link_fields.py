"""Fields of links between tickets, of collective complaints and hot issues, and of restricted callers."""

from workflows.field import Field, choice

LINK_KINDS = ("same_fact", "repeat", "similar")

LINK_FIELDS = (
    Field("main_ticket", "id", "主单（或前件）", "main, or earlier, ticket"),
    Field("joined_ticket", "id", "并入的工单", "ticket joined to this one"),
    choice("link_kind", "关联类别", "kind of link", LINK_KINDS),
    Field("no_new_facts", "bool", "没有新的事实和理由", "there are no new facts"),
    Field("citizens", "number", "诉求人数", "number of citizens"),
    Field("group_tickets", "number", "工单件数", "number of tickets"),
    Field("street_name", "code", "镇街", "street", max_length=100),
    Field("recent", "number", "近期件数", "tickets of late"),
    Field("usual", "number", "常态件数", "tickets in usual times"),
    Field("from_ticket", "id", "由哪件工单提出", "ticket it is proposed from"),
    Field("restriction_ground", "code", "限制情形", "ground of the restriction", max_length=40),
    Field("restriction_effect", "code", "限制措施", "effect of the restriction", max_length=40),
    Field("restricted_until", "instant", "限制至", "restricted until"),
    Field("caller_effects", "codes", "来电限制措施", "effects on this caller", max_length=40),
)
