"""The administrator imports outlines; everybody at a desk sees them and asks where a point lies; a wrong edition is undone."""

from __future__ import annotations

import io
from typing import Any

import pytest

from app.core.system import System
from app.hotline.boundaries.queries import areas_at
from app.hotline.boundaries.shapes import AREAS, DRAWING, EDITIONS
from tests.factories.boundaries import SIDE, SOUTH, WEST, collection, district, feature, given_in, quarters, streets
from tests.factories.hotline import Desk
from tests.flows.test_shapes import differences

FIRST = (WEST + 0.02, SOUTH + 0.02)


def street_of(system: System, lon: float, lat: float) -> dict[str, Any] | None:
    return areas_at(system, lon, lat, ("street",))["street"]


def editions(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows("SELECT kind, number, current FROM boundary_editions ORDER BY kind, number")


def test_streets_are_imported_matched_and_asked(desk: Desk, bring: Any, system: System) -> None:
    answer = bring(streets("gcj02"), reference="gcj02", approval="粤S（2025）001号")
    assert answer.status_code == 201, answer.text
    told = answer.json
    assert (told["number"], told["features"], told["matched"], told["unmatched_count"]) == (1, 4, 1, 3)
    assert [area["name"] for area in told["unmatched"]] == ["白桥街道", "红林街道", "绿湾街道"]
    found = street_of(system, *FIRST)
    assert found is not None and found["name"] == "青石街道" and found["unit"]["code"] == "qshj"
    assert street_of(system, WEST - 0.05, SOUTH) is None
    (log,) = desk.rows("SELECT actor, detail FROM people_log WHERE action = 'import_boundaries'")
    assert log["actor"].startswith("user:") and log["detail"]["features"] == 4


def test_the_name_of_an_office_is_its_street(desk: Desk, bring: Any) -> None:
    told = bring(collection(feature(quarters()[0], code="440399001000", name="青石街道"))).json
    assert (told["matched"], told["units_without"]) == (1, [])
    other = bring(collection(feature(quarters()[0], code="440399001000", name="青石"))).json
    assert (other["matched"], other["units_without"]) == (0, [{"code": "qshj", "name": "青石街道办事处"}])


def test_a_dry_run_tells_the_same_and_changes_nothing(desk: Desk, bring: Any) -> None:
    answer = bring(streets(), dry_run="true")
    assert answer.status_code == 200
    assert (answer.json["features"], answer.json["matched"], answer.json["dry_run"]) == (4, 1, True)
    assert editions(desk) == []


def test_a_point_is_asked_in_any_system(desk: Desk, bring: Any) -> None:
    bring(district(), kind="district")
    bring(streets())
    ((lon, lat),) = given_in([FIRST], "bd09")
    found = desk.get("agent", f"/boundaries/at?longitude={lon}&latitude={lat}&reference=bd09")
    assert (found["street"]["unit"]["code"], found["district"]["name"], found["community"]) == ("qshj", "试验区", None)
    assert abs(found["longitude"] - FIRST[0]) < 1e-6
    outside = desk.get("handler.cgj", f"/boundaries/at?longitude={WEST - 0.1}&latitude={SOUTH}")
    assert outside["street"] is None and outside["district"] is None


@pytest.mark.parametrize("query", ["longitude=114.3", "longitude=x&latitude=22", "longitude=200&latitude=22", "longitude=0&latitude=0"])
def test_what_is_no_point_is_refused(desk: Desk, query: str) -> None:
    assert desk.call("agent", "GET", f"/boundaries/at?{query}").status_code == 400


def test_everybody_signed_in_draws_them_and_a_browser_keeps_them(desk: Desk, bring: Any) -> None:
    empty = desk.get("handler.cgj", "/boundaries?kind=street")
    assert (empty["type"], empty["features"], empty["edition"]) == ("FeatureCollection", [], None)
    bring(streets())
    answer = desk.call("handler.cgj", "GET", "/boundaries?kind=street")
    assert answer.headers.getlist("Cache-Control") == ["private, no-cache"]
    assert answer.mimetype == "application/geo+json"
    shown = answer.get_json(force=True)
    first = next(one for one in shown["features"] if one["id"] == "qshj")
    assert first["properties"]["unit"]["name"] == "青石街道办事处"
    assert first["geometry"]["type"] == "MultiPolygon"
    assert len(first["geometry"]["coordinates"][0][0]) < len(quarters()[0])
    assert shown["bbox"][0] == pytest.approx(WEST, abs=0.003) and shown["bbox"][3] == pytest.approx(SOUTH + SIDE, abs=0.003)
    assert differences(DRAWING, {name: shown[name] for name in shown.keys() - {"bbox"}}) == []
    tag = answer.headers["ETag"]
    again = desk.call("agent", "GET", "/boundaries?kind=street", If_None_Match=tag)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    bring(streets(count=3))
    changed = desk.call("agent", "GET", "/boundaries?kind=street", If_None_Match=tag)
    assert changed.status_code == 200 and len(changed.get_json(force=True)["features"]) == 3


def test_the_public_sees_the_districts_outline_and_nothing_else(desk: Desk, bring: Any) -> None:
    bring(district(), kind="district", name="区界", approval="粤S（2025）001号")
    bring(streets())
    answer = desk.call("", "GET", "/public/boundaries?kind=district")
    shown = answer.get_json(force=True)
    assert [one["properties"].keys() for one in shown["features"]] == [{"code", "name", "label"}]
    assert shown["edition"] == {"number": 1, "name": "区界", "approval": "粤S（2025）001号"}
    assert answer.headers["Cache-Control"].startswith("public")
    assert desk.call("", "GET", "/public/boundaries?kind=street").status_code == 400
    assert desk.call("", "GET", "/boundaries?kind=street").status_code == 401
    assert desk.call("", "GET", "/boundaries/at?longitude=114.3&latitude=22.6").status_code == 401


def test_a_new_import_replaces_and_the_former_can_be_put_back(desk: Desk, bring: Any, system: System) -> None:
    first = bring(streets(), name="旧").json["id"]
    second = bring(streets(count=1), name="新").json["id"]
    far = (WEST + 0.08, SOUTH + 0.02)
    assert street_of(system, *far) is None
    assert desk.call("admin", "POST", f"/boundaries/editions/{second}/restore").status_code == 409
    assert desk.call("admin", "POST", f"/boundaries/editions/{first}/restore").status_code == 200
    found = street_of(system, *far)
    assert found is not None and found["name"] == "白桥街道"
    listed = desk.get("admin", "/boundaries/editions?kind=street")["items"]
    assert [(one["name"], one["number"], one["current"]) for one in listed] == [("新", 2, False), ("旧", 1, True)]
    assert differences(EDITIONS, desk.get("admin", "/boundaries/editions")) == []
    within = desk.get("agent", f"/boundaries/at?longitude={far[0]}&latitude={far[1]}")
    assert within["street"] and differences(AREAS, within) == []
    assert desk.call("admin", "POST", f"/boundaries/editions/{first}/withdraw").status_code == 200
    assert street_of(system, *far) is None
    assert desk.call("admin", "POST", f"/boundaries/editions/{first}/withdraw").status_code == 409
    assert desk.call("admin", "POST", "/boundaries/editions/999999999/restore").status_code == 404


def test_an_area_without_a_unit_is_given_one(desk: Desk, bring: Any, system: System) -> None:
    bring(streets())
    far = (WEST + 0.08, SOUTH + 0.02)
    found = street_of(system, *far)
    assert found is not None and found["unit"] is None
    path = f"/boundaries/{found['id']}/unit"
    assert desk.call("agent", "POST", path, {"unit_id": desk.unit_ids["cgj"]}).status_code == 403
    assert desk.call("admin", "POST", path, {"unit_id": 1}).status_code == 400
    assert desk.call("admin", "POST", path, {"unit_id": desk.unit_ids["cgj"]}).status_code == 200
    again = street_of(system, *far)
    assert again is not None and again["unit"]["code"] == "cgj"
    assert desk.call("admin", "POST", "/boundaries/999999999/unit", {"unit_id": None}).status_code == 404


def test_a_closed_unit_answers_for_nothing(desk: Desk, bring: Any, system: System) -> None:
    bring(streets())
    closing = {"reason": "街道撤并", "successor_id": desk.unit_ids["cgj"]}
    answer = desk.call("admin", "POST", f"/units/{desk.unit_ids['qshj']}/close", closing)
    assert answer.status_code == 200, answer.text
    found = street_of(system, *FIRST)
    assert found is not None and (found["name"], found["unit"]) == ("青石街道", None)


def test_a_file_in_another_system_than_it_is_said_to_be_is_refused_where_that_can_be_told(desk: Desk, bring: Any) -> None:
    bring(district(), kind="district")
    wrong = bring(streets("gcj02"), reference="wgs84")
    assert wrong.status_code == 422 and "gcj02" in wrong.json["detail"] and "坐标系" in wrong.json["detail"]
    assert [one["kind"] for one in editions(desk)] == ["district"]
    assert bring(streets("gcj02"), reference="wgs84", sure="true").status_code == 201
    assert bring(streets("gcj02"), reference="gcj02").status_code == 201, "what fits the district need not fit a forced edition"


def test_streets_of_another_district_are_refused(desk: Desk, bring: Any) -> None:
    bring(district(), kind="district")
    far = [(lon + 1, lat) for lon, lat in quarters()[0]]
    answer = bring(collection(feature(quarters()[1], code="1", name="甲"), feature(far, code="2", name="乙")))
    assert answer.status_code == 422 and "第 2 个区域“乙”" in answer.json["detail"]


def test_only_the_administrator_imports_and_only_a_file(desk: Desk, bring: Any) -> None:
    assert bring(streets(), who="supervisor").status_code == 403
    assert bring(b"{}").status_code == 400
    assert bring(streets(), kind="planet").status_code == 400
    assert bring(streets(), reference="").status_code == 400
    told = {"Authorization": f"Bearer {desk.token('admin')}"}
    form = {"kind": "street", "name": "x", "reference": "wgs84"}
    assert desk.client.post("/api/v1/boundaries", data=form, headers=told, content_type="multipart/form-data").status_code == 400
    both = {**form, "file": (io.BytesIO(streets()), "a.geojson"), "colour": "red"}
    assert desk.client.post("/api/v1/boundaries", data=both, headers=told, content_type="multipart/form-data").status_code == 400
    assert desk.call("agent", "GET", "/boundaries/editions").status_code == 403
    assert editions(desk) == []
