"""What a citizen says: the matter, the words, the place and who speaks, all drawn from the ticket's own seed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from app.hotline.coordinates import Position, convert
from app.simulation.arrivals import Arrival
from app.simulation.geography import Point, near, seats

FILE = Path(__file__).with_name("demands.toml")
ROADS = ("建设路", "学府路", "人民路", "文昌路", "滨河路", "工业大道", "新华街", "和平巷", "市场街", "中山路", "振兴路", "环城东路")
ESTATES = ("翠苑小区", "锦绣花园", "安居新村", "阳光家园", "东湖苑", "桂花里", "御景城", "侨光大厦", "金穗公寓", "梅园")
SHOPS = ("惠万家超市", "老街大排档", "悦动健身房", "美丽时光美容店", "好味烧腊店", "欣欣便利店", "鲜果驿站", "星光理发店", "童趣早教中心")
SINCE = ("三天", "一周", "近十天", "半个月", "一个多月", "近三个月")
TIMES = ("早上六点", "中午", "傍晚六点", "晚上八点", "晚上十点", "凌晨一点")
SUMS = ("80元", "260元", "598元", "1200元", "3980元", "1.5万元", "6万元")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = ("伟", "芳", "娜", "敏", "静", "丽", "强", "洋", "艳", "勇", "杰", "秀英", "建华", "志明", "晓东", "美玲", "国强", "雅婷")
# How the city platform's and the district's own demands are spoken, as shares.
CITY_CHANNELS = {"phone": 62, "wechat": 18, "mini_program": 7, "app": 6, "web": 5, "mailbox": 2}
OWN_CHANNELS = {"phone": 40, "visit": 18, "letter": 6, "mailbox": 12, "police_110": 10, "grid": 8, "digital_city": 6}
CONFIDENTIAL, ANONYMOUS, ENTERPRISE, WITH_SUBJECT, EXACT = 0.02, 0.03, 0.06, 0.12, 0.6
URGENT, CRITICAL = 0.03, 0.004
KEY, ALARMING = 0.01, 0.005
DANGERS = ("现有人站在楼顶，情绪激动。", "另有人持刀威胁，扬言同归于尽。", "现场有人昏迷不醒。")
# So many digits of a category's code name the branch that it belongs to.
BRANCH = 4
# What the applications of phones send is shifted as the law asks.
SHIFTED = ("wechat", "mini_program", "app")


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of demand; `storm` multiplies its weight in a storm, `urgent` its share of urgent ones at any time."""

    category: str
    weight: float
    types: Mapping[str, float]
    title: str
    content: str
    purpose: str
    labels: tuple[str, ...] = ()
    storm: float = 0.4
    urgent: float = 1.0


