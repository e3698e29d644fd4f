"""Rows become planned tickets or rejections with a reason; the steps that a row tells, and those that are inferred."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.errors import IllFormed
from app.imports.plan import plan_all
from app.imports.planned import Named, Outcome, PlannedTicket, Rejected, Repeated
from app.imports.vocabulary import ROADS

HEAD = "no,title,content,created"


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def steps_of(ticket):
    return [(step.trigger, step.at, step.inferred) for step in ticket.steps]


@pytest.fixture
def table(text_file, planned, small):
    """Plans of a few rows under the small mapping with more said in it."""

    def run(rows, more="", head=HEAD, ticket=""):
        mapping = small.replace("[ticket]", f"[ticket]\n{ticket}").rstrip() + "\n" + more
        return planned(text_file(head + "\n" + "\n".join(rows) + "\n"), mapping)

    return run


def test_a_plain_row(table):
    (ticket,) = table(["7,噪音扰民,半夜施工,2025-03-01 22:10:00"])
    assert isinstance(ticket, PlannedTicket)
    assert (ticket.row_number, ticket.external_key, ticket.state) == (2, "7", "registered")
    assert ticket.birth == {"type": "complaint", "channel": "phone", "title": "噪音扰民", "content": "半夜施工"}
    assert steps_of(ticket) == [("register", at(2025, 3, 1, 14, 10), False)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",噪音,半夜施工,2025-03-01 22:10:00", "编号"),
        ("-,噪音,半夜施工,2025-03-01 22:10:00", "编号"),
        ("7" * 201 + ",噪音,半夜施工,2025-03-01", "编号超过 200 字"),
        ("7,,半夜施工,2025-03-01 22:10:00", "“title”为空"),
        ("7,噪音,-,2025-03-01 22:10:00", "“content”为空"),
        ("7,噪音,半夜施工,", "“created”为空"),
        ("7,噪音,半夜施工,2025-02-30", "不存在"),
        ("7,噪音,半夜施工,三月一日", "无法识别"),
        ("7,噪音,半夜施工,2027-03-01", "将来"),
        ("7,噪音,半夜\0施工,2025-03-01", "空字符"),
        ("7," + "长" * 201 + ",半夜施工,2025-03-01", "超过 200 字"),
        ("7,噪音,半夜施工", "有 3 列"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_its_cells(table, row, words):
    rejected, good = table([row, "8,好,好,2025-03-01"])
    assert isinstance(rejected, Rejected) and words in rejected.zh and rejected.en.endswith(".")
    assert rejected.row_number == 2 and rejected.cells == tuple(row.split(","))
    assert isinstance(good, PlannedTicket)


def test_bytes_of_another_encoding_are_found_in_their_row(text_file, planned, small):
    path = text_file(f"{HEAD}\n7,噪音,".encode() + "施工".encode("gb18030") + b",2025-03-01\n8,a,b,2025-03-01\n")
    rejected, good = planned(path, small)
    assert "编码" in rejected.zh and isinstance(good, PlannedTicket)


def test_a_file_without_the_columns_is_refused_as_a_whole(table):
    with pytest.raises(IllFormed, match="content.*created"):
        table(["1,2"], head="no,title")


def test_a_column_that_is_there_twice_is_refused(table):
    with pytest.raises(IllFormed, match="重复"):
        table(["1,2,3,2025-03-01,5"], head="no,title,content,created,title")


def test_a_key_of_two_columns_cannot_be_taken_for_another(text_file, planned, small):
    mapping = small.replace('key = ["no"]', 'key = ["no", "title"]')
    plans = planned(text_file(f"{HEAD}\na|b,c,x,2025-03-01\na,b|c,x,2025-03-01\n"), mapping)
    assert [plan.external_key for plan in plans] == ["a\\|b|c", "a|b\\|c"]


def test_a_key_that_comes_again_counts_once(table):
    again, other = table(["7,噪音,施工,2025-03-01", "7,噪音,施工,2025-03-01", "7,噪音,另一件事,2025-03-01"])[1:]
    assert again == Repeated(3)
    assert isinstance(other, Rejected) and "第 2 行" in other.zh


def test_the_digest_moves_with_what_is_mapped_and_with_nothing_else(table):
    head = HEAD + ",likes"
    rows = ["1,噪音,施工,2025-03-01,0", "2,噪音,施工,2025-03-01,9", "3,噪音,施工了,2025-03-01,0"]
    first, liked, changed = (plan.digest for plan in table(rows, head=head))
    assert first == liked != changed


def test_the_last_time_told_says_how_far_a_ticket_came(table):
    more = '[steps.dispatch]\nat = "sent"\n[steps.reply]\nat = "answered"\nfields.reply_text = "answer"'
    head = HEAD + ",sent,answered,answer"
    rows = ["1,t,c,2025-03-01,2025-03-02,2025-03-09,已修好", "2,t,c,2025-03-01,2025-03-02,,", "3,t,c,2025-03-01,,,"]
    replied, sent, fresh = table(rows, more, head)
    assert (replied.state, sent.state, fresh.state) == ("replied", "dispatched", "registered")
    assert steps_of(replied) == [
        ("register", at(2025, 2, 28, 16), False),
        ("accept", at(2025, 2, 28, 16), True),
        ("dispatch", at(2025, 3, 1, 16), False),
        ("sign", at(2025, 3, 1, 16), True),
        ("reply", at(2025, 3, 8, 16), False),
    ]
    assert replied.steps[-1].fields == {"reply_text": "已修好"}


def test_the_way_out_is_inferred_at_the_end_so_that_handling_is_not_made_shorter(table):
    more = '[steps.close]\nat = "closed"\n[state]\nvalue = "closed"\n[outcome]\nclock = "total_clock"\ndue = "due"'
    (ticket,) = table(["1,t,c,2025-03-01,2025-03-09,2025-03-05"], more, HEAD + ",closed,due")
    times = {trigger: when for trigger, when, _ in steps_of(ticket)}
    assert times["sign"] == at(2025, 2, 28, 16)
    assert times["reply"] == times["approve"] == times["close"] == at(2025, 3, 8, 16)
    assert ticket.outcome == Outcome("total_clock", "district", at(2025, 3, 4, 16), at(2025, 3, 8, 16), True)
    assert ticket.steps[4].fields == {"reply_text": "（原件未载明）"}


def test_times_that_run_backwards_are_kept_in_order_and_what_was_told_is_kept_too(table):
    more = '[steps.dispatch]\nat = "sent"\n[steps.sign]\nat = "signed"'
    (ticket,) = table(["1,t,c,2025-03-05,2025-03-01,2025-03-02"], more, HEAD + ",sent,signed")
    assert [step.at for step in ticket.steps] == [at(2025, 3, 4, 16)] * 4
    assert [step.told_at for step in ticket.steps] == [None, None, at(2025, 2, 28, 16), at(2025, 3, 1, 16)]


def test_late_and_on_time_in_words_need_no_times(table):
    more = '[state]\nvalue = "closed"\n[outcome]\nclock = "total_clock"\nlate = { column = "late", values = { "1" = true, "0" = false } }'
    late, on_time, unsaid = table([f"{n},t,c,2025-03-01,{flag}" for n, flag in ((1, 1), (2, 0), (3, "-"))], more, HEAD + ",late")
    assert late.outcome == Outcome("total_clock", "district", None, None, True)
    assert on_time.outcome.late is False and unsaid.outcome is None


def test_an_open_ticket_is_not_yet_late(table):
    more = '[outcome]\nclock = "total_clock"\nlevel = "upstream"\ndue = { column = "due", day_ends = true }'
    (ticket,) = table(["1,t,c,2025-03-01,2025-03-05"], more, HEAD + ",due")
    assert ticket.outcome == Outcome("total_clock", "upstream", at(2025, 3, 5, 16), None, None)


def test_a_rating_is_a_step_only_where_it_is_told(table):
    more = (
        '[state]\nvalue = "closed"\n[steps.record_callback]\nat = "called"\n'
        '[steps.record_callback.fields]\nrating = { column = "happy", values = { "满意" = "satisfied" } }'
    )
    rated, silent = table(["1,t,c,2025-03-01,2025-03-09,满意", "2,t,c,2025-03-01,2025-03-09,"], more, HEAD + ",called,happy")
    assert [step.trigger for step in rated.steps][-2:] == ["record_callback", "close"]
    assert "record_callback" not in [step.trigger for step in silent.steps]


def test_a_declined_ticket_needs_its_ground(table):
    state = '[state]\ncolumn = "s"\nvalues = { "不予受理" = "declined" }\n'
    (refused,) = table(["1,t,c,2025-03-01,不予受理"], state, HEAD + ",s")
    assert isinstance(refused, Rejected) and "法定情形" in refused.zh
    (declined,) = table(["1,t,c,2025-03-01,不予受理"], state + "[steps.decline.fields]\nground = { value = 'litigation' }", HEAD + ",s")
    assert [step.trigger for step in declined.steps] == ["register", "decline"]


def test_units_streets_categories_and_what_is_unknown(table):
    more = (
        '[unit]\ncode = "uid"\nname = "unit"\nunknown = "不知道的单位"\nkinds = { "社区" = "community" }\n'
        '[location]\nstreet = "street"\n'
    )
    categories = 'category = [{ code = "c1", name = "n1" }, "n2"]'
    head = HEAD + ",uid,unit,street,c1,n1,n2"
    rows = ["1,t,c,2025-03-01,9,老坑社区（龙田街道办事处）,龙田街道,5,市容,井盖", "2,t,c,2025-03-01,9,-,-,5,市容,-"]
    known, unknown = table(rows, more, head, categories)
    assert known.unit == Named("9", "老坑社区（龙田街道办事处）", "community")
    assert known.location == {"street": Named(None, "龙田街道")}
    assert known.category == (Named("5", "市容"), Named(None, "井盖"))
    assert unknown.unit == Named(None, "不知道的单位", "department")
    assert unknown.location == {} and unknown.category == (Named("5", "市容"),)


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [("200", "30", "经度"), ("114", "95", "纬度"), ("22.5", "114.1", "颠倒"), ("114", "", "同时"), ("东", "22", "不是数字")],
)
def test_coordinates_outside_the_world_are_refused(table, lon, lat, words):
    more = '[location]\nlon = "lon"\nlat = "lat"\ncrs = "gcj02"'
    (rejected,) = table([f"1,t,c,2025-03-01,{lon},{lat}"], more, HEAD + ",lon,lat")
    assert isinstance(rejected, Rejected) and words in rejected.zh


def test_coordinates_keep_their_system_and_say_when_they_are_rounded(table):
    more = '[location]\nlon = "lon"\nlat = "lat"\ncrs = "wgs84"'
    rows = ["1,t,c,2025-03-01,-77,39", "2,t,c,2025-03-01,-76.61,39.29", "3,t,c,2025-03-01,0,0", "4,t,c,2025-03-01,,"]
    rounded, exact, zero, none = (plan.location for plan in table(rows, more, HEAD + ",lon,lat"))
    assert rounded == {"lon": -77.0, "lat": 39.0, "crs": "wgs84", "coarse": True}
    assert exact == {"lon": -76.61, "lat": 39.29, "crs": "wgs84", "coarse": False}
    assert zero == none == {}


def test_telephones_are_read_and_a_telephone_of_letters_is_not_repeated_in_the_reason(table):
    more = '[citizen]\nphone = "phone"'
    head = HEAD + ",phone"
    rows = ["1,t,c,2025-03-01,138 0013-8000", "2,t,c,2025-03-01,张三家", "3,t,c,2025-03-01,-"]
    good, bad, none = table(rows, more, head)
    assert good.citizen == {"phone": "13800138000"} and none.citizen == {}
    assert isinstance(bad, Rejected) and "联系电话" in bad.zh and "张三" not in bad.zh + bad.en


def test_every_road_begins_at_registration_and_no_step_is_walked_twice():
    for road in ROADS.values():
        assert road[0] == "register" and len(set(road)) == len(road)


def test_planning_reads_row_by_row_and_never_ahead(planned, small):
    taken = []

    class Watched:
        def plan(self, row):
            taken.append(row)
            return Rejected(row, (), "坏。", "bad.")

    plans = plan_all(Watched(), iter(range(1000)))
    next(plans)
    assert taken == [0]


def test_one_second_is_enough_to_tell_two_steps_apart(table):
    more = '[steps.dispatch]\nat = "sent"'
    (ticket,) = table(["1,t,c,2025-03-01 08:00:00,2025-03-01 08:00:01"], more, HEAD + ",sent")
    assert ticket.steps[2].at - ticket.steps[0].at == timedelta(seconds=1)
