"""Fields of supervision, instructions, conferences and of the four measures by which a key ticket is raised a level."""

from workflows.field import Field, choice, text

ORIGINS = ("ticket", "instruction", "work_report", "executive_meeting", "rule", "other")
SUPERVISION_LEVELS = ("general", "key", "listed", "leader")
FORMS = ("meeting", "site_survey", "opinion")
CONCLUSIONS = ("rehandle", "decide", "supervise", "explain")
ELEVATIONS = ("elevated_bulletin", "elevated_study", "elevated_review", "elevated_callback")

SUPERVISION_FIELDS = (
    # supervision
    choice("supervision_source", "督办来源", "source of the supervision", ORIGINS),
    text("matter", "督办事项或议题", "matter", 10_000),
    choice("level", "督办级别", "level of supervision", SUPERVISION_LEVELS),
    Field("report_due_at", "instant", "反馈时限", "report due at"),
    text("plan", "办理方案", "plan", 5_000),
    Field("year", "number", "年度事项的年份", "year of a yearly matter"),
    text("milestone", "节点目标", "milestone", 200),
    Field("milestone_due_at", "instant", "节点时限", "milestone due at"),
    Field("milestone_number", "number", "节点序号", "number of the milestone"),
    text("report_text", "反馈内容", "report", 20_000),
    text("evidence", "销号或完成的依据", "evidence", 5_000),
    text("summoned", "约谈对象", "who was summoned", 200),
    Field("held_at", "instant", "召开（约谈）时间", "held at"),
    text("minutes", "纪要", "minutes", 20_000),
    # instructions
    Field("reference_number", "code", "文号", "reference number", max_length=64),
    Field("received_at", "instant", "收文时间", "received at"),
    Field("classified", "bool", "涉密件（内容不录入）", "classified (its content stays on paper)"),
    Field("tickets", "ids", "所涉工单", "tickets concerned"),
    text("proposal", "拟办意见", "proposed handling", 5_000),
    text("endorser", "批示领导", "leader who wrote it", 100),
    Field("endorser_person", "id", "批示领导（账号）", "leader who wrote it (account)"),
    text("endorsement", "批示原文", "words of the instruction", 5_000),
    Field("endorsed_at", "instant", "批示时间", "written at"),
    Field("units", "ids", "单位", "units"),
    Field("tell_units", "bool", "向单位转达批示原文", "the leader's words go to the units"),
    # conferences
    choice("form", "会商形式", "form of the conference", FORMS),
    Field("scheduled_at", "instant", "拟召开时间", "scheduled at"),
    text("place", "地点", "place", 200),
    Field("people", "ids", "参加人员", "people taking part"),
    Field("chair", "id", "主持人", "chair"),
    choice("conclusion", "会商结论", "conclusion", CONCLUSIONS),
    text("conclusion_text", "结论内容", "what was concluded", 5_000),
    text("task", "议定事项", "task", 500),
    Field("task_due_at", "instant", "议定事项时限", "task due at"),
    Field("task_number", "number", "议定事项序号", "number of the task"),
    # the four measures
    Field("measures", "choices", "提级措施", "measures", choices=ELEVATIONS),
)
