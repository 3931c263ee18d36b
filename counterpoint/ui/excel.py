"""The one writer of spreadsheets: what a person typed is never a formula, numbers stay numbers. Needs no Django."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite, isnan
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from counterpoint.ui import watermark

# A spreadsheet that opens a CSV runs cells starting with these; full-width forms count in East Asian versions.
FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
GAPS = ("NaTType", "NAType")  # of data frames; named, so that this module needs none
LONGEST_TEXT = 32_767
LONGEST_SHEET_NAME = 31
WIDEST = 48
A4 = 9  # paper code of the file format
EXACT_DIGITS = 15  # Excel keeps 15 digits of a number; longer ids are text

HEAD_FONT = Font(bold=True, color="FFFFFF")
HEAD_FILL = PatternFill("solid", fgColor="17568F")
HEAD_ALIGN = Alignment(vertical="center", wrap_text=True)


@dataclass(frozen=True)
class Sheet:
    """One sheet: a title line, headings and rows. `note` (source, filter, time) stands under the title."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    title: str = ""
    note: str = ""


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx with typed cells, frozen headings, widths by content, and A4 print set-up.

    Raises ValueError when no sheet is given or a row is not as long as the headings.
    """
    if not sheets:
        raise ValueError("A workbook needs at least one sheet.")
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        _write(book.create_sheet(_sheet_name(sheet.name, taken)), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_text(sheet: Sheet) -> str:
    """The rows as CSV with a byte-order mark (for Chinese Excel); a leading apostrophe disarms formulas."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([disarmed(heading) for heading in sheet.headings])
    for row in sheet.rows:
        writer.writerow([disarmed(value) for value in _checked(row, sheet)])
    return out.getvalue()


def disarmed(value: Any) -> Any:
    """The value as CSV may hold it: numbers as they are, text that could start a formula behind an apostrophe."""
    value = _known(value)
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    text = ILLEGAL.sub("", str(value))
    armed = text[:1] in ("\t", "\r", "\n") or text.lstrip(" \u3000\u00a0\u200b").startswith(FORMULA_START)
    return f"'{text}" if armed else text


def _write(page: WriteOnlyWorksheet, sheet: Sheet) -> None:
    rows = [_checked(row, sheet) for row in sheet.rows]
    above = [text for text in (sheet.title, sheet.note, watermark.text()) if text]
    head_row = len(above) + 1
    for index, width in enumerate(_widths(sheet, rows), start=1):
        page.column_dimensions[get_column_letter(index)].width = width
    page.freeze_panes = f"A{head_row + 1}"
    page.print_title_rows = f"{head_row}:{head_row}"
    page.page_setup.paperSize = A4
    page.page_setup.orientation = "landscape" if len(sheet.headings) > 6 else "portrait"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "&P / &N"
    if rows and sheet.headings:
        last = get_column_letter(len(sheet.headings))
        page.auto_filter.ref = f"A{head_row}:{last}{head_row + len(rows)}"
    for number, text in enumerate(above):
        cell = _cell(page, text)
        cell.font = Font(bold=number == 0 and bool(sheet.title), size=14 if number == 0 and sheet.title else 10)
        page.append([cell])
    page.append([_head(page, heading) for heading in sheet.headings])
    for row in rows:
        page.append([_cell(page, value) for value in row])


def _checked(row: Sequence[Any], sheet: Sheet) -> Sequence[Any]:
    if len(row) != len(sheet.headings):
        raise ValueError(f"Sheet {sheet.name}: a row has {len(row)} cells for {len(sheet.headings)} headings.")
    return row


def _head(page: WriteOnlyWorksheet, heading: str) -> WriteOnlyCell:
    cell = _cell(page, str(heading))
    cell.font, cell.fill, cell.alignment = HEAD_FONT, HEAD_FILL, HEAD_ALIGN
    return cell


def _cell(page: WriteOnlyWorksheet, value: Any) -> WriteOnlyCell:
    value = _known(value)
    if value is None:
        return WriteOnlyCell(page, None)
    if isinstance(value, bool):
        return WriteOnlyCell(page, value)
    if isinstance(value, int | float | Decimal):
        return _number(page, value)
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(page, value)
    return _text(page, str(value))


def _known(value: Any) -> Any:
    """A data frame's number as Python's own; None for every kind of gap."""
    if type(value).__module__ == "numpy":
        value = value.item()
    if type(value).__name__ in GAPS or (isinstance(value, float | Decimal) and isnan(value)):
        return None
    return value


def _number(page: WriteOnlyWorksheet, value: int | float | Decimal) -> WriteOnlyCell:
    if not isinstance(value, int) and not isfinite(value):
        return _text(page, str(value))
    if isinstance(value, int) and len(str(abs(value))) > EXACT_DIGITS:
        return _text(page, str(value))
    cell = WriteOnlyCell(page, value)
    if isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    return cell


def _moment(page: WriteOnlyWorksheet, value: datetime | date | time | timedelta) -> WriteOnlyCell:
    if isinstance(value, datetime | time) and value.tzinfo is not None:
        value = value.replace(tzinfo=None)  # the caller gives branch time; Excel knows no zones
    cell = WriteOnlyCell(page, value)
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _text(page: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    clean = ILLEGAL.sub("", text)[:LONGEST_TEXT]
    cell = WriteOnlyCell(page, clean)
    # openpyxl reads "=…" as a formula and "#N/A" as an error: say that it is a string.
    cell.data_type = "s"
    if clean.lstrip().startswith(FORMULA_START):
        cell.quotePrefix = True
    if "\n" in clean:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _widths(sheet: Sheet, rows: Sequence[Sequence[Any]]) -> list[float]:
    """Width of each column in characters; Chinese letters count two."""
    found = [_width(heading) + 4 for heading in sheet.headings]
    for row in rows[:500]:
        for index, value in enumerate(row):
            found[index] = max(found[index], _width(value) + 2)
    return [min(WIDEST, max(8, width)) for width in found]


def _width(value: Any) -> float:
    if isinstance(value, datetime):
        return 16
    return max((sum(2 if ord(c) > 0x2E80 else 1 for c in line) for line in str(value).splitlines()), default=0)


def _sheet_name(name: str, taken: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:LONGEST_SHEET_NAME] or "Sheet"
    chosen, number = base, 2
    while chosen.casefold() in taken:
        tail = f" {number}"
        chosen, number = base[: LONGEST_SHEET_NAME - len(tail)] + tail, number + 1
    taken.add(chosen.casefold())
    return chosen
