"""Who acts. An actor is made by signing in, by a token, or by the system itself, never from what a client claims."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` 0 is nobody in particular (the system, the importer, a citizen); `units` are the units whose cases it may see."""

    id: int
    name: str
    roles: frozenset[str]
    unit_id: int | None = None
    units: frozenset[int] = field(default=frozenset())
    kind: str = "user"
    scopes: frozenset[str] | None = None

    @property
    def label(self) -> str:
        """How history names the actor: a kind and an id, never a person's name."""
        return f"{self.kind}:{self.id}" if self.id else self.kind


SYSTEM = Actor(id=0, name="system", roles=frozenset({"system"}), kind="system")
IMPORTER = Actor(id=0, name="importer", roles=frozenset({"importer"}), kind="importer")
CITIZEN = Actor(id=0, name="citizen", roles=frozenset({"citizen"}), kind="citizen")
