"""The rungs of a limit in words: `80%` has passed, `due` is reached, `+1wd` is over by so much, `-1wd` is left, `lapse` acts by itself."""

from __future__ import annotations

NOTHING = "—"
UNITS = {"wd": ("个工作日", " working days"), "wh": ("个工作小时", " working hours"), "nd": ("天", " days"), "min": ("分钟", " minutes")}


def rung_of(rung: str | None, lang: str) -> str:
    if rung is None:
        return NOTHING
    if rung == "due":
        return "已到期" if lang == "zh" else "reached"
    if rung == "lapse":
        return "到期自动办理" if lang == "zh" else "acts by itself when reached"
    if rung.endswith("%"):
        return f"已用去{rung}" if lang == "zh" else f"{rung} used"
    amount = spoken(rung.lstrip("+-"), lang)
    if rung.startswith("+"):
        return f"已超期{amount}" if lang == "zh" else f"overdue by {amount}"
    return f"还剩{amount}" if lang == "zh" else f"{amount} left"


def spoken(amount: str, lang: str) -> str:
    number = amount.rstrip("abcdefghijklmnopqrstuvwxyz ")
    return number + UNITS[amount[len(number) :].strip()][1 if lang == "en" else 0]
