"""The closed vocabulary of conditions: a released guard never changes its meaning; a new meaning is a new name."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.callback_guards import CALLBACK_GUARDS
from workflows.card_guards import CARD_GUARDS
from workflows.co_request_guards import CO_REQUEST_GUARDS
from workflows.conference_guards import CONFERENCE_GUARDS
from workflows.extension_guards import EXTENSION_GUARDS
from workflows.handling_guards import HANDLING_GUARDS
from workflows.knowledge_guards import KNOWLEDGE_GUARDS
from workflows.link_guards import LINK_GUARDS
from workflows.return_guards import RETURN_GUARDS
from workflows.review_guards import REVIEW_GUARDS
from workflows.supervision_guards import SUPERVISION_GUARDS
from workflows.ticket_guards import TICKET_GUARDS
from workflows.unit_guards import UNIT_GUARDS
from workflows.vocabulary import Guard

GROUPS = (
    TICKET_GUARDS,
    UNIT_GUARDS,
    CALLBACK_GUARDS,
    CARD_GUARDS,
    CO_REQUEST_GUARDS,
    EXTENSION_GUARDS,
    HANDLING_GUARDS,
    KNOWLEDGE_GUARDS,
    LINK_GUARDS,
    RETURN_GUARDS,
    REVIEW_GUARDS,
    CONFERENCE_GUARDS,
    SUPERVISION_GUARDS,
)
GUARDS: Mapping[str, Guard] = MappingProxyType({each.name: each for group in GROUPS for each in group})
