"""The closed vocabulary of facts, given and derived, that conditions may ask; a name outside of it does not load."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "flag", "set", "date", "datetime"]

CLOCKS = (
    "acceptance_clock", "dispatch_clock", "sign_clock", "first_contact_clock", "handle_clock",
    "total_clock", "interim_reply_clock", "review_clock", "callback_clock", "return_window_clock",
)
# Limits of the cases around a ticket: a pack that says nothing of them sets none.
OTHER_CLOCKS = (
    "adjudication_clock", "opinion_clock", "report_in_clock", "extension_clock", "claim_clock", "rating_clock", "decision_clock",
    "conference_clock", "supervision_sign_clock", "verify_clock", "alarm_clock", "hot_issue_clock", "collective_clock",
    "co_request_clock",
)
# Their end is an instant that a person, or another rule, has set: no table says how long.
SET_CLOCKS = ("pause_clock", "suspension_clock", "supervision_clock", "instruction_clock", "restriction_clock", "knowledge_clock")
# What notices may be told of: the reaction that tells people subscribes to these and to nothing else.
EVENTS = (
    "ClockRung", "AssignmentOpened", "AssignmentRecalled", "AssignmentSentBack", "PersonAssigned", "TicketAccepted",
    "TicketDeclined", "TicketCompleted", "TicketUrged", "TicketEscalated", "TicketElevated", "TicketDissatisfied", "TicketSuspended",
    "TerminationRequested", "EarlierReplyProposed", "ReturnRequested", "ReturnNegotiated", "ReturnDecided", "WhistleBlown",
    "ExtensionRequested", "ExtensionGranted", "ExtensionRefused", "PauseRequested", "PauseRefused", "SharePauseEnded",
    "SuspensionRequested", "SuspensionRefused", "TicketResumed", "CardGiven", "SupervisionProposed", "SupervisionIssued",
    "SupervisionUrged", "SupervisionSentBack", "SupervisedUnitSummoned", "SupervisionReported", "InstructionSent",
    "ConferenceCalled", "ConferenceInvited", "AlarmRaised", "AlarmHitAgain", "AlarmEscalated", "CallbackInvited",
    "CollectiveFormed", "HotIssueFound", "HotIssueWatched", "RestrictionProposed", "TicketLetGo", "TicketLetGoInWork",
    "KnowledgeReviewOverdue", "KnowledgeCorrected", "CoUnitAsked", "CoUnitGranted", "CoUnitDeclined",
)
LEVELS = ("upstream", "district", "unit")
TYPES = ("consult", "help", "complaint", "tipoff", "suggestion", "praise", "other")
URGENCIES = ("normal", "urgent", "critical")
CHANNELS = (
    "phone", "web", "wechat", "mini_program", "app", "mailbox", "board", "email", "letter", "visit",
    "police_110", "digital_city", "grid", "patrol",
)
SOURCES = ("city", "own", "import")
DANGERS = ("life", "threat", "gathering", "hazard")
ALARM_STATES = ("raised", "acknowledged", "acting")
SHARE_ROLES = ("lead", "co", "sub")
SUPERVISION_LEVELS = ("general", "key", "listed", "leader")
UNIT_KINDS = ("centre", "department", "town", "street", "community", "village", "vertical", "utility")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a condition may ask: its kind, and every value it can have where the vocabulary is closed."""

    name: str
    kind: Kind
    zh: str
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact made of given ones; None while one of them is not given."""

    fact: Fact
    needs: tuple[str, ...]
    make: Callable[[Mapping[str, object]], object]


def _given(facts: Iterable[Fact]) -> dict[str, Fact]:
    return {fact.name: fact for fact in facts}


FACTS: Mapping[str, Fact] = _given(
    [
        Fact("clock", "text", "时限种类", CLOCKS + OTHER_CLOCKS + SET_CLOCKS),
        Fact("level", "text", "时限层级", LEVELS),
        Fact("event", "text", "事件", EVENTS),
        Fact("type", "text", "诉求类型", TYPES),
        Fact("urgency", "text", "紧急程度", URGENCIES),
        Fact("channel", "text", "渠道", CHANNELS),
        Fact("source", "text", "来源", SOURCES),
        Fact("category", "text", "事项分类代码"),
        Fact("street", "text", "所属镇街代码"),
        Fact("community", "text", "所属社区代码"),
        Fact("unit", "text", "主办单位代码"),
        Fact("unit_kind", "text", "主办单位类别", UNIT_KINDS),
        Fact("labels", "set", "标签"),
        Fact("enterprise", "flag", "涉企"),
        Fact("confidential", "flag", "保密"),
        Fact("anonymous", "flag", "匿名"),
        Fact("role", "text", "承办角色", SHARE_ROLES),
        Fact("supervised", "flag", "在督办"),
        Fact("dissatisfactions", "number", "不满意次数"),
        Fact("round", "number", "办理轮次"),
        Fact("attempt", "number", "派单次数"),
        Fact("repeat_count", "number", "同一诉求人重复次数"),
        Fact("urge_count", "number", "催单次数"),
        Fact("registered_at", "datetime", "登记时间"),
        Fact("occurred_on", "date", "发生日期"),
        Fact("dissatisfied", "flag", "本轮不满意待决定"),
        Fact("studied", "flag", "本轮已会商研究"),
        Fact("supervision_level", "text", "督办级别", SUPERVISION_LEVELS),
        Fact("late", "flag", "已过反馈时限"),
        Fact("milestone_missed", "flag", "节点逾期"),
        Fact("spent_share", "number", "反馈时限已用的比例"),
        Fact("danger", "text", "险情种类", DANGERS),
        Fact("alarm_state", "text", "险情告警的状态", ALARM_STATES),
        Fact("alarm_climbs", "number", "险情告警已上报次数"),
    ]
)

DERIVED: Mapping[str, Derived] = {
    derived.fact.name: derived
    for derived in (
        Derived(Fact("rehandled", "flag", "重办件"), ("round",), lambda facts: _number(facts["round"]) > 1),
        Derived(Fact("repeated", "flag", "重复诉求"), ("repeat_count",), lambda facts: _number(facts["repeat_count"]) > 0),
        Derived(Fact("redispatched", "flag", "二次派单"), ("attempt",), lambda facts: _number(facts["attempt"]) > 1),
        Derived(Fact("named", "flag", "实名"), ("anonymous",), lambda facts: facts["anonymous"] is False),
    )
}


def fact_of(name: str) -> Fact | None:
    """The fact of that name, given or derived; None when the vocabulary does not know it."""
    derived = DERIVED.get(name)
    return derived.fact if derived else FACTS.get(name)


def with_derived(facts: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
    """The facts, and those derived ones of `names` whose sources are given."""
    known = dict(facts)
    for name in names:
        derived = DERIVED[name]
        if all(facts.get(need) is not None for need in derived.needs):
            known[name] = derived.make(facts)
    return known


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return value
