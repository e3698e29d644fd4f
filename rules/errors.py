"""Every refusal of the rules says what is wrong, in Chinese and in English."""


class RuleError(Exception):
    """A rule, a calendar or an amount that cannot be used."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh = zh
        self.en = en


class AmountError(RuleError):
    """An amount of time that cannot be read or reckoned with."""


class CalendarError(RuleError):
    """A calendar that is incomplete, contradictory or empty."""


class PackError(RuleError):
    """A pack, or a table of it, that must not come into force."""
