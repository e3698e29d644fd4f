"""Clear words of danger are seen, and words that only look like it are not: over the lists that the demonstration's pack ships."""

from __future__ import annotations

from datetime import date

import pytest

from app.duty.dangers import dangers_in, lists_of
from rules.packs import load_shipped_packs

LISTS = lists_of(load_shipped_packs()["demo-district"], (), date(2025, 9, 1))
CLEAR = (
    ("我老公现在站在楼顶，说要跳楼，快来人。", "life"),
    ("我真的不想活了，今晚就一死了之。", "life"),
    ("邻居刚刚喝了农药，躺在地上。", "life"),
    ("有人溺水，就在三号桥下面！", "life"),
    ("老人被困在电梯里两个小时，没人管。", "life"),
    ("工地食堂集体食物中毒，十几个人在呕吐。", "life"),
    ("他扬言今天要砍人，手里拿着刀。", "threat"),
    ("再不发工资我就同归于尽，已经买好了刀。", "threat"),
    ("对方扬言要炸掉售楼部。", "threat"),
    ("工人说要泼汽油。", "threat"),
    ("两百多名工人聚集在区政府门口讨薪。", "gathering"),
    ("业主准备堵路，已经拉起横幅。", "gathering"),
    ("出租车司机罢运，正在往市政府去。", "gathering"),
    ("3号楼12层起火了，冒浓烟。", "hazard"),
    ("今天下午3时，小区发生火灾，消防车进不去。", "hazard"),
    ("楼道里闻到很浓的煤气味，好像燃气泄漏。", "hazard"),
    ("隔壁厂房刚才发生爆炸。", "hazard"),
)
HARMLESS = (
    "商场搞跳楼价大甩卖，喇叭声太吵。",
    "游乐园的跳楼机停了很久没人修。",
    "社区下周组织消防演练，模拟发生火灾，请问几点开始？",
    "消防通道被占，万一发生火灾后果不堪设想。",
    "楼道堆放杂物，容易引发火灾。",
    "请问学校有没有预防溺水的讲座？",
    "电梯经常罢工，物业不修。",
    "早高峰最拥堵路段应当增加红绿灯。",
    "旅游行业不规范，导游态度差。",
    "楼下广场舞聚众扰民，声音太大。",
    "有人聚众赌博。",
    "路灯不亮，晚上走路看不见。",
    "小区油炸摊点油烟大，每天浓烟滚滚。",
    "咨询生育津贴如何申领。",
)


def kinds_in(text: str) -> set[str]:
    return {found.danger for found in dangers_in(LISTS, text, classified=False)}


@pytest.mark.parametrize(("text", "danger"), CLEAR)
def test_clear_words_are_seen(text: str, danger: str) -> None:
    assert danger in kinds_in(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_words_that_only_look_like_it_raise_nothing(text: str) -> None:
    assert kinds_in(text) == set()


def test_a_harmless_clause_does_not_cover_the_next() -> None:
    assert kinds_in("商场搞跳楼价，我哥哥欠了债要跳楼。") == {"life"}


def test_what_was_seen_says_which_row_saw_it() -> None:
    (found,) = dangers_in(LISTS, "厂房起火了！", classified=False)
    assert (found.danger, found.origin, found.pack, found.row) == ("hazard", "words", "base", "hazard")


def test_of_all_phrases_only_those_are_searched_for_whose_first_letter_is_there() -> None:
    """Counted, not timed."""
    searched = [each for letter in LISTS.letters.intersection("路灯坏了，请维修。垃圾三日无人清运。") for each in LISTS.phrases[letter]]
    assert len(searched) < sum(len(row.phrases) for row in LISTS.rows) / 20


def test_a_text_that_says_it_over_and_over_is_looked_at_only_so_long() -> None:
    assert kinds_in("跳楼价" * 6000) == set() and kinds_in("跳楼" * 9000) == {"life"}
