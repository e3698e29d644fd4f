"""The tree of matters and the boundaries through the administrator's pages."""

from __future__ import annotations

import io
import json
import re

from tests.factories.boundaries import SIDE, SOUTH, WEST
from tests.factories.hotline import Desk
from tests.web_pages.eyes import Eyes, cost

MATTERS, MAPS = "/admin/categories", "/admin/boundaries"
CORNERS = [[WEST, SOUTH], [WEST + SIDE, SOUTH], [WEST + SIDE, SOUTH + SIDE], [WEST, SOUTH + SIDE], [WEST, SOUTH]]
STREET = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"code": "qshj", "name": "青石街道"}, "geometry": {"type": "Polygon", "coordinates": [CORNERS]}}
    ],
}


def test_a_matter_is_added_found_and_retired(desk: Desk) -> None:
    admin = Eyes(desk, "admin")
    form = f"{MATTERS}/new"
    wrong = admin.send(admin.open(form), form, code="0103", name="共享单车", parent_id="没有")
    assert wrong.status_code == 400 and re.search(r'id="parent_id-wrong">没有代码为', wrong.text) and "共享单车" in wrong.text
    page = admin.done(admin.open(form), form, code="0103", name="共享单车", parent_id="01 城市管理")
    assert "共享单车" in page and "共享单车" in admin.open(f"{MATTERS}?q=gxdc") and "大气与水" not in admin.open(f"{MATTERS}?q=gxdc")
    number = desk.rows("SELECT id FROM categories WHERE code = '0103'")[0]["id"]
    retire = f"{MATTERS}/{number}/retire"
    past = admin.send(admin.open(retire), retire, valid_to="2020-01-01")
    assert past.status_code == 422 and "停用日期不能早于今天" in past.text and 'value="2020-01-01"' in past.text
    assert "共享单车" not in admin.done(admin.open(retire), retire)
    assert "共享单车" in admin.open(f"{MATTERS}?retired=true")


def test_boundaries_are_tried_imported_taken_out_and_put_back(desk: Desk) -> None:
    admin = Eyes(desk, "admin")
    given = {"kind": "street", "name": "2025年镇街界", "reference": "wgs84"}
    page = admin.open(MAPS)
    tried = admin.send(page, MAPS, **given, do="dry", file=(io.BytesIO(json.dumps(STREET).encode()), "streets.geojson"))
    assert tried.status_code == 200 and "个区域" in tried.text and 'value="2025年镇街界"' in tried.text
    assert not desk.rows("SELECT id FROM boundary_editions")
    wrong = admin.send(page, MAPS, **given, do="dry", file=(io.BytesIO(b"\x89PNG"), "streets.png"))
    assert wrong.status_code == 400 and 'value="2025年镇街界"' in wrong.text
    file = (io.BytesIO(json.dumps(STREET).encode()), "streets.geojson")
    assert "2025年镇街界" in admin.done(page, MAPS, **given, do="import", file=file)
    number = desk.rows("SELECT id FROM boundary_editions")[0]["id"]
    for verb, current in (("withdraw", False), ("restore", True)):
        admin.done(admin.open(f"{MAPS}/{number}/{verb}"), f"{MAPS}/{number}/{verb}")
        assert desk.rows("SELECT current FROM boundary_editions") == [{"current": current}]


def test_who_may_open_them_and_what_it_costs(desk: Desk) -> None:
    assert [Eyes(desk, who).status(MATTERS) for who in ("admin", "auditor", "agent")] == [200, 200, 403]
    assert [Eyes(desk, who).status(MAPS) for who in ("admin", "auditor")] == [200, 403]
    before = cost(Eyes(desk, "admin"), MATTERS)
    for n in range(4):
        desk.call("admin", "POST", "/categories", {"code": f"09{n}", "name": f"新分类{n}"})
    assert cost(Eyes(desk, "admin"), MATTERS) == before <= 10
