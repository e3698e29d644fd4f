"""What the doors of the overview answer, for the API's document. Tests hold them against real answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.values import Body, Choice, Day, Month, When
from app.hotline.shapes import CategoryShown, UnitShown
from app.overview.tabs import TABS


class WaitingItem(Body):
    """`list` is the list that is counted, below /api/v1; not every number has one. `at` stands with what is an instant."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()
    count = fields.Integer(metadata={"description": "最多计到 1000 / counted up to 1,000"})
    more = fields.Boolean(metadata={"description": "已到上限 / has reached it: 999+"})
    late = fields.Integer()
    due_soon = fields.Integer(metadata={"description": "24 小时内到期 / due within 24 hours"})
    href = fields.String()
    list = fields.String(allow_none=True)
    at = When(allow_none=True)


class WaitingRole(Body):
    role = fields.String()
    zh = fields.String()
    en = fields.String()
    items = fields.List(fields.Nested(WaitingItem))


class Waiting(Body):
    as_of = When()
    roles = fields.List(fields.Nested(WaitingRole))


class Tiles(Body):
    as_of = When()
    items = fields.List(fields.Nested(WaitingItem))


class Spread(Body):
    mean = fields.Float()
    least = fields.Integer()
    most = fields.Integer()


class SoFar(Body):
    """Up to the end of the last full hour."""

    hours = fields.Integer()
    count = fields.Integer()
    usual = fields.Nested(Spread, allow_none=True)


class Usual(Body):
    days = fields.Integer()
    total = fields.Nested(Spread, allow_none=True)
    hours = fields.List(fields.Nested(Spread, allow_none=True))


class Measure(Body):
    code = fields.String()
    zh = fields.String()
    en = fields.String()
    total = fields.Integer()
    hours = fields.List(fields.Integer(), metadata={"description": "今日各小时 / hour by hour, up to this one"})
    so_far = fields.Nested(SoFar)
    usual = fields.Nested(Usual)


class DayKind(Body):
    code = fields.String()
    zh = fields.String()
    en = fields.String()
    published = fields.Boolean()


class Today(Body):
    """`scope` is `whole` for the whole centre, `units` for the reader's own."""

    as_of = When()
    scope = fields.String()
    day = Day()
    usual_days = fields.List(Day(), metadata={"description": "参照日 / the days it is compared with"})
    day_kind = fields.Nested(DayKind)
    measures = fields.List(fields.Nested(Measure))


def share(name: str) -> fields.Decimal:
    return fields.Decimal(as_string=True, allow_none=True, metadata={"description": name})


class Means(Body):
    contact_rate = share("联系数 / 有效回访：contacted / valid")
    solve_rate = share("解决数 / 有效回访：solved / valid")
    satisfaction_rate = share("（非常满意＋满意＋0.9×基本满意）/ 有效回访：(satisfied + 0.9 × basically) / valid")
    on_time_rate = share("按时 / 已办结判定：on time / judged")


class Counts(Means):
    valid = fields.Integer()
    contacted = fields.Integer()
    solved = fields.Integer()
    satisfied = fields.Integer()
    basically_satisfied = fields.Integer()
    dissatisfied = fields.Integer()
    judged = fields.Integer()
    on_time = fields.Integer()


class UnitCounts(Counts):
    unit = fields.Nested(UnitShown, allow_none=True)


class Rates(Body):
    """`whole` and `mean` (the plain mean of units) are for whom the whole centre is shown."""

    as_of = When()
    scope = fields.String()
    # A class cannot have a field that is called `from`; it is added below.
    to = Day()
    least = fields.Integer(metadata={"description": "有效回访少于此数不排序 / fewer valid callbacks stand in no order"})
    whole = fields.Nested(Counts, allow_none=True)
    mean = fields.Nested(Means, allow_none=True)
    units = fields.List(fields.Nested(UnitCounts))
    best = fields.List(fields.Nested(UnitCounts))
    worst = fields.List(fields.Nested(UnitCounts))


class Street(Body):
    unit = fields.Nested(UnitShown, allow_none=True)
    open = fields.Integer()
    late = fields.Integer()
    today = fields.Integer()


class Point(Body):
    """Rounded to about a hundred metres."""

    lon = fields.Float()
    lat = fields.Float()
    category = fields.String(allow_none=True)
    hour = fields.Integer()


class Streets(Body):
    as_of = When()
    scope = fields.String()
    crs = fields.String()
    streets = fields.List(fields.Nested(Street))
    points = fields.List(fields.Nested(Point))


class Issue(Body):
    id = fields.Integer()
    state = fields.String()
    category = fields.Nested(CategoryShown, allow_none=True)
    street = fields.String(allow_none=True)
    unit = fields.Nested(UnitShown, allow_none=True)
    recent = fields.Integer()
    usual = fields.Integer()
    since = When()


class Group(Body):
    id = fields.Integer()
    state = fields.String()
    category = fields.Nested(CategoryShown, allow_none=True)
    street = fields.String(allow_none=True)
    unit = fields.Nested(UnitShown, allow_none=True)
    citizens = fields.Integer()
    tickets = fields.Integer()
    formed_at = When()


class Rise(Body):
    category = fields.Nested(CategoryShown)
    recent = fields.Integer()
    usual = fields.Float()
    rise = fields.Float(allow_none=True, metadata={"description": "此前从未有过则为空 / None when there were none before"})


class Rising(Body):
    as_of = When()
    scope = fields.String()
    hot_issues_open = fields.Integer()
    collective_complaints_open = fields.Integer()
    hot_issues = fields.List(fields.Nested(Issue))
    collective_complaints = fields.List(fields.Nested(Group))
    window_days = fields.Integer()
    categories = fields.List(fields.Nested(Rise))


class MonthAsked(Body):
    month = Month(metadata={"description": "年月，默认本月 / a month such as 2025-09, by default this one"})


class DeskAsked(Body):
    desk = Choice(*TABS, required=True, metadata={"description": "哪个台 / which desk"})


RatesShown = Rates.from_dict({"from": Day()}, name="MonthRates")


class WallIssue(Issue):
    class Meta(Body.Meta):
        exclude = ("id", "unit")


class WallGroup(Group):
    class Meta(Body.Meta):
        exclude = ("id", "unit")


class WallRising(Rising):
    hot_issues = fields.List(fields.Nested(WallIssue))
    collective_complaints = fields.List(fields.Nested(WallGroup))


class Wall(Body):
    today = fields.Nested(Today)
    rates = fields.Nested(RatesShown)
    streets = fields.Nested(Streets)
    rising = fields.Nested(WallRising)


MONTH_ASKED, DESK_ASKED, WAITING, TILES, TODAY, RATES, STREETS, RISING, WALL = (
    MonthAsked(), DeskAsked(), Waiting(), Tiles(), Today(), RatesShown(), Streets(), Rising(), Wall(),
)  # fmt: skip
