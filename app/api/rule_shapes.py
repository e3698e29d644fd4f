"""What the doors of packs, of the calendar and of limits answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import INCLUDE, fields

from app.api.paging import page_of
from app.api.values import Body, Day, When


class InstalledShown(Body):
    version = fields.Integer()
    digest = fields.String()
    installed_at = When()
    installed_by = fields.String()
    installed_by_name = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class PackItem(Body):
    """`tables` are how many its newest version has."""

    name = fields.String()
    versions = fields.List(fields.Nested(InstalledShown))
    title = fields.String()
    official = fields.Boolean()
    tables = fields.Integer()


class PackChoice(Body):
    pack = fields.String()
    installed_at = When()
    installed_by = fields.String()
    installed_by_name = fields.String(allow_none=True)


class PackFinding(Body):
    """`severity` is error or note; `line` is null for what another pack has written."""

    severity = fields.String()
    said = fields.String()
    table = fields.String()
    row = fields.String()
    line = fields.Integer(allow_none=True)


class TableItem(Body):
    name = fields.String()
    policy = fields.String()
    rows = fields.Integer()


class PackShown(Body):
    """`table` stands where one was named, `text` where it was asked for."""

    class Meta(Body.Meta):
        unknown = INCLUDE

    name = fields.String()
    version = fields.Integer()
    versions = fields.List(fields.Integer())
    current = fields.String()
    title = fields.String()
    official = fields.Boolean()
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)
    parameters = fields.Dict(keys=fields.String(), values=fields.String())
    tables = fields.List(fields.Nested(TableItem))
    findings = fields.List(fields.Nested(PackFinding))


class LineShown(Body):
    """A line with its sign, and its numbers in the two texts; the sign … stands for what is left out."""

    sign = fields.String()
    old = fields.Integer(allow_none=True)
    new = fields.Integer(allow_none=True)
    text = fields.String()


class PackTriedShown(Body):
    """`against` is the newest version that is installed."""

    name = fields.String(allow_none=True)
    fine = fields.Boolean()
    against = fields.Integer(allow_none=True)
    findings = fields.List(fields.Nested(PackFinding))
    differences = fields.List(fields.Nested(LineShown))


class FailedShown(Body):
    """`given` is what the case has, `asked` what the row asks."""

    column = fields.String()
    given = fields.String()
    asked = fields.String()


class RowReason(Body):
    id = fields.String()
    pack = fields.String()
    basis = fields.String()
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)
    when = fields.Dict(keys=fields.String(), values=fields.String())
    give = fields.Dict(keys=fields.String(), values=fields.String())
    decides = fields.Boolean()
    in_force = fields.Boolean()
    failed = fields.List(fields.Nested(FailedShown))


class RuleExplained(Body):
    """Which row decides, and of each other why it does not; the nearest first."""

    pack = fields.String()
    table = fields.String()
    policy = fields.String()
    on = Day()
    rows = fields.List(fields.Nested(RowReason))
    total = fields.Integer()


class YearVersion(InstalledShown):
    name = fields.String()


class YearItem(Body):
    name = fields.String()
    year = fields.Integer()
    versions = fields.List(fields.Nested(YearVersion))


class DayShown(Body):
    """`weekday` counts from Monday, which is 0."""

    day = Day()
    weekday = fields.Integer()
    kind = fields.String()
    name = fields.String()


class YearShown(Body):
    """A year that is not `published` follows the week. `months` are twelve lists of days."""

    year = fields.Integer()
    series = fields.String()
    published = fields.Boolean()
    title = fields.String(allow_none=True)
    notices = fields.List(fields.String())
    text = fields.String(allow_none=True)
    months = fields.List(fields.List(fields.Nested(DayShown)))


class SpecialDay(Body):
    kind = fields.String()
    name = fields.String()


class DayChanged(Body):
    day = Day()
    before = fields.Nested(SpecialDay, allow_none=True)
    after = fields.Nested(SpecialDay, allow_none=True)


class YearTriedShown(Body):
    """`running` limits would be reckoned anew."""

    name = fields.String()
    year = fields.Integer()
    title = fields.String()
    against = fields.Integer(allow_none=True)
    same = fields.Boolean()
    running = fields.Integer()
    changes = fields.List(fields.Nested(DayChanged))
    days = fields.Integer()


class WalkStep(Body):
    day = Day()
    weekday = fields.Integer()
    kind = fields.String()
    counted = fields.Boolean()
    said = fields.String()


class LimitShown(Body):
    start = When()
    amount = fields.String()
    due_at = When(due=True)
    provisional = fields.Boolean()
    steps = fields.List(fields.Nested(WalkStep))


PackPage = type(page_of(PackItem)).from_dict(
    {"current": fields.String(), "choices": fields.List(fields.Nested(PackChoice))}, name="PackPage"
)
YearPage = type(page_of(YearItem)).from_dict(
    {"works": fields.List(fields.Dict(), metadata={"description": "最近几次重算的进度 / how far limits are being reckoned anew"})},
    name="YearPage",
)
PACKS, PACK, PACK_TRIED, EXPLAINED = PackPage(), PackShown(), PackTriedShown(), RuleExplained()
YEARS, YEAR, YEAR_TRIED, LIMIT = YearPage(), YearShown(), YearTriedShown(), LimitShown()
