"""One cell becomes one value of ours, or says in a sentence why it cannot."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

# Years that an order of a hotline may carry; what lies outside is a slip of the pen or a number that is no date.
FIRST_YEAR, LAST_YEAR = 1990, 2100
# Beyond fifteen digits a spreadsheet keeps only the leading ones: an identity number stored as a number is already lost.
EXACT_DIGITS = 10**15
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
LINE_ENDS = re.compile(r"[^\S\n]*[\r\n]\s*")
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")

PARTS = {
    "%Y": r"(?P<Y>\d{4})", "%m": r"(?P<m>\d{1,2})", "%d": r"(?P<d>\d{1,2})", "%H": r"(?P<H>\d{1,2})", "%I": r"(?P<I>\d{1,2})",
    "%M": r"(?P<M>\d{1,2})", "%S": r"(?P<S>\d{1,2})", "%p": r"(?P<p>[AaPp][Mm])", "%f": r"(?P<f>\d{1,6})", "%%": "%",
}  # fmt: skip
DIRECTIVE = re.compile(r"(%.)")


class BadCell(Exception):
    """A cell that cannot be understood; the sentence is completed with its column by whoever knows it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def as_text(cell: object, unescape: bool = False) -> str | None:
    """The words of a cell without the white space and invisible signs around and between them; None when nothing is left."""
    if isinstance(cell, str):
        if unescape and "&" in cell:
            cell = html.unescape(cell)
        if not cell.isprintable():
            cell = _cleaned(cell)
        text: str = cell.strip()
        return text or None
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return _digits(cell)
    if isinstance(cell, datetime):
        return written(cell)
    return str(cell)


def written(moment: datetime) -> str:
    """A workbook's moment in words; midnight is how a workbook holds a day."""
    return moment.strftime("%Y-%m-%d" if is_day(moment) else "%Y-%m-%d %H:%M:%S")


def is_day(moment: datetime) -> bool:
    return moment.hour == moment.minute == moment.second == 0


def _cleaned(text: str) -> str:
    if NOT_TEXT.search(text):
        raise BadCell("含有不是文字的字节（编码不符或空字符）", "holds bytes that are not text (wrong encoding, or NUL)")
    text = INVISIBLE.sub("", text)
    return LINE_ENDS.sub("\n", text).strip("\u3000\xa0")


def _digits(number: int | float) -> str:
    if abs(number) >= EXACT_DIGITS:
        raise BadCell("数字超过 15 位，表格已丢失末位", "the number has more than 15 digits: the spreadsheet has lost the last ones")
    return str(int(number)) if number == int(number) else repr(number)


def as_number(cell: Any) -> float | None:
    text = as_text(cell)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        raise BadCell(f"“{text[:40]}”不是数字", f'"{text[:40]}" is not a number') from None
    if number != number or number in (float("inf"), float("-inf")):
        raise BadCell("不是有限的数字", "is not a finite number")
    return number


def _compiled(form: str) -> re.Pattern[str]:
    pieces = [PARTS[piece] if piece in PARTS else re.escape(piece) for piece in DIRECTIVE.split(form)]
    return re.compile("".join(pieces))


def check_format(form: str) -> str | None:
    """The directive of a time format that is not of the closed vocabulary, or None."""
    if form in ("excel", "iso"):
        return None
    unknown: list[str] = [piece for piece in DIRECTIVE.findall(form) if piece not in PARTS]
    if unknown:
        return unknown[0]
    return None if "%Y" in form and "%m" in form and "%d" in form else form


def time_reader(formats: Sequence[str], zone: ZoneInfo, epoch: datetime, day_ends: bool) -> Callable[[Any], datetime | None]:
    """A function from a cell to an aware UTC instant.

    A date without time of day is the beginning of that day, or its end (24:00) when `day_ends`. In the hour that a zone
    repeats the first passing is meant; in the hour that it skips, the clock as it stood before.
    """
    patterns = tuple(_compiled(form) for form in formats if form not in ("excel", "iso"))
    serial_text, iso = "excel" in formats, "iso" in formats

    def settle(local: datetime, day_only: bool) -> datetime:
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            raise BadCell(f"年份 {local.year} 不可信", f"the year {local.year} is not plausible")
        if day_only and day_ends:
            local += timedelta(days=1)
        return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)

    def serial(number: float) -> datetime:
        try:
            local = epoch + timedelta(seconds=round(number * 86400))
        except OverflowError:
            raise BadCell(f"“{number}”不是日期序号", f'"{number}" is not a date serial') from None
        return settle(local, number == int(number))

    @lru_cache(maxsize=65536)
    def words(text: str) -> datetime:
        for pattern in patterns:
            found = pattern.fullmatch(text)
            if found:
                return settle(*_assembled(text, found.groupdict()))
        if serial_text and re.fullmatch(r"\d{5}(\.\d+)?", text):
            return serial(float(text))
        if iso:
            return settle(*_iso(text))
        raise BadCell(f"时间“{text[:40]}”无法识别", f'the time "{text[:40]}" is not understood')

    def read(cell: Any) -> datetime | None:
        if isinstance(cell, datetime):
            # Excel turns a typed date into midnight of that day: a cell without a time of day tells only the day.
            return settle(cell, is_day(cell))
        if isinstance(cell, date):
            return settle(datetime(cell.year, cell.month, cell.day), True)  # noqa: DTZ001 (settle gives it the file's zone)
        if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell < 10_000_000:
            return serial(cell)
        text = as_text(cell)
        return None if text is None else words(text)

    return read


def _assembled(text: str, parts: dict[str, str]) -> tuple[datetime, bool]:
    hour = int(parts.get("H") or parts.get("I") or 0)
    if "p" in parts:
        if not 1 <= hour <= 12:
            raise BadCell(f"时间“{text}”不存在", f'there is no time "{text}"')
        hour = hour % 12 + (12 if parts["p"].lower() == "pm" else 0)
    # 24:00 is how many systems write the end of a day.
    midnight = hour == 24 and not int(parts.get("M", 0)) and not int(parts.get("S", 0))
    try:
        local = datetime(  # noqa: DTZ001 (the caller gives it the file's zone)
            int(parts["Y"]), int(parts["m"]), int(parts["d"]), 0 if midnight else hour,
            int(parts.get("M", 0)), int(parts.get("S", 0)), int(parts.get("f", "0").ljust(6, "0")),
        )  # fmt: skip
    except ValueError:
        raise BadCell(f"时间“{text}”不存在", f'there is no time "{text}"') from None
    return local + timedelta(days=1) if midnight else local, "H" not in parts and "I" not in parts


def _iso(text: str) -> tuple[datetime, bool]:
    try:
        return datetime.fromisoformat(text), len(text) <= 10
    except ValueError:
        raise BadCell(f"时间“{text[:40]}”无法识别", f'the time "{text[:40]}" is not understood') from None
