"""What a field is: a name, a type, both its words, and whether what is typed into it may be personal."""

from dataclasses import dataclass

# id, ids: whole numbers above zero; code, codes: short words of a list kept elsewhere; number: a whole number from zero up.
TYPES = frozenset({"text", "choice", "choices", "bool", "instant", "id", "ids", "code", "codes", "number"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `private` means free or personal words, of which history keeps only a digest."""

    name: str
    type: str
    zh: str
    en: str
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    private: bool = False


def text(name: str, zh: str, en: str, max_length: int) -> Field:
    return Field(name, "text", zh, en, max_length=max_length, private=True)


def choice(name: str, zh: str, en: str, choices: tuple[str, ...]) -> Field:
    return Field(name, "choice", zh, en, choices=choices)
