"""Every table there is: whoever asks for all of them reads this page, since nothing else imports a feature's models by itself."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table

from app.core import file_models
from app.core import models as core
from app.core.base import Base
from app.duty import models as duty
from app.hotline import models as hotline
from app.hotline.boundaries import models as boundaries
from app.hotline.callbacks import models as callbacks
from app.hotline.cards import models as cards
from app.hotline.co_requests import models as co_requests
from app.hotline.groups import models as groups
from app.hotline.handling import models as handling
from app.hotline.links import models as links
from app.hotline.restrictions import models as restrictions
from app.hotline.returns import models as returns
from app.hotline.review import models as review
from app.imports import models as imports
from app.knowledge import models as knowledge
from app.notices import models as notices
from app.overview import models as overview
from app.people import models as people
from app.supervision import models as supervision

MODELS = (
    core, file_models, people, hotline, boundaries, callbacks, cards, co_requests, groups, handling, links, restrictions, returns, review,
    imports, supervision, knowledge, notices, duty, overview,
)  # fmt: skip


def tables() -> Mapping[str, Table]:
    """All tables by name, in the order of the names."""
    return dict(sorted(Base.metadata.tables.items()))


def laws() -> Mapping[str, str]:
    """What each table is for, by its name."""
    known = {module.__name__ for module in MODELS}
    mapped = (mapper for mapper in Base.registry.mappers if mapper.class_.__module__ in known)
    return {getattr(mapper.local_table, "name", ""): " ".join((mapper.class_.__doc__ or "").split()) for mapper in mapped}
