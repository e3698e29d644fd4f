"""What a citizen asks is taken apart into points, and each is looked for in the reply by the pairs of characters that carry it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST: Final = 12
# How many of a point's pairs must come back in the reply, by how many it has.
FEW: Final = 3
MANY: Final = 12

_NUMBER: Final = re.compile(
    r"[（(][一二三四五六七八九十\d]{1,2}[)）]|(?:^|(?<=[。；;！!？?：:，,\s]))(?:第[一二三四五六七八九十]{1,2}[、，,：:.]|"
    r"[一二三四五六七八九十]{1,2}[、，：:.．]|(?<!\d)\d{1,2}(?:[、．：:)）]|\.(?!\d)))"
)
_SENTENCE: Final = re.compile(r"[^。！!；;\n？?]+[。！!；;\n？?]?")
_ASKS: Final = re.compile(r"请问|是否|能否|可否|吗|多少|多久|几时|什么时候|何时|如何|怎么|怎样|哪里|哪个|哪些|什么|为何|为什么")
_WANTS: Final = re.compile(r"请求|恳请|恳求|要求|希望|诉求|建议|盼望|望(?:有关|相关|领导|政府|贵)|请(?!问|假|客|示|教|了|过|来|柬)")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z0-9]{2,}")
# Words that any demand may have: they carry no point.
_COMMON: Final = re.compile(
    "请问|请求|恳请|恳求|要求|希望|诉求|建议|盼望|是否|能否|可否|多少|多久|什么时候|什么|何时|如何|怎么办|怎么|怎样|哪里|哪个|哪些|为何|为什么|"
    "我们|你们|他们|大家|自己|本人|领导|政府|部门|有关|相关|单位|贵局|书记|市长|区长|县长|尊敬|您好|你好|谢谢|感谢|关心|重视|尽快|尽早|及时|"
    "可以|能够|应该|需要|必须|进行|给予|予以|答复|回复|解答|解决|处理|落实|核实|调查|问题|情况|事情|这个|那个|这样|那样|这种|一个|一下|"
    "没有|不能|不是|还是|就是|但是|因为|所以|如果|虽然|现在|目前|已经|一直|时候|时间|知道|帮忙|帮助|百姓|群众|居民|市民|业主|小区|网友"
)
_PARTICLES: Final = frozenset("的了吗呢啊吧么着过是在有和与及或把被将让给对为于也都还就又再很太这那我你他她它们个不没能会要想到去来说")


@dataclass(frozen=True, slots=True)
class Point:
    """`listed` when the citizen numbered it."""

    text: str
    keys: frozenset[str]
    listed: bool


def points_of(demand: str) -> list[Point]:
    """Numbered items first; else every question and every request. A point without a pair of its own cannot be looked for."""
    listed = list(numbered(demand))
    texts = listed or list(asked(demand))
    points = [Point(text, keys_of(text), bool(listed)) for text in dict.fromkeys(texts)]
    return [point for point in points if point.keys][:MOST]


def numbered(demand: str) -> Iterator[str]:
    marks = list(_NUMBER.finditer(demand))
    if len(marks) < 2:
        return
    ends = [mark.start() for mark in marks[1:]]
    for mark, end in zip(marks, [*ends, len(demand)], strict=True):
        # The last item ends with its sentence: what follows belongs to the whole.
        text = demand[mark.end() : end] if end != len(demand) else demand[mark.end() :].split("\n")[0]
        if text.strip():
            yield text.strip()


def asked(demand: str) -> Iterator[str]:
    for match in _SENTENCE.finditer(demand):
        sentence = match[0].strip()
        wanted = _WANTS.search(sentence)
        if sentence.endswith(("？", "?")) and _ASKS.search(sentence):
            yield sentence
        elif wanted:
            # What goes before the request tells a story; what is asked for begins with it, or ends just before it.
            yield sentence[wanted.start() :] if keys_of(sentence[wanted.start() :]) else sentence


def keys_of(text: str) -> frozenset[str]:
    return frozenset(pair for run in _HAN.findall(_COMMON.sub(" ", text)) for pair in pairs(run))


def pairs(run: str) -> Iterator[str]:
    if run.isascii():
        yield run
        return
    for place in range(len(run) - 1):
        if not _PARTICLES.intersection(run[place : place + 2]):
            yield run[place : place + 2]


def answered(point: Point, reply: str) -> bool:
    return touched(point, reply) >= (1 if len(point.keys) <= FEW else 2 if len(point.keys) <= MANY else 3)


def touched(point: Point, reply: str) -> int:
    return sum(key in reply for key in point.keys)


def likeness(one: str, other: str) -> float:
    """How much of both texts together they share, by pairs of characters: 1 for the same text, 0 for nothing alike."""
    first, second = grams(one), grams(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def grams(text: str) -> frozenset[str]:
    plain = "".join(_HAN.findall(text))
    return frozenset(plain[place : place + 2] for place in range(len(plain) - 1))
