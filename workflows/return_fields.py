"""Fields of returns and whistles: the ground of a return, what the parties and the offices say, and who is called in."""

from workflows.field import Field, choice, text

OPINIONS = ("org_office", "justice_bureau")

RETURN_FIELDS = (
    Field("return_ground", "code", "退单理由类别", "ground of the return", max_length=40),
    Field("suggested_unit", "id", "建议承办单位", "unit suggested instead"),
    Field("designated", "bool", "指定办理", "designated"),
    text("statement", "单位陈述", "statement of a unit", 2_000),
    choice("opinion_of", "意见单位（机构编制、司法行政）", "office that gives its opinion", OPINIONS),
    text("opinion", "意见", "opinion", 2_000),
    Field("improper", "bool", "不当退单", "improper return"),
    Field("departments", "ids", "吹哨对象（部门）", "departments called in"),
    Field("caller_unit", "id", "吹哨镇街", "street that called"),
    Field("helpful", "bool", "报到有成效", "reporting in was of help"),
)
