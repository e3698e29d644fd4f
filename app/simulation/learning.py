"""The knowledge base: entries written and published at the founding, corrected, looked at again in time, and one that nobody looks at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.core.actors import SYSTEM
from app.core.bus import execute, transaction
from app.core.fire import Fire
from app.core.system import System
from app.knowledge.commands import CorrectEntry, WriteEntry
from app.simulation.office import Office
from app.simulation.people import District

ENTRIES = (
    ("居住证办理指南", "持身份证明和居住满半年的证明，到居住地社区服务窗口办理，十五日内领取。", ("居住证", "落户")),
    ("生活垃圾分类投放时间", "各小区投放点每日早七点至九点、晚六点至九点开放，大件垃圾预约清运。", ("垃圾", "分类", "清运")),
    ("夜间施工噪声规定", "噪声敏感建筑物集中区域晚十点至早六点禁止产生噪声的施工，抢修除外并须公告。", ("噪音", "施工")),
    ("公积金提取条件", "购买、建造自住住房和租房的，可以申请提取住房公积金账户余额。", ("公积金", "提取")),
    ("共享单车停放管理", "运营企业须在两小时内清理乱停放车辆，逾期由城管部门代为清理。", ("单车", "停放")),
    ("拖欠工资维权途径", "可向劳动监察机构投诉，或者向劳动人事争议仲裁委员会申请仲裁。", ("工资", "欠薪", "仲裁")),
)
FORGOTTEN = len(ENTRIES) - 1
DUE_FIRST, DUE_EACH, AGAIN = timedelta(days=12), timedelta(days=6), timedelta(days=180)
PUBLISHED = "SELECT k.id FROM knowledge_entries k JOIN cases c ON c.id = k.id WHERE c.state = 'published' ORDER BY k.title"
DUE = """SELECT k.id FROM knowledge_entries k JOIN cases c ON c.id = k.id WHERE c.state = 'published'
AND k.review_overdue_since IS NULL AND k.review_by <= %(now)s + interval '2 days' AND k.title <> %(forgotten)s ORDER BY k.title"""
OPEN = """SELECT x.id, x.case_id FROM knowledge_corrections x
WHERE NOT EXISTS (SELECT 1 FROM knowledge_settlements s WHERE s.correction_id = x.id) ORDER BY x.at, x.id"""
CORRECTED_EVERY, CORRECTED_ON = 5, 1


def founded(system: System, district: District, start: datetime) -> None:
    """Written by a unit's liaison, published by the unit's lead. The last one is due soon, and nobody will look at it."""
    for place, (title, content, words) in enumerate(ENTRIES):
        unit = district.departments[place % len(district.departments)]
        due = start + (timedelta(hours=30) if place == FORGOTTEN else DUE_FIRST + DUE_EACH * place)
        fields: dict[str, Any] = {"title": title, "content": content, "unit": unit, "keywords": list(words), "review_by": due}
        made = execute(system, WriteEntry(district.of_unit("clerk", unit), {**fields, "sources": "示范文本", "open_to_public": True}))
        assert made is not None
        execute(system, Fire(district.of_unit("lead", unit), "knowledge-entry", made.case_id, "publish", {"review_by": due}))


def published(system: System) -> tuple[int, ...]:
    with transaction(system, SYSTEM) as tx:
        return tuple(row["id"] for row in tx.query(PUBLISHED))


def looked_after(office: Office) -> None:
    for row in office.rows(DUE, forgotten=ENTRIES[FORGOTTEN][0]):
        office.fire("reviewer", "knowledge-entry", row["id"], "confirm_valid", review_by=office.now + AGAIN)
    for row in office.rows(OPEN):
        accepted = office.rng("correction", office.day).random() < 0.6
        settled = {"correction": row["id"], "accepted": accepted, "reason": "已核对原文。"}
        office.fire("reviewer", "knowledge-entry", row["case_id"], "settle_correction", **settled)
    if office.day % CORRECTED_EVERY == CORRECTED_ON:
        entries = office.rows(PUBLISHED)
        if entries:
            entry = office.rng("entry", office.day).choice(entries)["id"]
            office.do(CorrectEntry(office.district.centre("agent"), entry, "办理时间已调整，请核对。"))
