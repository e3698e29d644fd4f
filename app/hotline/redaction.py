"""Personal data spoken inside a text is found by its shape or by the words before it; ordinary words stay as they are."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final

from app.hotline.spans import Span
from app.hotline.spoken_names import names

# Every folding is one character for one, so that a position in the folded text is a position in the text.
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_CHINESE_DIGITS: Final = str.maketrans("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "00012345678911234" + "56789")

_MARKERS: Final = {
    "phone": "【电话】",
    "id_number": "【证件号】",
    "bank_card": "【银行卡号】",
    "email": "【邮箱】",
    "plate": "【车牌】",
    "wechat": "【微信号】",
    "qq": "【QQ号】",
    "name": "【姓名】",
    "address": "【门牌】",
}

_GAP: Final = r"[ \-]?"
_MOBILE: Final = re.compile(rf"(?<![\d.])(?:(?:\+|00)?86{_GAP})?(1[3-9]\d(?:{_GAP}\d){{8}}|1[3-9]\d[.·]\d{{4}}[.·]\d{{4}})(?![\d%])")
_SPOKEN: Final = re.compile(rf"(?<!\d)1[3-9](?:{_GAP}\d){{9}}")
_LANDLINE: Final = re.compile(
    r"(?<!\d)(?:\(0(?:10|2\d|[3-9]\d{2})\)|0(?:10|2\d|[3-9]\d{2}))[ \-]{0,2}[2-8]\d{2,3}[ \-]?\d{4}(?:[ ]?(?:-|转|#)[ ]?\d{1,6})?(?!\d)"
)
_CUED_PHONE: Final = re.compile(
    r"(?:电话|座机|手机|致电|拨打|来电|联系方式|电联|号码|热线|tel|TEL|Tel)[^\d\n]{0,6}?([2-8]\d{2,3}[ \-]?\d{4})(?![\d元年月])"
)
_ID_18: Final = re.compile(rf"(?<!\d)[1-9]\d{{5}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{3}}[\dXx](?![\dA-Za-z])")
_ID_15: Final = re.compile(r"(?<!\d)[1-9]\d{14}(?![\dA-Za-z])")
_CUED_ID: Final = re.compile(r"(?:身份证|证件号|公民身份|护照|通行证)[^\dA-Za-z\n]{0,8}([A-Za-z]{0,2}\d{6,17}[\dXx])(?![\dA-Za-z])")
_CARD: Final = re.compile(r"(?<![\d.])(?:6[02]|4\d|5[1-5]|35|95)\d{2}(?:[ \-]?\d{4}){3}(?:[ \-]?\d{1,3})?(?!\d)")
_CUED_CARD: Final = re.compile(r"(?:银行卡|卡号|账号|帐号|账户|帐户|存折)[^\d\n]{0,8}(\d(?:[ \-]?\d){11,20})(?!\d)")
_EMAIL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}[ ]?@[ ]?[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}")
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][ ·•.\-]?"
    r"(?=[A-Za-z]{0,5}\d)[A-HJ-NP-Za-hj-np-z0-9]{4}(?:[A-HJ-NP-Za-hj-np-z0-9]{1,2}|[挂学警港澳领使])(?![A-Za-z0-9])"
)
_WECHAT: Final = re.compile(
    r"(?:微信|薇信|威信|[Ww]e[Cc]hat|[Ww]ei[Xx]in|[Vv][Xx]|[Ww][Xx])[ ]?(?:(?:账号|帐号|号码|号|ID|id)[ ]?[:是为]?|[:是为])[ ]?"
    r"([A-Za-z][A-Za-z0-9\-_]{5,19}|[1-9]\d{5,12})(?![A-Za-z0-9])"
)
_QQ: Final = re.compile(r"(?:QQ|qq|Qq|扣扣|企鹅)[ ]?(?:群)?(?:号码|号)?[ ]?[:是为]?[ ]?([1-9]\d{4,10})(?!\d)")
_NUMERAL: Final = r"(?:[0-9]{1,4}|[A-Za-z]|[一二三四五六七八九十百]{1,4})"
_BUILDING: Final = rf"{_NUMERAL}[ ]?(?:号楼|栋|幢|座|号院|#楼|#)"
_STAIR: Final = rf"{_NUMERAL}[ ]?(?:单元|门|梯)"
# Doors on a floor are numbered from 01: 栋502 is a home, 栋180户 counts homes. A building without a door is a place, not a person.
_ROOM: Final = (
    r"(?:[0-9]{1,2}[0-2][0-9]|[一二三四五六七八九十零〇]{3,4})(?:[ ]?(?:室|房|号房|户|号))?"
    r"(?![0-9年元米平方多余人名天次万块时点吨㎡mM])"
)
_DOOR: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_BUILDING}[ \-]?(?:{_STAIR}[ \-]?)?{_ROOM}|{_STAIR}[ \-]?{_ROOM}"
    r"|\d{1,3}-\d{1,2}-\d{1,2}[0-2]\d(?:室|房|号|户)?(?![\d\-年月]))"
)
_PROVINCES: Final = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


def find(text: str) -> tuple[Span, ...]:
    """The personal data in a text, in order and without overlap; where two kinds claim one place, the surer one wins."""
    plain = text.translate(_FULL_WIDTH).translate(_DASHES)
    taken: list[Span] = []
    for detector in _DETECTORS:
        for span in detector(plain):
            if all(span.end <= other.start or span.start >= other.end for other in taken):
                taken.append(span)
    return tuple(sorted(taken, key=lambda span: span.start))


def mask(text: str, spans: Iterable[Span]) -> str:
    """The text with each span replaced by the name of what stood there."""
    parts: list[str] = []
    position = 0
    for span in sorted(spans, key=lambda span: span.start):
        parts += [text[position : span.start], _MARKERS[span.kind]]
        position = span.end
    return "".join(parts) + text[position:]


def for_public(text: str) -> str:
    """The text as anybody may read it."""
    return mask(text, find(text))


def valid_id_number(number: str) -> bool:
    """Whether 18 characters end in the check character of GB 11643, or 15 digits hold a province and a birthday."""
    if len(number) == 15:
        return number.isascii() and number.isdecimal() and _province_and_birthday(number)
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdecimal()):
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _province_and_birthday(number: str) -> bool:
    born = number[6:14] if len(number) == 18 else "19" + number[6:12]
    if not _PROVINCES.fullmatch(number[:2]) or not 1880 <= int(born[:4]) <= 2100:
        return False
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    return True


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isalnum())


def _id_numbers(plain: str) -> Iterator[Span]:
    """A mistyped check character still leaves seventeen true ones, so a province with a birthday is enough."""
    for pattern in (_ID_18, _ID_15):
        for match in pattern.finditer(plain):
            number = _digits(match[0]).upper()
            if valid_id_number(number) or _province_and_birthday(number):
                yield Span(match.start(), match.end(), "id_number", number)
    yield from _each(_CUED_ID, "id_number", plain)


def _cards(plain: str) -> Iterator[Span]:
    for match in _CARD.finditer(plain):
        number = _digits(match[0])
        if 16 <= len(number) <= 19 and _luhn(number):
            yield Span(match.start(), match.end(), "bank_card", number)
    yield from _each(_CUED_CARD, "bank_card", plain)


def _spoken_phones(plain: str) -> Iterator[Span]:
    """Numbers written in Chinese numerals, wholly or partly; the numeral 一 after the eleventh digit belongs to the next word."""
    for match in _SPOKEN.finditer(plain.translate(_CHINESE_DIGITS)):
        if not plain[match.start() : match.end()].isascii():
            yield Span(match.start(), match.end(), "phone", _digits(match[0]))


def _emails(plain: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(plain):
        yield Span(match.start(), match.end(), "email", match[0].replace(" ", ""))


def _doors(plain: str) -> Iterator[Span]:
    for match in _DOOR.finditer(plain):
        yield Span(match.start(), match.end(), "address", match[0])


def _plates(plain: str) -> Iterator[Span]:
    for match in _PLATE.finditer(plain):
        yield Span(match.start(), match.end(), "plate", re.sub(r"[ ·•.\-]", "", match[0]).upper())


def _each(pattern: re.Pattern[str], kind: str, plain: str) -> Iterator[Span]:
    """The first group of the pattern where it has one, for there the words before it are only the cue."""
    group = 1 if pattern.groups else 0
    for match in pattern.finditer(plain):
        value = match[group].replace(" ", "") if kind == "wechat" else _digits(match[group])
        yield Span(match.start(group), match.end(group), kind, value)


def _shape(pattern: re.Pattern[str], kind: str) -> Callable[[str], Iterator[Span]]:
    return lambda plain: _each(pattern, kind, plain)


# Surest first: what stands here earlier keeps its place when a later one claims it too.
_DETECTORS: Final[tuple[Callable[[str], Iterator[Span]], ...]] = (
    _emails,
    _id_numbers,
    _cards,
    _shape(_MOBILE, "phone"),
    _shape(_LANDLINE, "phone"),
    _shape(_CUED_PHONE, "phone"),
    _shape(_WECHAT, "wechat"),
    _shape(_QQ, "qq"),
    _spoken_phones,
    _plates,
    _doors,
    names,
)
