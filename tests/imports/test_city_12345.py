"""A day's orders of a city platform, invented: the shipped mapping reads them, and a changed row shows in its digest."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.imports.mapping_file import load_mapping
from app.imports.planned import Named, PlannedTicket, Rejected
from app.imports.run import Ways, run_import
from app.main import build
from tests.imports.city import rows_of

HEAD = [
    "工单编号", "受理时间", "来电人", "来电号码", "联系电话", "是否匿名", "是否保密", "诉求类型", "紧急程度", "来电渠道", "标题", "内容",
    "诉求目的", "发生时间", "被反映对象", "是否涉企", "一级分类", "二级分类", "三级分类", "所属街道", "所属社区", "地址", "经度", "纬度",
    "承办单位编码", "承办单位", "派单时间", "签收时间", "办理时限", "状态", "办结时间", "答复内容", "是否联系", "是否属实", "是否解决",
    "回访时间", "满意度", "结案时间",
]  # fmt: skip


def order(**changes):
    row = {
        "工单编号": "CS20260228000017", "受理时间": datetime.fromisoformat("2026-02-28 09:15:02"),
        "来电人": "王女士", "联系电话": 13800138000,
        "诉求类型": "投诉", "紧急程度": "一般", "来电渠道": "电话", "标题": "工地夜间施工", "内容": "凌晨两点仍在打桩。",
        "一级分类": "环境保护", "二级分类": "噪声", "三级分类": "施工噪声", "所属街道": "示例街道", "地址": "示例路 1 号",
        "经度": 113.3, "纬度": 23.1, "承办单位编码": "U07", "承办单位": "示例街道办事处", "派单时间": "2026-02-28 10:00",
        "办理时限": datetime.fromisoformat("2026-03-20"), "状态": "办理中",
    }  # fmt: skip
    row.update(changes)
    return [row.get(name) for name in HEAD]


@pytest.fixture
def read(workbook, planned):
    return lambda *orders: planned(workbook([HEAD, *orders]), "city-12345")


def test_an_order_in_hand(read):
    (ticket,) = read(order())
    assert isinstance(ticket, PlannedTicket)
    assert (ticket.state, ticket.external_key, ticket.birth["source"]) == ("handling", "CS20260228000017", "city")
    assert ticket.citizen == {"name": "王女士", "phone": "13800138000"}
    assert ticket.unit == Named("U07", "示例街道办事处", "street")
    assert ticket.location["crs"] == "cgcs2000"
    assert ticket.birth["upstream_due_at"] == ticket.outcome.due_at == datetime(2026, 3, 20, 16, tzinfo=UTC)
    assert [step.trigger for step in ticket.steps] == ["register", "accept", "dispatch", "sign"]
    assert ticket.outcome.late is None


def test_the_same_order_some_days_later_is_another_content(read):
    before, after = (
        read(row)[0]
        for row in (
            order(),
            order(状态="已结案", 办结时间="2026-03-01 17:00", 答复内容="已责令停工。", 是否联系="是", 是否属实="属实", 是否解决="已解决",
                  回访时间="2026-03-02", 满意度="基本满意", 结案时间="2026-03-02 10:00"),
        )
    )  # fmt: skip
    assert before.external_key == after.external_key and before.digest != after.digest
    reply = next(step for step in after.steps if step.trigger == "reply")
    assert reply.fields == {"reply_text": "已责令停工。", "contacted": True, "facts_true": True, "outcome": "solved"}
    assert [step.trigger for step in after.steps][-2:] == ["record_callback", "close"]
    assert after.outcome.late is False


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"状态": "流转中"}, "“状态”的值“流转中”"),
        ({"联系电话": "同上"}, "联系电话不是电话号码"),
        ({"工单编号": None}, "编号列“工单编号”为空"),
        ({"工单编号": 20260228000000017}, "15 位"),
        ({"诉求类型": "扯皮"}, "扯皮"),
        ({"经度": 313.3}, "经度"),
        ({"受理时间": "二月二十八"}, "受理时间"),
    ],
)
def test_orders_that_cannot_be_read_are_rejected_one_by_one(read, changes, words):
    bad, good = read(order(**changes), order(工单编号="CS2"))
    assert isinstance(bad, Rejected) and words in bad.zh
    assert isinstance(good, PlannedTicket)


def test_a_day_of_orders_enters_live_and_a_mended_row_follows(district, workbook):
    path, mapping = workbook([HEAD, order(), order(工单编号="CS2", 状态="流转中")]), load_mapping("city-12345")
    assert run_import(district, path, mapping, Ways(build, live=True)).line() == (
        "read 2, imported 1, updated 0, already there 0, rejected 1"
    )
    rejects = path.with_name("orders.xlsx.rejected.csv")
    rejects.write_text(rejects.read_text("utf-8-sig").replace("流转中", "办理中"), "utf-8-sig")
    assert run_import(district, rejects, mapping, Ways(build, live=True)).counts["imported"] == 1
    one, other = rows_of(district, "SELECT title, content, upstream_due_at, address, lon, lat FROM tickets ORDER BY upstream_number")
    assert one == other
    running = rows_of(district, "SELECT level FROM clocks WHERE name = 'total_clock' AND state = 'running' AND next_rung_at IS NOT NULL")
    assert sorted(clock["level"] for clock in running) == ["district", "district", "upstream", "upstream"]


def test_the_next_day_a_changed_order_is_one_update(district, workbook):
    mapping = load_mapping("city-12345")
    run_import(district, workbook([HEAD, order(), order(工单编号="CS2")]), mapping, Ways(build, live=True))
    answered = order(状态="已办结", 办结时间="2026-03-01 17:00", 答复内容="已责令停工。")
    report = run_import(district, workbook([HEAD, answered, order(工单编号="CS2")]), mapping, Ways(build, live=True))
    assert report.line() == "read 2, imported 0, updated 1, already there 1, rejected 0"
    (reply,) = rows_of(district, "SELECT reply_text, at FROM replies")
    assert reply == {"reply_text": "已责令停工。", "at": datetime(2026, 3, 1, 9, tzinfo=UTC)}
    (clock,) = rows_of(district, "SELECT late FROM clocks WHERE name = 'total_clock' AND level = 'upstream' AND state = 'stopped'")
    assert clock == {"late": False}
