"""What the doors of people, units and sessions answer, for the API's document; a test holds these shapes against the answers."""

from __future__ import annotations

from marshmallow import fields

from app.api.paging import page_of
from app.api.values import Body, When
from app.api.verbs import DoneShown


class RoleHeld(Body):
    role = fields.String()
    unit_id = fields.Integer()
    unit = fields.String()


class UserItem(Body):
    """`locked_until` stands while wrong passwords keep the account locked; `barred_at` is an administrator's doing."""

    id = fields.Integer()
    username = fields.String()
    name = fields.String()
    unit_id = fields.Integer()
    unit = fields.String(metadata={"description": "单位代码 / code of the unit"})
    unit_name = fields.String()
    created_at = When()
    last_sign_in_at = When(allow_none=True)
    deactivated_at = When(allow_none=True)
    barred_at = When(allow_none=True)
    locked_until = When(allow_none=True)
    must_change_password = fields.Boolean()
    second_factor = fields.Boolean()
    roles = fields.List(fields.Nested(RoleHeld))


class LeaveShown(Body):
    id = fields.Integer()
    since = When()
    until = When()
    substitute_id = fields.Integer(allow_none=True)
    substitute_name = fields.String(allow_none=True)


class LoanShown(Body):
    id = fields.Integer()
    from_user_id = fields.Integer()
    from_name = fields.String()
    to_user_id = fields.Integer()
    to_name = fields.String()
    unit_id = fields.Integer()
    role = fields.String()
    since = When()
    until = When()


class UserShown(UserItem):
    """`stand_in` does the person's work now: the person's own id when nobody has to."""

    leaves = fields.List(fields.Nested(LeaveShown))
    loans = fields.List(fields.Nested(LoanShown))
    stand_in = fields.Integer(allow_none=True)


class TokenItem(Body):
    """A token's name and times, never the token."""

    id = fields.Integer()
    kind = fields.String()
    label = fields.String()
    user_id = fields.Integer()
    username = fields.String()
    unit_id = fields.Integer(allow_none=True)
    scopes = fields.List(fields.String(), allow_none=True)
    created_at = When()
    expires_at = When(allow_none=True)
    last_used_at = When(allow_none=True)
    revoked_at = When(allow_none=True)


class TokenIssued(Body):
    token = fields.String(metadata={"description": "只在此时显示 / shown now and never again"})


class UnmaskingItem(Body):
    """Who looked at which hidden value of which case, and why."""

    id = fields.Integer()
    at = When()
    user_id = fields.Integer()
    username = fields.String()
    user_name = fields.String()
    root_id = fields.Integer()
    root_kind = fields.String()
    number = fields.String(allow_none=True)
    field = fields.String()
    reason = fields.String()


class LogItem(Body):
    """`other_name` and `left_name` are the person and the unit that `detail` names by their ids."""

    id = fields.Integer()
    at = When()
    actor = fields.String()
    actor_name = fields.String(allow_none=True)
    action = fields.String()
    success = fields.Boolean()
    user_id = fields.Integer(allow_none=True)
    user_name = fields.String(allow_none=True)
    unit_id = fields.Integer(allow_none=True)
    unit_name = fields.String(allow_none=True)
    detail = fields.Dict()
    other_name = fields.String(allow_none=True)
    left_name = fields.String(allow_none=True)


class PolicyVersion(Body):
    version = fields.Integer()
    installed_at = When()
    installed_by = fields.String()
    installed_by_name = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class PolicyShown(Body):
    """`bounds` are the least and the most that each number may be."""

    numbers = fields.Dict(keys=fields.String(), values=fields.Integer())
    bounds = fields.Dict(keys=fields.String(), values=fields.List(fields.Integer()))
    second_factor_roles = fields.List(fields.String())
    versions = fields.List(fields.Nested(PolicyVersion))


class UnitPeriod(Body):
    since = When()
    name = fields.String()
    parent = fields.Integer(allow_none=True)
    parent_name = fields.String(allow_none=True)


