"""Conditions asked of a callback and of what follows dissatisfaction: who may call, when, what may be answered, who decides what next."""

from typing import Any

from workflows.vocabulary import Facts, Fields, Guard, guard

DISSATISFIED = frozenset({"dissatisfied", "very_dissatisfied"})
_ASKING = frozenset({"completed", "closed"})
_ENDED = frozenset({"rated", "unreachable", "expired"})


def dissatisfied(answers: Any) -> bool:
    """Whether these answers, or this row, tell of a citizen who is not content, or whose demand is not solved."""
    return answers.get("rating") in DISSATISFIED or answers.get("solved") is False


def stands(row: Any) -> bool:
    """Whether a dissatisfaction of the present round waits for a decision, or has been decided within this round."""
    return bool(row.get("dissatisfied_round") == row["round"])


def _expired(facts: Facts) -> bool:
    until = facts["row"].get("expires_at")
    return facts["state"] == "expired" or (until is not None and facts["now"] >= until)


def _stranger(facts: Facts, fields: Fields) -> bool:
    actor, unit = facts["actor_id"], facts["actor_unit_id"]
    if actor is not None and facts["ticket_row"].get("answered_by") == actor:
        return False
    return all(
        (share["unit_id"] != unit or unit is None) and (share["person_id"] != actor or actor is None) for share in facts["ticket_shares"]
    )


def _later(facts: Facts, fields: Fields) -> bool:
    until = facts["row"].get("expires_at")
    return bool(facts["now"] < fields["call_at"] and (until is None or fields["call_at"] < until))


def _reasoned(facts: Facts, fields: Fields) -> bool:
    return not facts["reasons_required"] or not dissatisfied(fields) or bool(fields.get("reasons"))


def _last_try(facts: Facts) -> bool:
    wanted = facts["callback_attempts_wanted"]
    return wanted is not None and facts["row"]["attempts"] + 1 >= wanted


def _of_round(facts: Facts, child: Any) -> bool:
    return bool(child["kind"] == "callback" and child["round"] == facts["row"]["round"])


def _concluded(facts: Facts, fields: Fields) -> bool:
    row = facts["row"]
    ended = any(_of_round(facts, child) and child["state"] in _ENDED for child in facts["children"])
    return ended or row.get("evaluated_round") == row["round"] or bool(fields.get("reason"))


def _decided(facts: Facts, fields: Fields) -> bool:
    if not stands(facts["row"]):
        return True
    return bool(fields.get("reason")) and (not facts["no_further_grounds"] or bool(fields.get("no_further_ground")))


def _studied(facts: Facts, fields: Fields) -> bool:
    row, since = facts["row"], facts["study_wanted_from"]
    return since is None or row["round"] < since or row.get("studied_round") == row["round"]


