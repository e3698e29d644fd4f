"""The closed vocabulary of conditions: a released guard never changes its meaning; a new meaning is a new name."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.card_guards import CARD_GUARDS
from workflows.ticket_guards import TICKET_GUARDS
from workflows.unit_guards import UNIT_GUARDS
from workflows.vocabulary import Guard

GUARDS: Mapping[str, Guard] = MappingProxyType({each.name: each for each in TICKET_GUARDS + UNIT_GUARDS + CARD_GUARDS})
