"""What is written on a label, taken from its text alone."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science.photos import Line, interpret
from counterpoint.science.photos.drawn import KEYS, _numerals
from counterpoint.science.photos.grammar import tokens
from counterpoint.science.photos.labels import add_months

DAYS = st.dates(date(2001, 1, 1), date(2059, 12, 31))


def lines(*texts, sure=0.99):
    """Lines under each other."""
    return tuple(
        Line(text, (sure,) * len(text), (0.0, 50.0 * i, 30.0 * len(text), 50.0 * i + 40))
        for i, text in enumerate(texts)
    )


def expiry(*texts):
    found = interpret(lines(*texts)).expiry
    return None if found is None else (found.on.isoformat(), found.precision, found.doubts)


FORMS = (
    ("有效期至 2027年03月", "2027-03-31", "month"),
    ("有效期至：2027-03-01", "2027-03-01", "day"),
    ("有效期至2027.3", "2027-03-31", "month"),
    ("有效期至：２０２７年３月１日", "2027-03-01", "day"),
    ("失效日期 20270301", "2027-03-01", "day"),
    ("到期日期：二〇二七年十一月二十五日", "2027-11-25", "day"),
    ("检验有效期至：二〇二七年三月", "2027-03-31", "month"),
    ("下次检验日期 2027/03/15", "2027-03-15", "day"),
    ("EXP DATE 15 MAR 2027", "2027-03-15", "day"),
    ("VALID UNTIL: MAR 2027", "2027-03-31", "month"),
    ("EXP 03/2027", "2027-03-31", "month"),
    ("EXP 25/03/2027", "2027-03-25", "day"),
    ("有效期 2024.03.15 至 2027.03.14", "2027-03-14", "day"),
    ("有效期限至 2028 年 2 月", "2028-02-29", "month"),
)


@pytest.mark.parametrize(("text", "on", "precision"), FORMS)
def test_every_common_form_is_understood(text, on, precision):
    found = expiry(text)
    assert found[:2] == (on, precision)
    assert not found[2] or found[2] == ("month_first",)


DOUBTFUL = (
    ("EXP 03/04/2027", "day_or_month"),
    ("有效期至 27.03.15", "short_year"),
    ("有效期至 2027-03-1", "short_day"),
    ("有效期至 2027.1", "short_month"),
    ("有效期至 202703", "compact"),
    ("有效期 2024.03.15至2027", "range"),
    ("有效期至 2025/02/", "cut"),
    ("有效期至 2019年09月12", "cut"),
    ("有效期至 二〇一九年九月十二", "cut"),
    ("2027-03-15", "no_key"),
)


@pytest.mark.parametrize(("text", "doubt"), DOUBTFUL)
def test_what_can_mean_two_things_is_never_sure(text, doubt):
    assert doubt in expiry(text)[2]


@pytest.mark.parametrize(
    "text",
    [
        "生产日期 2024-03-15",
        "编号 20270315",
        "GB 4351-2023",
        "有效期至 见瓶底",
        "有效期至228年04月",
        "有效期至 2027-13-01",
        "电话 0512-2027-0301",
    ],
)
def test_other_numbers_are_no_expiry(text):
    assert expiry(text) is None


def test_a_key_and_its_date_may_stand_apart():
    assert expiry("有效期至", "2027-03-15")[:2] == ("2027-03-15", "day")
    assert expiry("生产日期", "2024-03-15", "有效期至", "2027-03-15")[0] == "2027-03-15"
    row = (
        Line("有效期至", (0.99,) * 4, (0, 0, 120, 40)),
        Line("生产日期", (0.99,) * 4, (0, 60, 120, 100)),
        Line("2024-03-15", (0.99,) * 10, (200, 62, 500, 102)),
        Line("2027-03-15", (0.99,) * 10, (200, 2, 500, 42)),
    )
    found = interpret(row)
    assert (found.expiry.on, found.made.on) == (date(2027, 3, 15), date(2024, 3, 15))


def test_a_life_counts_from_the_making_and_a_cycle_from_the_last_service():
    assert expiry("生产日期 2024-03-15", "有效期：5年")[0] == "2029-03-15"
    assert expiry("生产日期 2024年3月", "有效期 18个月")[:2] == ("2025-09-30", "month")
    assert expiry("维修日期 2025-03-15", "维修周期 1年")[:1] == ("2026-03-15",)
    assert "first_cycle" in expiry("生产日期 2025-03-15", "维修周期 1年")[2]


def test_a_day_that_was_read_badly_is_no_interval():
    assert expiry("制造年月2023年05月", "检验有效期至228年04月") is None
    assert (
        expiry("制造年月2023年05月", "有效期28年04月") is None
        or "short_year" in expiry("制造年月2023年05月", "有效期28年04月")[2]
    )


def test_dates_that_contradict_each_other_are_in_doubt():
    assert "before_made" in expiry("生产日期 2027-03-15", "有效期至 2025-03-15")[2]
    assert "several" in expiry("有效期至 2027-03-15", "有效期至 2028-03-15")[2]
    assert "other_date" in expiry("有效期至 2027-03-15", "2029-01-02 王工")[2]


def test_a_faint_letter_is_in_doubt():
    found = interpret(lines("有效期至 2027-03-15", sure=0.6)).expiry
    assert found.doubts == ("faint",)
    assert not found.sure


def test_a_gap_within_a_date_is_in_doubt():
    line = lines("有效期至 2027-03-15")
    assert interpret(line, frozenset({(0, 5)})).expiry.doubts == ("gap",)
    assert interpret(line).expiry.sure


@given(
    DAYS,
    st.sampled_from(KEYS["expiry"] + KEYS["next"]),
    st.sampled_from(
        ("{d:%Y-%m-%d}", "{d:%Y年%m月%d日}", "{d:%Y.%m.%d}", "{d:%Y/%m/%d}", "{d.year}年{d.month}月{d.day}日")
    ),
)
def test_a_written_day_is_read_as_that_day(day, key, form):
    assert expiry(f"{key}：{form.format(d=day)}") == (day.isoformat(), "day", ())


@given(DAYS, st.booleans())
def test_chinese_numerals_are_read_as_they_were_written(day, with_day):
    found = expiry(f"有效期至{_numerals(day, with_day)}")
    last = day if with_day else add_months(day.replace(day=1), 1)
    assert found[0] == (day.isoformat() if with_day else date.fromordinal(last.toordinal() - 1).isoformat())


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_tokens_never_overlap(text):
    found = tokens(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    interpret(lines(text))


@given(DAYS, st.integers(1, 240))
def test_months_are_added_as_a_calendar_does(day, months):
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and add_months(later, 0).day == later.day)