@dataclass(frozen=True, slots=True)
class Demand:
    """`category` and `street` are codes; `fields` are the fields of `register` that need no id."""

    category: str
    street: str
    fields: dict[str, Any]
    citizen: dict[str, Any]
    location: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A community, with the street or town that it belongs to; names as the units bear them. `seat` is where on the map it lies."""

    street: str
    street_name: str
    community_name: str
    seat: tuple[Point, float]


@lru_cache(maxsize=1)
def matters() -> tuple[Matter, ...]:
    rows = tomllib.loads(FILE.read_text("utf-8"))["demand"]
    return tuple(Matter(**{**row, "labels": tuple(row.get("labels", ()))}) for row in rows)


def places_of(district: Mapping[str, Any]) -> tuple[Place, ...]:
    """The communities and villages of a district given as its file gives it."""
    units, lie = district["unit"], seats(district)
    names = {unit["code"]: unit["name"] for unit in units}
    local = [unit for unit in units if unit["kind"] in ("community", "village")]
    return tuple(Place(unit["parent"], names[unit["parent"]], unit["name"], lie[unit["code"]]) for unit in local)


def spoken(name: str) -> str:
    """How people call a street or a community in an address."""
    for ending in ("办事处", "人民政府", "居民委员会", "民委员会"):
        name = name.removesuffix(ending)
    return name


def pick(rng: Random, shares: Mapping[str, float]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]


def demand_of(arrival: Arrival, places: Sequence[Place]) -> Demand:
    rng = arrival.rng
    matter = rng.choices(matters(), [m.weight * (m.storm if arrival.storm else 1.0) for m in matters()])[0]
    place = rng.choice(places)
    spot, words = in_words(rng, matter, place)
    fields: dict[str, Any] = {
        "type": pick(rng, matter.types),
        "channel": pick(rng, CITY_CHANNELS if arrival.from_city else OWN_CHANNELS),
        **words,
        "urgency": urgency(rng, matter, arrival.storm),
    }
    if matter.labels:
        fields["labels"] = list(matter.labels)
    if rng.random() < KEY:
        fields["labels"] = [*fields.get("labels", ()), "key"]
    if rng.random() < ALARMING or arrival.stops_at == "alarm":
        fields["content"] += rng.choice(DANGERS)
    if rng.random() < ENTERPRISE:
        fields["enterprise"] = True
    if fields["type"] in ("complaint", "tipoff") and rng.random() < WITH_SUBJECT:
        fields["subject"] = rng.choice(SHOPS)
    return Demand(matter.category, place.street, fields, citizen(rng), location(rng, place, spot, fields["channel"]))


def in_words(rng: Random, matter: Matter, place: Place) -> tuple[str, dict[str, Any]]:
    """Where exactly it is, and what is said about it."""
    spot = f"{spoken(place.community_name)}{rng.choice(ROADS)}{rng.randint(1, 299)}号{rng.choice(ESTATES) if rng.random() < 0.6 else ''}"
    words = {"place": spot, "since": rng.choice(SINCE), "shop": rng.choice(SHOPS), "sum": rng.choice(SUMS), "time": rng.choice(TIMES)}
    told = {"title": matter.title.format_map(words)[:200], "content": matter.content.format_map(words), "purpose": matter.purpose}
    return spot, told


def elsewhere(demand: Demand, main: Demand, rng: Random, places: Sequence[Place]) -> Demand:
    """The demand's citizen tells of a thing of the main one's branch of categories, at another place of that street."""
    matter = rng.choice([each for each in matters() if each.category[:BRANCH] == main.category[:BRANCH]])
    place = rng.choice([each for each in places if each.street == main.street])
    spot, words = in_words(rng, matter, place)
    if "{place}" not in matter.title:
        words["title"] = f"{spot}{words['title']}"[:200]
    told = {"type": pick(rng, matter.types), **{name: demand.fields[name] for name in ("channel", "urgency")}}
    fields = {**main.fields, **words, **told}
    where = location(rng, place, spot, fields["channel"])
    return replace(demand, category=matter.category, street=main.street, fields=fields, location=where)


def urgency(rng: Random, matter: Matter, storm: bool) -> str:
    more = matter.urgent * (3.0 if storm and matter.storm > 1 else 1.0)
    chance = rng.random()
    if chance < CRITICAL * more:
        return "critical"
    return "urgent" if chance < (CRITICAL + URGENT) * more else "normal"


def citizen(rng: Random) -> dict[str, Any]:
    """Names are common ones and phones lie in a block that is dealt to nobody."""
    told: dict[str, Any] = {"name": rng.choice(SURNAMES) + rng.choice(GIVEN), "phone": f"190000{rng.randint(0, 99999):05d}"}
    if rng.random() < CONFIDENTIAL:
        told["confidential"] = True
    elif rng.random() < ANONYMOUS:
        return {"anonymous": True}
    return told


def location(rng: Random, place: Place, spot: str, channel: str) -> dict[str, Any]:
    """Within the community that is named: most say where exactly, of others the address is found again and again at one point."""
    address = f"云岭区{spoken(place.street_name)}{spot}"
    told: dict[str, Any] = {"address": address, "street": place.street_name, "community": place.community_name}
    where = rng if rng.random() < EXACT else Random(address)
    found = Position(*near(place.seat, where.gauss(0, 1), where.gauss(0, 1)), "wgs84", False)
    point = convert(found, "gcj02") if channel in SHIFTED else found
    return {**told, "lon": round(point.lon, 6), "lat": round(point.lat, 6), "crs": point.crs}
