"""The doors of boundaries: everybody at a desk sees and asks them, the public its district's outline, the administrator keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.api.doors import Answer, Ask, Door
from app.api.values import Body, Choice, Flag, Real, Ref, Text
from app.api.verbs import ADMIN, DONE, told, verb
from app.core.bus import execute
from app.core.file_transfer import read_limited
from app.core.system import System
from app.errors import IllFormed
from app.hotline.boundaries.commands import KINDS, AnswerFor, RestoreEdition, WithdrawEdition, foreseen, made
from app.hotline.boundaries.queries import areas_at, collection, editions, mark_of
from app.hotline.boundaries.reading import MOST_BYTES, Reading
from app.hotline.boundaries.shapes import AREAS, DRAWING, EDITIONS
from app.hotline.coordinates import SYSTEMS, BadCoordinate, check, convert
from app.people.roles import require

TAG = "boundaries"
# A multipart body is the file and what wraps it.
ENVELOPE = 1024 * 1024
HOUR = 3600


class Drawn(Body):
    kind = Choice(*KINDS, load_default="street", metadata={"description": "类别 / kind"})


class OnlyDistrict(Body):
    kind = Choice("district", load_default="district", metadata={"description": "只有区界公开 / only the district's is public"})


class Degrees(Real):
    """A number in a query string, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        try:
            return super()._deserialize(float(value), attr, data, **more)
        except (TypeError, ValueError):
            return super()._deserialize(value, attr, data, **more)


class Where(Body):
    longitude = Degrees(least=-180, most=180, required=True, metadata={"description": "经度 / longitude"})
    latitude = Degrees(least=-90, most=90, required=True, metadata={"description": "纬度 / latitude"})
    reference = Choice(*SYSTEMS, load_default="wgs84", metadata={"description": "坐标系 / reference system"})


class Kind(Body):
    kind = Choice(*KINDS, metadata={"description": "类别 / kind"})


class Imported(Body):
    """The fields beside the file. Without `code_field` and `name_field` the usual names are tried."""

    kind = Choice(*KINDS, required=True)
    name = Text(most=100, required=True, metadata={"description": "这一版的名称 / what this edition is called"})
    reference = Choice(*SYSTEMS, required=True)
    code_field = Text(most=100, load_default="")
    name_field = Text(most=100, load_default="")
    unit_field = Text(most=100, load_default="", metadata={"description": "负责单位代码所在属性 / property with the unit's code"})
    code_prefix = Text(most=40, load_default="", metadata={"description": "只取代码以此开头的 / only codes that begin so"})
    approval = Text(most=100, load_default="", metadata={"description": "审图号 / approval number of the map"})
    sure = Flag(text=True, load_default=False, metadata={"description": "坐标系存疑仍导入 / though the reference seems wrong"})
    dry_run = Flag(text=True, load_default=False)


class Answering(Body):
    unit_id = Ref(required=True, allow_none=True)


def boundary_doors(system: System) -> list[Door]:
    edition, one = "/boundaries/editions/{id}", "/boundaries/{id}/unit"
    return [
        Door("GET", "/boundaries", shown, "边界（GeoJSON）", "Boundaries as GeoJSON", None, DRAWING, query_schema=Drawn(), tag=TAG,
             wall=True),
        Door("GET", "/boundaries/at", found, "某点所在的街道", "What a point lies in", None, AREAS, query_schema=Where(), tag=TAG),
        Door(
            "GET", "/public/boundaries", outline, "区界", "The district's outline", None, DRAWING, query_schema=OnlyDistrict(), public=True,
            tag="public",
        ),
        Door("GET", "/boundaries/editions", listed, "边界的各版", "Editions of boundaries", None, EDITIONS, scope=ADMIN,
             query_schema=Kind(), tag=TAG),
        Door(
            "POST", "/boundaries", imported, "导入边界", "Import boundaries", Imported(), DONE, scope=ADMIN, upload=MOST_BYTES + ENVELOPE,
            tag=TAG, status=201,
        ),
        verb(f"{edition}/restore", RestoreEdition, None, "恢复旧版边界", "Put an edition back", at="edition_id"),
        verb(f"{edition}/withdraw", WithdrawEdition, None, "停用边界", "Take an edition out of force", at="edition_id"),
        verb(one, AnswerFor, Answering(), "指定负责单位", "Say which unit answers for an area", at="boundary_id"),
    ]  # fmt: skip


def shown(ask: Ask) -> Response | Answer:
    return kept(ask, "private, no-cache", outline_only=False)


def outline(ask: Ask) -> Response | Answer:
    return kept(ask, f"public, max-age={HOUR}", outline_only=True)


def kept(ask: Ask, caching: str, outline_only: bool) -> Response | Answer:
    """The collection with a mark that a browser may ask by; nothing again when it has it already."""
    kind = ask.query["kind"]
    headers = {"ETag": f'"{mark_of(ask.system, kind)}"', "Cache-Control": caching}
    if ask.request.if_none_match.contains_weak(headers["ETag"].strip('"')):
        return Response(status=304, headers=headers)
    return Answer(collection(ask.system, kind, outline_only), headers=headers | {"Content-Type": "application/geo+json"})


def found(ask: Ask) -> Mapping[str, Any]:
    try:
        position = check(ask.query["longitude"], ask.query["latitude"], ask.query["reference"])
    except BadCoordinate as error:
        field = {"lon": "longitude", "lat": "latitude"}.get(error.field, "reference")
        raise IllFormed(error.zh, error.en, {field: [str(error)]}) from error
    assert position is not None  # both degrees are required above
    there = convert(position, "wgs84")
    return {"longitude": there.lon, "latitude": there.lat, **areas_at(ask.system, there.lon, there.lat)}


def listed(ask: Ask) -> Mapping[str, Any]:
    require(ask.actor, "admin")
    return {"items": editions(ask.system, ask.query.get("kind")), "next": None}


def imported(ask: Ask) -> Answer:
    require(ask.actor, "admin")
    file = ask.request.files.get("file")
    if file is None:
        raise IllFormed("缺少文件（字段名 file）。", "The file is missing (field “file”).", {"file": ["必须填写。 / Missing."]})
    given = ask.body
    how = Reading(given["reference"], given["code_field"], given["name_field"], given["unit_field"], given["code_prefix"])
    command = made(
        ask.actor, given["name"], given["kind"], read_limited(file.stream, MOST_BYTES), how, (file.filename or "file")[-200:],
        approval=given["approval"], sure=given["sure"], key=ask.key,
    )  # fmt: skip
    if given["dry_run"]:
        return Answer(foreseen(ask.system, command))
    return Answer(told(execute(ask.system, command)), 201)
