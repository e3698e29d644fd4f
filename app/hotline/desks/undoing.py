"""Until when what was done just now may be taken back: by the window that the pack in force names, in its own unit of time."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.hotline.rung_words import spoken
from app.web.look import Look
from rules.amounts import Amount
from rules.worktime import add

PARAMETER = "undo_dispatch_within"
# No window reaches further back than this for each unit of it and its holidays.
HOLIDAYS = timedelta(days=14)


def window(look: Look) -> Amount | None:
    """A pack that names none lets nothing be taken back without a reason."""
    settings = look.system.settings
    found: Amount | None = settings.pack(settings.current_pack).parameters.get(PARAMETER)
    return found


def fresh(look: Look, at: str) -> bool:
    """Whether what was done then may still be taken back."""
    amount, settings = window(look), look.system.settings
    return amount is not None and look.now < add(datetime.fromisoformat(at), amount, settings.calendar(settings.current_pack)).at


def earliest(look: Look) -> str | None:
    """Nothing that was done before this instant may be taken back any more; what came after it is asked one by one."""
    amount = window(look)
    if amount is None:
        return None
    back = timedelta(minutes=float(amount.value)) if amount.unit == "min" else timedelta(days=2 * float(amount.value)) + HOLIDAYS
    return (look.now - back).isoformat()


def told(look: Look, zh: str, en: str) -> tuple[str, str]:
    """What is said when it is done, and for how long it may be taken back."""
    amount = window(look)
    if amount is None:
        return f"{zh}。", f"{en}."
    return f"{zh}，{spoken(str(amount), 'zh')}内可撤销。", f"{en}; it can be taken back for {spoken(str(amount), 'en')}."
