"""Cells: words, numbers and times as spreadsheets and other systems write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from app.imports.values import BadCell, as_number, as_text, check_format, time_reader

SHANGHAI, BALTIMORE = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%m/%d/%Y %I:%M:%S %p", "excel", "iso")


def reader(zone=SHANGHAI, day_ends=False, epoch=WINDOWS_EPOCH, formats=FORMATS):
    return time_reader(formats, zone, epoch, day_ends)


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("\n\t\t座落在A市\n\t\t\n 第二行 \n", "座落在A市\n第二行"),
        ("\u3000全角空格\xa0", "全角空格"),
        ("零宽\u200b字\ufeff", "零宽字"),
        ("  ", None),
        (None, None),
        (101, "101"),
        (101.0, "101"),
        (1.5, "1.5"),
        (True, "TRUE"),
        ("\x0b竖表\x01符", "竖表符"),
    ],
)
def test_words_are_cleaned_and_nothing_of_them_is_lost(cell, words):
    assert as_text(cell) == words


def test_html_marks_are_read_only_when_the_mapping_says_so():
    assert as_text("路灯&#40;灯光&#41;井盖", unescape=True) == "路灯(灯光)井盖"
    assert as_text("R&#38;D") == "R&#38;D"


@pytest.mark.parametrize("cell", ["a\x00b", "\udcff\udcfe", 441900199001011234, 4.419001990010112e17])
def test_what_is_not_text_or_has_lost_its_digits_is_refused(cell):
    with pytest.raises(BadCell):
        as_text(cell)


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2019/2/28 11:25:05", at(2019, 2, 28, 3, 25, 5)),
        ("2019/12/8 9:05:04", at(2019, 12, 8, 1, 5, 4)),
        ("2018/4/24", at(2018, 4, 23, 16)),
        ("02/05/2015 07:00:00 PM", at(2015, 2, 5, 11)),
        ("02/05/2015 12:00:00 AM", at(2015, 2, 4, 16)),
        ("02/05/2015 12:00:00 pm", at(2015, 2, 5, 4)),
        ("2019/2/28 24:00:00", at(2019, 2, 28, 16)),
        (datetime.fromisoformat("2019-08-16 09:21:33"), at(2019, 8, 16, 1, 21, 33)),
        (date(2019, 8, 16), at(2019, 8, 15, 16)),
        (43686.5, at(2019, 8, 9, 4)),
        ("43686.5", at(2019, 8, 9, 4)),
        ("2019-08-16T09:21:33+00:00", at(2019, 8, 16, 9, 21, 33)),
        (None, None),
        ("  ", None),
    ],
)
def test_times_in_their_many_forms(cell, instant):
    assert reader()(cell) == instant


@pytest.mark.parametrize(
    "cell", ["2019/2/30 00:00:00", "13/05/2015 07:00:00 AM", "02/05/2015 00:00:00 PM", "昨天", "0019/02/03", 5, 9_000_000, "2019/13/1"]
)
def test_times_that_are_none_are_refused(cell):
    with pytest.raises(BadCell):
        reader()(cell)


def test_a_workbook_that_counts_from_1904():
    assert reader(epoch=MAC_EPOCH)(42224) == at(2019, 8, 8, 16)


def test_a_day_without_time_may_mean_its_end():
    ends = reader(day_ends=True)
    assert ends("2018/4/24") == ends(datetime.fromisoformat("2018-04-24")) == ends(43214) == at(2018, 4, 24, 16)
    assert ends("2018/4/24 08:00:00") == at(2018, 4, 24, 0)


def test_the_hour_that_a_zone_repeats_or_skips():
    local = reader(BALTIMORE)
    assert local("11/04/2018 01:30:00 AM") == at(2018, 11, 4, 5, 30)
    assert local("03/11/2018 02:30:00 AM") == at(2018, 3, 11, 7, 30)


@pytest.mark.parametrize(("cell", "number"), [("114.35", 114.35), (39, 39.0), (None, None), (" ", None)])
def test_numbers(cell, number):
    assert as_number(cell) == number


@pytest.mark.parametrize("cell", ["北", "nan", "inf", "1,2"])
def test_what_is_no_number(cell):
    with pytest.raises(BadCell):
        as_number(cell)


def test_time_formats_are_a_closed_vocabulary():
    assert [check_format(form) for form in ("%Y-%m-%d", "excel", "%d %b %Y", "%H:%M")] == [None, None, "%b", "%H:%M"]
