"""Whatever is written is read back the same by openpyxl and the csv reader, and nothing typed becomes a formula."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import isinf, isnan

import numpy as np
import openpyxl
import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import example, given, settings
from hypothesis import strategies as st

from counterpoint.ui.excel import EXACT_DIGITS, LONGEST_SHEET_NAME, WIDEST, Sheet, csv_text, disarmed, workbook

SHANGHAI = timezone(timedelta(hours=8))
INVISIBLE = " \u3000\u00a0\u200b"


def opened(*sheets):
    return openpyxl.load_workbook(io.BytesIO(workbook(sheets)))


def cell(value):
    return opened(Sheet("s", ["a"], [[value]])).active["A2"]


text = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=40)


@example(values=["=1+1", "#N/A", "+86"])
@settings(max_examples=15)
@given(values=st.lists(text, min_size=1, max_size=12))
def test_text_comes_back_as_the_same_text_and_never_as_a_formula(values):
    page = opened(Sheet("s", ["a"], [[value] for value in values])).active
    for number, value in enumerate(values, start=2):
        found = page[f"A{number}"]
        assert (found.value or "") == value
        assert found.value is None or found.data_type == "s"


@settings(max_examples=40)
@given(blanks=st.text(st.sampled_from(INVISIBLE), max_size=3), sign=st.sampled_from("=+-@|%＝＋－＠\t\r\n"), rest=text)
def test_whatever_stands_before_a_sign_that_starts_a_formula_csv_disarms_it(blanks, sign, rest):
    assert disarmed(blanks + sign + rest).startswith("'")


@settings(max_examples=40)
@given(value=text)
def test_csv_adds_an_apostrophe_or_nothing_and_loses_nothing(value):
    made = disarmed(value)
    assert made in (value, f"'{value}")
    if not made.startswith("'"):
        assert not value.lstrip(INVISIBLE).startswith(("=", "+", "-", "@"))


@settings(max_examples=20)
@given(rows=st.lists(st.lists(text, min_size=2, max_size=2), max_size=8))
def test_csv_is_read_back_row_by_row(rows):
    made = csv_text(Sheet("s", ["甲", "乙"], rows))
    assert made.startswith("\ufeff") and made.count("\ufeff") == 1 + sum(v.count("\ufeff") for row in rows for v in row)
    read = list(csv.reader(io.StringIO(made[1:])))
    assert read[0] == ["甲", "乙"]
    assert read[1:] == [[disarmed(value) for value in row] for row in rows]


# --- numbers --------------------------------------------------------------------------------------------------------
@settings(max_examples=20)
@given(value=st.integers(-(10**18), 10**18))
def test_a_whole_number_is_a_number_as_long_as_excel_keeps_its_digits_and_else_exact_text(value):
    found = cell(value)
    if len(str(abs(value))) <= EXACT_DIGITS:
        assert found.value == value and found.data_type == "n"
    else:
        assert found.value == str(value) and found.data_type == "s"


@settings(max_examples=20)
@given(value=st.floats(allow_nan=True, allow_infinity=True))
def test_a_float_is_a_number_unless_it_is_none(value):
    found = cell(value)
    if isnan(value):
        assert found.value is None
    elif isinf(value):
        assert found.value == str(value)
    else:
        assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    "value",
    [np.int64(5), np.int32(5), np.uint8(5), np.float64(5.0), np.float32(5.0), pd.Series([5])[0]],
    ids=lambda value: type(value).__name__,
)
def test_numbers_of_a_data_frame_stay_numbers(value):
    found = cell(value)
    assert (found.data_type, found.value) == ("n", 5)
    assert disarmed(value) == 5 and not isinstance(disarmed(value), str)


@pytest.mark.parametrize("value", [pd.NaT, pd.NA, np.float64("nan"), Decimal("NaN"), None], ids=str)
def test_a_gap_of_a_data_frame_is_an_empty_cell_and_an_empty_field(value):
    assert cell(value).value is None
    assert disarmed(value) == ""


def test_a_number_beyond_all_floats_is_text_too():
    assert cell(10**400).value == "1" + "0" * 400


def test_money_has_two_decimals_and_its_thousands_apart():
    found = cell(Decimal("-1234567.891"))
    assert found.number_format == "#,##0.00" and found.value == pytest.approx(-1234567.891)


@pytest.mark.parametrize("value", [Decimal("Infinity"), Decimal("-Infinity")])
def test_an_endless_amount_is_text_and_does_not_spoil_the_file(value):
    assert cell(value).data_type == "s"


@pytest.mark.parametrize("value", [True, False, np.True_])
def test_yes_and_no_are_no_numbers(value):
    assert cell(value).value is bool(value)


# --- moments --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "read", "shown"),
    [
        (date(2026, 2, 28), datetime(2026, 2, 28), "yyyy-mm-dd"),
        (datetime(2026, 11, 23, 9, 5), datetime(2026, 11, 23, 9, 5), "yyyy-mm-dd hh:mm"),
        (
            datetime(2026, 11, 23, 9, 5, tzinfo=SHANGHAI),
            datetime(2026, 11, 23, 9, 5),
            "yyyy-mm-dd hh:mm",
        ),
        (pd.Timestamp("2026-11-23 09:05"), datetime(2026, 11, 23, 9, 5), "yyyy-mm-dd hh:mm"),
        (time(23, 59, tzinfo=UTC), time(23, 59), None),
    ],
)
def test_a_moment_is_read_back_as_branch_time(value, read, shown):
    found = cell(value)
    assert found.value == read
    assert shown is None or found.number_format == shown


# --- the page -------------------------------------------------------------------------------------------------------
names = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)


@settings(max_examples=12)
@given(wanted=st.lists(names, min_size=1, max_size=6))
def test_sheets_are_called_as_excel_allows_and_no_two_alike(wanted):
    found = opened(*(Sheet(name, ["a"], []) for name in wanted)).sheetnames
    assert len(found) == len(wanted) == len({name.casefold() for name in found})
    for name in found:
        assert 0 < len(name) <= LONGEST_SHEET_NAME and not set(name) & set("[]:*?/\\'")


def test_many_sheets_of_one_long_name_are_still_told_apart():
    found = opened(*(Sheet("周" * 40, ["a"], []) for _ in range(12))).sheetnames
    assert len(set(found)) == 12 and found[1].endswith(" 2") and found[11].endswith(" 12")
    assert all(len(name) <= LONGEST_SHEET_NAME for name in found)


@pytest.mark.parametrize(
    ("title", "note", "head"), [("", "", 1), ("T", "", 2), ("", "N", 2), ("T", "N", 3)],
    ids=["neither", "title", "note", "both"],
)  # fmt: skip
def test_headings_stand_frozen_right_under_what_is_above_them(title, note, head):
    page = opened(Sheet("s", ["a", "b"], [[1, 2]], title=title, note=note)).active
    assert page.freeze_panes == f"A{head + 1}" and page.auto_filter.ref == f"A{head}:B{head + 1}"
    assert page[f"A{head}"].value == "a" and page[f"A{head}"].font.bold
    assert page.print_title_rows == f"${head}:${head}"
    assert (page["A1"].font.size == 14) is bool(title)


def test_an_empty_table_has_headings_and_no_filter():
    page = opened(Sheet("s", ["a"], [])).active
    assert page["A1"].value == "a" and page.auto_filter.ref is None


@pytest.mark.parametrize(
    ("values", "least", "most"),
    [
        (["ab"], 8, 8),
        (["x" * 20], 22, 22),
        (["字" * 20], 42, 42),
        (["x" * 500], WIDEST, WIDEST),
        (["a\nbbbbbbbbbbbb"], 14, 14),
    ],
    ids=["short", "latin", "chinese counts double", "long", "the longest of two lines"],
)
def test_a_column_is_as_wide_as_its_longest_line_within_reason(values, least, most):
    width = opened(Sheet("s", ["h"], [[value] for value in values])).active.column_dimensions["A"].width
    assert least <= width <= most


@pytest.mark.parametrize(("count", "way"), [(6, "portrait"), (7, "landscape")])
def test_more_than_six_columns_turn_the_paper(count, way):
    assert opened(Sheet("s", [str(n) for n in range(count)], [])).active.page_setup.orientation == way


def test_the_file_is_sound_xml_throughout_whatever_was_typed():
    made = workbook([Sheet("s", ["<&>\"'"], [["]]>"], ["&amp;"], ["\x07bell"], ["😀"]], title="<b>")])
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                fromstring(parts.read(name))
    page = openpyxl.load_workbook(io.BytesIO(made)).active
    assert [page[f"A{n}"].value for n in range(3, 7)] == ["]]>", "&amp;", "bell", "😀"]


def test_rows_may_come_from_a_generator_and_are_read_once():
    seen = []

    def rows():
        for number in range(3):
            seen.append(number)
            yield [number]

    page = opened(Sheet("s", ["n"], rows())).active
    assert [page[f"A{n}"].value for n in (2, 3, 4)] == [0, 1, 2] and seen == [0, 1, 2]
