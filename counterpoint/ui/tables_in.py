"""The one reader of tables that people send to a page: Excel or CSV, checked before anything is parsed."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, files
from counterpoint.ui.punctuation import listed
from counterpoint.ui.tables import Column, Table

ENCODINGS = ("utf-8-sig", "gb18030")
MOST_BYTES = 10_000_000
TITLES = 10  # lines that may stand above the headings
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
SHOWN = 200  # of what is wrong


@dataclass(frozen=True)
class Wrong:
    """What is wrong in which row (as the sheet counts them) and column."""

    row: int
    column: str
    value: str
    message: str


def wrong_table(found: Sequence[Wrong], title: str) -> Table:
    """The first of what is wrong, for the page that the file was brought to."""
    columns = [Column(_("Row"), number=True), Column(_("Column")), Column(_("Value")), Column(_("What is wrong"))]
    return Table("problems", title, columns, [[one.row, one.column, one.value, one.message] for one in found[:SHOWN]])


def lines(name: str, content: bytes, most: int) -> Iterator[Sequence[Any]]:
    """The cells of the first sheet, line by line. Raises `Invalid` when it is no table, has more than `most` lines
    or is too large, and `UnsafeFile` when it is built to harm."""
    if len(content) > MOST_BYTES:
        raise Invalid(_("The file is too large: %(mb)d MB at most.") % {"mb": MOST_BYTES // 1_000_000}, field="file")
    checked = files.check(name, content)
    if checked.media_type == files.SHEET:
        found = _excel(checked.content)
    elif checked.media_type == "text/csv":
        found = _csv(checked.content)
    else:
        raise Invalid(_("Send a table: Excel (.xlsx) or CSV."), field="file")
    for number, cells in enumerate(found):
        if number >= most:
            raise Invalid(_("The file has more than %(n)d rows: cut it into parts.") % {"n": most}, field="file")
        yield cells


def rows(
    name: str, content: bytes, most: int, headings: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> list[dict[str, Any]]:
    """The rows below the headings by column, with `_row` as the sheet counts; empty ones are left out.

    `headings` are the words that may stand over a column, the template's first; titles may stand above. Raises
    `Invalid` when it is no table, a needed heading is missing, or there is no row.
    """
    table = list(lines(name, content, most + TITLES))
    place, columns = _head(table, headings, needed)
    found: list[dict[str, Any]] = []
    for number, cells in enumerate(table[place + 1 :], place + 2):
        row = {column: cells[at] if at < len(cells) else None for column, at in columns.items()}
        if any(value not in (None, "") for value in row.values()):
            found.append({**row, "_row": number})
        if len(found) > most:
            raise Invalid(_("The file has more than %(n)d rows: cut it into parts.") % {"n": most}, field="file")
    if not found:
        raise Invalid(_("The file has headings and no rows."), field="file")
    return found


def _head(
    table: Sequence[Sequence[Any]], headings: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """Where the headings stand and which column is which."""
    for place, cells in enumerate(table[:TITLES]):
        words = [str(cell or "").strip().lower().removesuffix("*") for cell in cells]
        found = {column: words.index(word) for column, names in headings.items() for word in names if word in words}
        if set(needed) <= set(found):
            return place, found
    raise Invalid(
        _("The headings %(names)s are missing. Start from the template.")
        % {"names": listed(headings[name][0] for name in needed)}, field="file",
    )  # fmt: skip


def text_of(value: Any) -> str:
    """A cell as text; Excel makes whole numbers of codes."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def date_of(value: Any) -> date | None:
    """A cell as a date; None where it is none."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    for form in DATES:
        try:
            return datetime.strptime(text_of(value), form).date()  # noqa: DTZ007 (a date)
        except ValueError:
            continue
    return None


def number_of(value: Any) -> float | None:
    """A cell as a number, with or without commas; None where it is none."""
    try:
        found = float(str(value).replace(",", "").replace("，", "").strip())
    except ValueError:
        return None
    return found if isfinite(found) else None


def _excel(content: bytes) -> Iterator[Sequence[Any]]:
    from openpyxl import load_workbook

    try:
        yield from (
            load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
        )
    except Exception as broken:  # a crafted sheet makes the reader raise nearly anything; none may be a 500
        raise Invalid(_("The file cannot be read as Excel. Save it as .xlsx or .csv."), field="file") from broken


def _csv(content: bytes) -> Iterator[Sequence[Any]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Invalid(_("The file cannot be read as text. Save it as .xlsx or .csv."), field="file")
    try:
        yield from csv.reader(io.StringIO(text, newline=""))
    except csv.Error as broken:
        raise Invalid(_("The file cannot be read as text. Save it as .xlsx or .csv."), field="file") from broken
