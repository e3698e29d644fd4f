"""Files as they come: other encodings, other separators, broken rows, damaged and hostile archives."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from app.errors import IllFormed, Refusal, TooLarge
from app.imports import archive
from app.imports.reader import open_table
from app.imports.rows import BadRow, Layout, RawRow

CONTENT_TYPES = "[Content_Types].xml"


def rows_of(path: Path, layout: Layout | None = None) -> list[RawRow | BadRow]:
    with open_table(path, layout or Layout()) as table:
        return list(table.rows)


def test_a_text_file_gives_its_header_and_numbered_rows(text_file):
    path = text_file("\ufeffno,title\n1,噪音\n\n2,\"两行\n内容\"\n3,末行\n")
    with open_table(path, Layout()) as table:
        assert table.header == ("no", "title")
        assert [(row.number, row.cells) for row in table.rows] == [(2, ("1", "噪音")), (4, ("2", "两行\n内容")), (6, ("3", "末行"))]


def test_gb18030_tab_and_gzip(text_file, tmp_path):
    packed = tmp_path / "rows.tsv.gz"
    packed.write_bytes(gzip.compress("编号\t街道\n1\t龙田街道𠮷\n".encode("gb18030")))
    assert rows_of(packed, Layout(encoding="gb18030"))[0].cells == ("1", "龙田街道𠮷")


def test_the_header_may_stand_lower(text_file):
    path = text_file("某市工单日报\n导出时间：今天\nno,title\n1,a\n")
    with open_table(path, Layout(header_row=3)) as table:
        assert table.header == ("no", "title")
        assert [row.number for row in table.rows] == [4]


def test_a_row_of_another_width_is_bad_and_the_next_one_is_not(text_file):
    bad, good = rows_of(text_file("a,b\n1,2,3\n4,5\n"))
    assert isinstance(bad, BadRow) and bad.number == 2 and "3 列" in bad.zh and "2" in bad.en
    assert good.cells == ("4", "5")


def test_a_stray_quotation_mark_spoils_its_own_row_only(text_file):
    bad, good = rows_of(text_file('a,b\n"1"x,2\n3,4\n'))
    assert isinstance(bad, BadRow) and bad.cells == ('"1"x,2\n',)
    assert good.cells == ("3", "4")


def test_an_unclosed_quotation_mark_is_said(text_file):
    (bad,) = rows_of(text_file('a,b\n1,"never closed\n2,3\n'))
    assert isinstance(bad, BadRow) and bad.number == 2 and "引号" in bad.zh


def test_a_workbook_gives_its_rows_as_they_are_numbered(workbook):
    path = workbook([["no", "title", None], [1, "噪音"], [None, None], [2, "a_x000D_\nb"], [3, "#N/A"]])
    with open_table(path, Layout()) as table:
        assert table.header == ("no", "title")
        assert [(row.number, row.cells) for row in table.rows] == [(2, (1, "噪音")), (4, (2, "a\r\nb")), (5, (3, None))]


def test_values_beyond_the_header_are_a_bad_row(workbook):
    (bad,) = rows_of(workbook([["no"], [1, "lost"]]))
    assert isinstance(bad, BadRow) and "表头" in bad.zh


def test_a_sheet_that_is_not_there_is_named(workbook):
    with pytest.raises(IllFormed, match="工单"):
        rows_of(workbook([["no"], [1]]), Layout(sheet="工单"))


def test_a_missing_file_an_empty_file_and_a_folder(tmp_path, text_file):
    for path, words in ((tmp_path / "none.csv", "不存在"), (text_file(b""), "空"), (tmp_path, "不能读取")):
        with pytest.raises(IllFormed, match=words):
            rows_of(path)


def test_a_header_that_is_not_there(text_file, workbook):
    for path in (text_file("a,b\n"), workbook([["a", "b"]])):
        with pytest.raises(IllFormed, match="表头"):
            rows_of(path, Layout(header_row=3))


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_cut_short_is_one_sentence(workbook, text_file, keep):
    whole = workbook([["no", "title"], *([n, f"标题{n}"] for n in range(500))]).read_bytes()
    with pytest.raises(IllFormed, match="已损坏"):
        rows_of(text_file(whole[: int(len(whole) * keep)], "cut.xlsx"))


def test_every_single_spoiled_byte_is_refused_or_harmless(workbook, text_file):
    whole = bytearray(workbook([["no"], [1], [2]]).read_bytes())
    for at in range(0, len(whole), 37):
        spoiled = bytes(whole[:at]) + bytes([whole[at] ^ 0xFF]) + bytes(whole[at + 1 :])
        try:
            rows_of(text_file(spoiled, "spoiled.xlsx"))
        except Refusal as refusal:
            assert refusal.zh.endswith("。") and refusal.en.endswith(".")


def test_a_file_that_only_claims_to_be_a_workbook(text_file):
    with pytest.raises(IllFormed, match="已损坏"):
        rows_of(text_file("<html>登录超时</html>", "orders.xlsx"), Layout(format="xlsx"))


def test_an_encrypted_or_old_workbook_is_named(text_file):
    with pytest.raises(IllFormed, match="加密"):
        rows_of(text_file(archive.OLE_MAGIC + b"\0" * 600, "orders.xlsx"))


def test_a_zip_that_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as out:
        out.writestr("readme.txt", "hello")
    with pytest.raises(IllFormed, match="不是 xlsx"):
        rows_of(tmp_path / "x.xlsx")


def test_a_zip_bomb_is_not_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(CONTENT_TYPES, "<Types/>")
        with out.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(40):
                sheet.write(b"\0" * archive.MEBIBYTE)
    with pytest.raises(TooLarge, match="压缩炸弹"):
        rows_of(tmp_path / "bomb.xlsx")


def test_a_zip_of_too_many_parts_is_not_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "many.xlsx", "w") as out:
        for number in range(archive.MAX_ENTRIES + 1):
            out.writestr(f"p{number}", b"")
    with pytest.raises(TooLarge):
        rows_of(tmp_path / "many.xlsx")


def test_a_gzip_bomb_stops_while_it_is_read(tmp_path):
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 12_000_000))
    with pytest.raises(TooLarge, match="压缩炸弹"):
        rows_of(tmp_path / "bomb.csv.gz")


def test_a_damaged_gzip(tmp_path):
    whole = gzip.compress(b"a,b\n" + bytes(range(48, 58)) * 4000)
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IllFormed, match="已损坏"):
        rows_of(tmp_path / "cut.csv.gz")


def test_entities_in_a_sheet_are_refused(workbook, tmp_path):
    source, hostile = workbook([["no"], [1]]), tmp_path / "hostile.xlsx"
    laughs = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(hostile, "w") as new:
        for entry in old.infolist():
            body = old.read(entry).decode()
            if entry.filename.startswith("xl/worksheets"):
                body = laughs + body.partition("?>")[2] if body.startswith("<?xml") else laughs + body
            new.writestr(entry.filename, body)
    with pytest.raises(IllFormed, match="已损坏"):
        rows_of(hostile)


def test_a_row_number_beyond_every_sheet_is_refused(workbook, tmp_path):
    source, hostile = workbook([["no"], [1], [2]]), tmp_path / "far.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(hostile, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename.startswith("xl/worksheets"):
                body = body.replace(b'r="3"', b'r="99999999"')
            new.writestr(entry.filename, body)
    with pytest.raises(IllFormed, match="已损坏"):
        rows_of(hostile)
