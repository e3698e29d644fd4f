"""Fields of the callback (回访): how a call ended, what was answered, and what the city or a third party has asked by itself."""

from workflows.field import Field, choice

CALL_OUTCOMES = ("reached", "no_answer", "dead_number", "refused", "call_later")
RATING_WAYS = ("phone", "sms", "web")
ASKED_BY = ("city", "third_party")

CALLBACK_FIELDS = (
    choice("call_outcome", "通话结果", "how the call ended", CALL_OUTCOMES),
    Field("call_at", "instant", "约定回访时间", "to be called at"),
    Field("recording", "code", "录音编号", "reference of the recording", max_length=200),
    choice("rating_way", "评价方式", "rated by", RATING_WAYS),
    choice("evaluation_source", "评价来源", "who asked", ASKED_BY),
    Field("evaluation_reference", "code", "评价编号", "reference of the evaluation there", max_length=200),
    Field("evaluated_at", "instant", "评价时间", "evaluated at"),
    Field("no_further_ground", "code", "不再办理的依据", "ground for no further handling", max_length=40),
)
