"""What the reads beside a ticket answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.paging import page_of
from app.api.values import Body, Day, When
from app.hotline.shapes import CategoryShown, LinkShown, PersonShown, RestrictedShown, UnitShown


class ActionForeseen(Body):
    """What one action of a rung means; `recipients` are whom a notice reaches now, `possible` whether a trigger could be fired now."""

    action = fields.String()
    text = fields.String()
    role = fields.String()
    units = fields.List(fields.String())
    people = fields.Integer()
    recipients = fields.List(fields.Dict())
    fallback = fields.Boolean()
    case = fields.Integer()
    kind = fields.String()
    possible = fields.Boolean()


class RungForeseen(Body):
    rung = fields.String()
    at = When(allow_none=True)
    fired_at = When(allow_none=True)
    late = fields.Boolean(allow_none=True)
    overdue = fields.Boolean()
    rules = fields.List(fields.String())
    actions = fields.List(fields.Nested(ActionForeseen))


class ClockForeseen(Body):
    id = fields.Integer()
    case = fields.Integer()
    kind = fields.String()
    unit = fields.String(allow_none=True)
    name = fields.String()
    level = fields.String()
    state = fields.String()
    due_at = When(due=True, allow_none=True)
    provisional = fields.Boolean()
    rungs = fields.List(fields.Nested(RungForeseen))


class ForecastShown(Body):
    """What the clocks of a ticket will do, and whom they will tell."""

    ticket = fields.Integer()
    number = fields.String()
    state = fields.String()
    at = When()
    clocks = fields.List(fields.Nested(ClockForeseen))


class StepShown(Body):
    """One day of the walk."""

    day = Day()
    kind = fields.String()
    counted = fields.String()
    total = fields.String()
    text = fields.String()


class HeldShown(Body):
    held_at = When()
    resumed_at = When(allow_none=True)
    held_by = fields.String(metadata={"description": "由哪一步暂停 / the step that held it"})
    resumed_by = fields.String(allow_none=True)


# Made from a mapping, since a class cannot have a field that is called `from`.
ChangeShown = Body.from_dict(
    {
        "at": When(), "event": fields.String(), "from": When(due=True, allow_none=True), "to": When(due=True, allow_none=True),
        "reason": fields.String(allow_none=True),
    },
    name="ChangeShown",
)  # fmt: skip


class ExplanationShown(Body):
    """How a deadline came about: by which row of which pack, day by day, with every pause."""

    id = fields.Integer()
    case = fields.Integer()
    name = fields.String()
    start = When()
    level = fields.String()
    amount = fields.String(allow_none=True)
    pack = fields.String()
    table = fields.String()
    row = fields.String()
    basis = fields.String()
    state = fields.String()
    steps = fields.List(fields.Nested(StepShown))
    pauses = fields.List(fields.Nested(HeldShown))
    changes = fields.List(fields.Nested(ChangeShown))
    due_at = When(due=True, allow_none=True)
    provisional = fields.Boolean()
    stopped_at = When(allow_none=True)
    late = fields.Boolean(allow_none=True)


class ReasonShown(Body):
    code = fields.String()
    score = fields.Integer()
    words = fields.String()


class CandidateShown(Body):
    """A ticket that may be about the same fact, with its score of a hundred and the reasons; `kind` is the link proposed."""

    id = fields.Integer()
    number = fields.String()
    title = fields.String()
    state = fields.String()
    state_label = fields.String()
    open = fields.Boolean()
    kind = fields.String()
    score = fields.Integer()
    reasons = fields.List(fields.Nested(ReasonShown))
    merged_into = fields.Integer(allow_none=True)
    joined = fields.Integer()
    category = fields.Nested(CategoryShown, allow_none=True)
    street = fields.String(allow_none=True)
    registered_at = When()


class DraftCandidates(Body):
    items = fields.List(fields.Nested(CandidateShown))
    next = fields.String(allow_none=True)
    restricted_caller = fields.List(fields.Nested(RestrictedShown))


class CardTicket(Body):
    id = fields.Integer()
    number = fields.String()


class RevokedShown(Body):
    at = When()
    by = fields.Nested(PersonShown, allow_none=True)


class CardShown(Body):
    """A yellow card; `by` is nobody when a clock has given it by `rule`."""

    id = fields.Integer()
    ticket = fields.Nested(CardTicket)
    assignment = fields.Integer()
    unit = fields.Nested(UnitShown)
    colour = fields.String()
    round = fields.Integer()
    rule = fields.String(allow_none=True)
    by = fields.Nested(PersonShown, allow_none=True)
    at = When()
    revoked = fields.Nested(RevokedShown, allow_none=True)


class CardFigure(Body):
    unit = fields.Nested(UnitShown)
    colour = fields.String()
    given = fields.Integer()
    by_rule = fields.Integer()
    revoked = fields.Integer()
    standing = fields.Integer()
    tickets = fields.Integer()


class CardFigures(Body):
    at = When()
    given = fields.Integer()
    units = fields.List(fields.Nested(CardFigure))


class GroundShown(Body):
    """A ground in the words of the pack."""

    code = fields.String(allow_none=True)
    zh = fields.String(allow_none=True)
    en = fields.String(allow_none=True)


class PrecedentShown(Body):
    """A decided return of the same branch: facts only."""

    request = fields.Integer()
    decision = fields.String()
    decided_at = When()
    unit = fields.Nested(UnitShown)
    got_by = fields.Nested(UnitShown, allow_none=True)
    ground = fields.Nested(GroundShown, allow_none=True)
    role = fields.String()
    improper = fields.Boolean(allow_none=True)
    ticket = fields.Nested(CardTicket)
    category = fields.Nested(CategoryShown, allow_none=True)


class ProposalShown(Body):
    """A change offered to the directory; `installed` is the pack that took it up."""

    id = fields.Integer()
    category = fields.Nested(CategoryShown, allow_none=True)
    street = fields.String(allow_none=True)
    unit = fields.Nested(UnitShown)
    request = fields.Integer()
    state = fields.String()
    at = When()
    closed_at = When(allow_none=True)
    installed = fields.String(allow_none=True)


class OpenedShown(Body):
    """Only the values that were asked for."""

    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    calling_number = fields.String(allow_none=True)
    id_number = fields.String(allow_none=True)


class UnmaskedShown(Body):
    citizen = fields.Nested(OpenedShown)


class AttachedShown(Body):
    id = fields.Integer()
    ticket = fields.Integer()


FORECAST, EXPLANATION, UNMASKED, ATTACHED = ForecastShown(), ExplanationShown(), UnmaskedShown(), AttachedShown()
CANDIDATES, DRAFT_CANDIDATES, LINKS = page_of(CandidateShown), DraftCandidates(), page_of(LinkShown)
CARDS, CARD_FIGURES = page_of(CardShown), CardFigures()
PRECEDENTS, PROPOSALS = page_of(PrecedentShown), page_of(ProposalShown)
