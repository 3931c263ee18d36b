"""The one reader of tables that people send to a page: Excel or CSV, checked before anything is parsed."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, files
from counterpoint.ui.tables import Column, Table

ENCODINGS = ("utf-8-sig", "gb18030")
MOST_BYTES = 10_000_000
TITLES = 10  # lines that may stand above the headings
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
