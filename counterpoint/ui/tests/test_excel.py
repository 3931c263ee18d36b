"""Spreadsheets keep what people typed as text and numbers as numbers."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from counterpoint.ui.excel import Sheet, csv_text, disarmed, workbook

EVIL = ["=1+1", "+86 138", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠x", "  =cmd|' /C calc'!A0", "=HYPERLINK(1)"]


def opened(*sheets):
    return openpyxl.load_workbook(io.BytesIO(workbook(sheets)))


@pytest.mark.parametrize("text", EVIL)
def test_text_that_looks_like_a_formula_stays_text(text):
    cell = opened(Sheet("s", ["a"], [[text]])).active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value.strip() == text.strip()


@pytest.mark.parametrize("text", EVIL)
def test_csv_disarms_the_same_text(text):
    assert disarmed(text).startswith("'")


def test_headings_and_titles_are_disarmed_too():
    page = opened(Sheet("s", ["=heading"], [], title="=title", note="@note")).active
    assert {page["A1"].data_type, page["A2"].data_type, page["A3"].data_type} == {"s"}


def test_numbers_dates_and_gaps_keep_their_type():
    row = [
        3,
        2.5,
        Decimal("1234.50"),
        date(2026, 11, 23),
        datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
        None,
        float("nan"),
        True,
    ]
    page = opened(Sheet("s", list("abcdefgh"), [row])).active
    values = [cell.value for cell in page[2]]
    assert values[:3] == [3, 2.5, 1234.5]
    assert values[3] == datetime(2026, 11, 23)
    assert values[4] == datetime(2026, 11, 23, 9, 5)
    assert values[5:7] == [None, None]
    assert values[7] is True


def test_an_id_longer_than_excel_can_count_stays_exact():
    assert opened(Sheet("s", ["card"], [[6222021234567890123]])).active["A2"].value == "6222021234567890123"


def test_control_characters_and_errors_do_not_break_the_file():
    page = opened(Sheet("s", ["a"], [["a\x00b\x0b"], ["#N/A"], ["x" * 40_000]])).active
    assert page["A2"].value == "ab"
    assert page["A3"].data_type == "s"
    assert len(page["A4"].value) == 32_767


def test_headings_are_frozen_filtered_and_repeated_in_print():
    page = opened(Sheet("s", ["a", "b"], [[1, 2], [3, 4]], title="T", note="N")).active
    assert page.freeze_panes == "A4"
    assert page.auto_filter.ref == "A3:B5"
    assert page.print_title_rows == "$3:$3"
    assert page.page_setup.fitToHeight == 0


def test_a_wide_table_prints_across_the_page():
    assert opened(Sheet("s", list("abcdefg"), [])).active.page_setup.orientation == "landscape"


def test_chinese_columns_are_wide_enough():
    page = opened(Sheet("s", ["名"], [["朝阳门外大街支行"]])).active
    assert page.column_dimensions["A"].width >= 16


def test_sheet_names_are_made_legal_and_distinct():
    assert opened(Sheet("a/b", ["x"], []), Sheet("a:b", ["x"], []), Sheet("", ["x"], [])).sheetnames == [
        "a b",
        "a b 2",
        "Sheet",
    ]


def test_a_row_of_wrong_length_and_an_empty_book_are_refused():
    with pytest.raises(ValueError, match="1 cells for 2 headings"):
        workbook([Sheet("s", ["a", "b"], [[1]])])
    with pytest.raises(ValueError, match="at least one sheet"):
        workbook([])


def test_csv_opens_in_chinese_excel_and_quotes_what_needs_it():
    text = csv_text(Sheet("s", ["名", "数"], [['含"引号",逗号', 2.5], [None, -3]]))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows == [["名", "数"], ['含"引号",逗号', "2.5"], ["", "-3"]]


def test_a_negative_number_is_not_disarmed_but_negative_text_is():
    assert disarmed(-3) == -3
    assert disarmed("-3") == "'-3"
    assert disarmed("plain") == "plain"
