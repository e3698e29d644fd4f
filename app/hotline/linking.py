"""Links, groups and restricted callers stand in the composition root as one feature; this page only puts them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from app.api.doors import Door
from app.core.registry import Chore, Kind, Reaction
from app.core.system import System
from app.hotline.groups import api as groups
from app.hotline.groups import facts as group_facts
from app.hotline.groups import finding
from app.hotline.groups import reactions as group_reactions
from app.hotline.links import api as links
from app.hotline.links import pairs
from app.hotline.links import reactions as link_reactions
from app.hotline.restrictions import api as restrictions
from app.hotline.restrictions import commands as restricting
from app.hotline.restrictions import facts as restriction_facts
from app.hotline.restrictions import reactions as restriction_reactions

HANDLERS: Mapping[Any, Any] = {**pairs.HANDLERS, **finding.HANDLERS, **restricting.HANDLERS}
REACTIONS: Sequence[Reaction] = (*link_reactions.REACTIONS, *group_reactions.REACTIONS, *restriction_reactions.REACTIONS)
CHORES = (Chore("hot issues", 3600.0, finding.look),)


def kinds(engine: Engine) -> Sequence[Kind]:
    return *group_facts.kinds(engine), *restriction_facts.kinds(engine)


def doors(system: System) -> list[Door]:
    return [*links.doors(system), *groups.doors(system), *restrictions.doors(system)]