class SuccessionShown(Body):
    """`main`: this one goes on with what was begun."""

    old = fields.Integer()
    old_name = fields.String()
    new = fields.Integer()
    new_name = fields.String()
    main = fields.Boolean()
    effective_at = When()


class UnitBelow(Body):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    kind = fields.String()


class Holdings(Body):
    """What would move if the unit were closed today."""

    units = fields.Integer()
    people = fields.Integer()
    cases = fields.Integer()


class UnitStory(UnitBelow):
    parent = fields.Integer(allow_none=True)
    parent_name = fields.String(allow_none=True)
    provisional = fields.Boolean()
    opened_at = When()
    closed_at = When(allow_none=True)
    periods = fields.List(fields.Nested(UnitPeriod))
    successions = fields.List(fields.Nested(SuccessionShown))
    below = fields.List(fields.Nested(UnitBelow))
    holds = fields.Nested(Holdings)


class UnitThen(Body):
    """`name` is null before it was founded; `answerable` is the unit that answers then for what this one had begun."""

    id = fields.Integer()
    at = When()
    name = fields.String(allow_none=True)
    answerable = fields.Integer(allow_none=True)


class UnitNamed(Body):
    id = fields.Integer()
    name = fields.String()


class ReorganisationItem(Body):
    """`plan` holds what its change takes, by ids; `units` and `onto` are their names."""

    id = fields.Integer()
    change = fields.String()
    plan = fields.Dict()
    reason = fields.String()
    effective_at = When()
    decided_at = When()
    decided_by = fields.String()
    decided_by_name = fields.String(allow_none=True)
    applied_at = When(allow_none=True)
    cancelled_at = When(allow_none=True)
    units = fields.List(fields.Nested(UnitNamed), allow_none=True)
    onto = fields.String(allow_none=True)


class Station(Body):
    unit_id = fields.Integer()
    code = fields.String()
    name = fields.String()
    roles = fields.List(fields.String())


class StationsShown(Body):
    items = fields.List(fields.Nested(Station))


class SessionOpened(Body):
    """A session that must change its password, or enrol a second factor, may do nothing else."""

    token = fields.String()
    must_change_password = fields.Boolean()
    must_enrol = fields.Boolean()


class SessionShown(Body):
    """Unused it ends at `idle_at`, used or not at `ends_at`."""

    idle_at = When()
    ends_at = When()
    must_change_password = fields.Boolean()
    must_enrol = fields.Boolean()
    second_factor = fields.Boolean()
    user_id = fields.Integer()
    user_name = fields.String()
    unit_id = fields.Integer()
    unit_name = fields.String()
    role = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    stations = fields.List(fields.Nested(Station))


class SessionEnded(Body):
    state = fields.String()


class SecondFactorShown(Body):
    state = fields.String(metadata={"description": "off, begun, active"})
    confirmed_at = When(allow_none=True)
    recovery_codes_left = fields.Integer()


class SecondFactorBegun(DoneShown):
    """Told once: as an address, as text to be typed, and as a drawing to be scanned."""

    uri = fields.String()
    secret = fields.String()
    qr = fields.String(metadata={"description": "SVG"})


class SecondFactorConfirmed(DoneShown):
    recovery_codes = fields.List(fields.String(), metadata={"description": "只在此时显示 / shown now and never again"})


USERS, USER, TOKENS, TOKEN = page_of(UserItem), UserShown(), page_of(TokenItem), TokenIssued()
UNMASKINGS, LOG, POLICY = page_of(UnmaskingItem), page_of(LogItem), PolicyShown()
UNIT_STORY, UNIT_THEN, REORGANISATIONS, STATIONS = UnitStory(), UnitThen(), page_of(ReorganisationItem), StationsShown()
OPENED, SESSION, ENDED = SessionOpened(), SessionShown(), SessionEnded()
SECOND_FACTOR, BEGUN, CONFIRMED = SecondFactorShown(), SecondFactorBegun(), SecondFactorConfirmed()
