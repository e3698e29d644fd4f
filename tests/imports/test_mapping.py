"""A mapping is checked when it is read: every slip stops it with a sentence that names the place."""

from __future__ import annotations

import pytest

from app.errors import IllFormed
from app.imports.mapping_file import load_mapping, parse_mapping, shipped


def test_the_shipped_mappings_are_those_promised_and_all_read():
    assert {"leader-board", "leader-board-replies", "pingshan", "baltimore311", "city-12345"} <= set(shipped())
    for name in shipped():
        assert load_mapping(name).name == name


def test_a_mapping_of_ones_own_is_read_from_its_file(tmp_path, small):
    (tmp_path / "my.toml").write_text(small, "utf-8")
    mapping = load_mapping(str(tmp_path / "my.toml"))
    assert (mapping.name, mapping.namespace, mapping.key) == ("small", "small", ("no",))


def test_a_name_that_is_neither_a_mapping_nor_a_file_tells_what_there_is():
    with pytest.raises(IllFormed, match="leader-board"):
        load_mapping("leaderboard")


def test_a_mapping_in_another_encoding_is_refused(tmp_path, small):
    (tmp_path / "my.toml").write_bytes(small.encode() + "# 编码".encode("gb18030"))
    with pytest.raises(IllFormed, match="UTF-8"):
        load_mapping(str(tmp_path / "my.toml"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('zone = "Asia/Shanghai"', "", "缺少“zone”"),
        ("Asia/Shanghai", "Asia/Canton2", "时区"),
        ('key = ["no"]', "key = []", "key"),
        ('key = ["no"]', 'keys = ["no"]', "keys"),
        ('title = "title"', "", "缺少“title”"),
        ('"complaint"', '"投诉"', "词表"),
        ('{ value = "phone" }', '{ column = "ch", values = { "电话" = "telephone" } }', "telephone"),
        ('{ value = "phone" }', '{ column = "ch", value = "phone" }', "column、columns、value 之一"),
        ('{ value = "phone" }', '{ column = "ch", otherwize = "phone" }', "otherwize"),
        ('{ value = "phone" }', "7", "列名或表"),
        ('title = "title"', 'titel = "title"\ntitle = "title"', "titel"),
        ('content = "content"', 'content = "content"\nenterprise = "是否涉企"', "values"),
        ('content = "content"', 'content = "content"\nenterprise = { column = "x", values = { "是" = "yes" } }', "类型不符"),
        ('at = "created"', 'when = "created"', "at"),
        ('at = "created"', 'at = { column = "created", formats = ["%d %B %Y"] }', "%B"),
        ('at = "created"', 'at = "created"\n[steps.jump]\nat = "x"', "jump"),
        ('at = "created"', 'at = "created"\n[steps.reply.fields]\nreply = "x"', "reply"),
        ('at = "created"', 'at = "created"\n[outcome]\nclock = "big_clock"\ndue = "x"', "big_clock"),
        ('at = "created"', 'at = "created"\n[outcome]\nclock = "total_clock"', "due 或 late"),
        ('at = "created"', 'at = "created"\n[location]\nlon = "x"\nlat = "y"', "坐标系"),
        ('at = "created"', 'at = "created"\n[location]\nlon = "x"\ncrs = "wgs84"', "同时"),
        ('at = "created"', 'at = "created"\n[file]\nencoding = "gbk2312"', "编码"),
        ('at = "created"', 'at = "created"\n[file]\nheader_row = 0', "行号"),
        ('at = "created"', 'at = "created"\n[unit]\nname = "u"\nkinds = { "局" = "bureau" }', "bureau"),
        ('at = "created"', 'at = "created"\n[citizen]\nfone = "x"', "fone"),
        ("[ticket]", "[ticket", "语法错误"),
    ],
)
def test_every_slip_is_named(small, old, new, words):
    assert old in small
    with pytest.raises(IllFormed) as refused:
        parse_mapping(small.replace(old, new, 1))
    assert words in refused.value.zh
    assert refused.value.en.startswith("Mapping file")


def test_a_state_word_must_be_ours(small):
    with pytest.raises(IllFormed, match="finished"):
        parse_mapping(small.replace("[ticket]", '[state]\ncolumn = "s"\nvalues = { "完" = "finished" }\n[ticket]'))