CALLBACK_GUARDS: tuple[Guard, ...] = (
    guard(
        "callback_not_rated", "row", "",
        "本轮办理已有评价，不能重复评价。", "This round has been evaluated already.",
        lambda facts, fields: facts["row"].get("rated_at") is None,
    ),
    guard(
        "callback_not_expired", "row now", "",
        "本轮评价期限已过，不能再回访或评价。", "The time for evaluating this round is over.",
        lambda facts, fields: not _expired(facts),
    ),
    guard(
        "ticket_awaits_callback", "parent_state", "",
        "工单不在待回访状态，不再回访；诉求人仍可在期限内自行评价。",
        "The ticket no longer waits for its callback; the citizen may still rate in time.",
        lambda facts, fields: facts["parent_state"] == "completed",
    ),
    guard(
        "ticket_takes_rating", "parent_state", "",
        "工单已归档或正在办理，本轮不再接受评价。", "The ticket is laid away or in hand again: this round is no longer rated.",
        lambda facts, fields: facts["parent_state"] in _ASKING,
    ),
    guard(
        "called_by_a_stranger", "ticket_row ticket_shares actor_id actor_unit_id", "",
        "承办单位和承办人不得回访自己的工单。", "Who handled a ticket may not call its citizen back.",
        _stranger,
    ),
    guard(
        "callback_claimed_by_nobody_else", "row actor_id", "",
        "此件正由他人回访。", "Somebody else is calling this citizen back.",
        lambda facts, fields: facts["row"].get("claimed_by") in (None, facts["actor_id"]),
    ),
    guard(
        "may_be_called_now", "row now callable_from", "",
        "还不到再次拨打的时间，最早可在 {callable_from} 拨打。", "It is too early to call again: not before {callable_from}.",
        lambda facts, fields: facts["row"].get("next_call_at") is None or facts["row"]["next_call_at"] <= facts["now"],
    ),
    guard(
        "citizen_was_reached", "", "call_outcome",
        "未接通诉求人，不能登记评价。", "The citizen was not reached: no answers can be recorded.",
        lambda facts, fields: fields.get("call_outcome", "reached") == "reached",
    ),
    guard(
        "rating_is_on_scale", "ratings_allowed", "rating",
        "评价不在规则包规定的档次内，可选：{ratings_allowed}。", "This rating is not on the scale of the pack: {ratings_allowed}.",
        lambda facts, fields: fields.get("rating") is None or fields["rating"] in facts["ratings_allowed"],
    ),
    guard(
        "manner_is_on_scale", "ratings_allowed", "manner_rating",
        "过程评价不在规则包规定的档次内，可选：{ratings_allowed}。",
        "This rating of the manner is not on the scale of the pack: {ratings_allowed}.",
        lambda facts, fields: fields.get("manner_rating") is None or fields["manner_rating"] in facts["ratings_allowed"],
    ),
    guard(
        "reasons_are_listed", "reason_codes", "reasons",
        "不满意原因须为规则包列明的：{reason_codes}。", "Reasons for dissatisfaction are those that the pack lists: {reason_codes}.",
        lambda facts, fields: not facts["reason_codes"] or set(fields.get("reasons") or ()) <= facts["reason_codes"],
    ),
    guard(
        "dissatisfaction_has_reasons", "reasons_required reason_codes", "rating solved reasons",
        "诉求人不满意或诉求未解决的，须记明原因：{reason_codes}。",
        "When the citizen is dissatisfied or the demand unsolved, say why: {reason_codes}.",
        _reasoned,
        at="reasons",
    ),
    guard(
        "callback_still_tried", "", "",
        "此件已按规则判定联系不上，不再拨打；诉求人回电的，请登记三项回答。",
        "By the rule this citizen could not be reached; should he call back, record the three answers.",
        lambda facts, fields: facts["state"] in ("queued", "claimed"),
    ),
    guard(
        "call_was_missed", "calls_that_end", "call_outcome",
        "已接通诉求人，请登记三项回答；约定再拨的，请写明时间。",
        "The citizen was reached: record the three answers, or when to call again.",
        lambda facts, fields: fields["call_outcome"] in {"no_answer", "dead_number", "refused"} - facts["calls_that_end"],
    ),
    guard(
        "call_ends_it", "calls_that_end", "call_outcome",
        "这样的通话结果不使回访终止。", "A call that ended like this does not end the callback.",
        lambda facts, fields: fields["call_outcome"] in facts["calls_that_end"],
    ),
    guard(
        "calls_are_left", "row callback_attempts_wanted", "",
        "规则包规定的拨打次数已满。", "As many calls as the pack wants have been made.",
        lambda facts, fields: not _last_try(facts),
    ),
    guard(
        "call_was_the_last", "row callback_attempts_wanted", "",
        "规则包规定的拨打次数未满。", "There are calls left by the pack.",
        lambda facts, fields: _last_try(facts),
    ),
    guard(
        "call_was_put_off", "", "call_outcome",
        "只有约定再拨才填写约定时间。", "A time to call again is given only when that was agreed upon.",
        lambda facts, fields: fields["call_outcome"] == "call_later",
    ),
    guard(
        "call_again_in_time", "row now", "call_at",
        "约定回访时间须晚于现在，且在评价期限之内。", "The time agreed upon lies in the future and before the evaluation expires.",
        _later,
    ),
    # What follows on the ticket.
    guard(
        "evaluation_is_dissatisfied", "", "rating solved",
        "评价并非不满意。", "The evaluation is not one of dissatisfaction.",
        lambda facts, fields: dissatisfied(fields),
        at="rating",
    ),
    guard(
        "callback_concluded", "row children", "reason",
        "尚未完成回访：须有本轮评价，或回访已按规则判定联系不上、已过期，或说明结案理由。",
        "The callback is not done: an evaluation of this round, a callback that ended by its rule, or a reason for closing is needed.",
        _concluded,
    ),
    guard(
        "no_further_ground_is_listed", "no_further_grounds", "no_further_ground",
        "不再办理的依据须为规则包列明的：{no_further_grounds}。",
        "The ground for no further handling is one that the pack lists: {no_further_grounds}.",
        lambda facts, fields: fields.get("no_further_ground") is None or fields["no_further_ground"] in facts["no_further_grounds"],
    ),
    guard(
        "dissatisfaction_decided", "row no_further_grounds", "reason no_further_ground",
        "诉求人不满意或诉求未解决，须由人作出决定：重办、终止，或不再办理；不再办理而结案须说明理由并写明依据（{no_further_grounds}）。",
        "The citizen is dissatisfied or the demand unsolved: handle it again, terminate it, or close it with a reason and a ground"
        " for no further handling ({no_further_grounds}).",
        _decided,
        at="reason no_further_ground",
    ),
    guard(
        "dissatisfaction_stands", "row", "",
        "已办结的工单，只有在诉求人不满意或诉求未解决时才可终止；否则请结案。",
        "A completed ticket is terminated only when the citizen is dissatisfied; otherwise close it.",
        lambda facts, fields: stands(facts["row"]),
    ),
    guard(
        "studied_before_rehandling", "row study_wanted_from", "",
        "按规则包，本轮不满意须先会商、踏勘或征求主管部门意见并有结论，不得跳过这一级直接重办。",
        "By the pack this dissatisfaction is studied first (conference, site survey or opinion, with a conclusion): no rung is skipped.",
        _studied,
    ),
    guard(
        "a_round_was_completed", "row", "",
        "此单尚未办结过，没有可评价的办理轮次。", "No round of this ticket has been completed: there is nothing to evaluate.",
        lambda facts, fields: facts["row"].get("completed_at") is not None or facts["row"]["round"] > 1,
    ),
    guard(
        "evaluated_in_the_past", "now", "evaluated_at",
        "评价时间不能晚于现在。", "It cannot have been evaluated later than now.",
        lambda facts, fields: fields["evaluated_at"] <= facts["now"],
    ),
)  # fmt: skip
