"""Data tables as data: columns, cells with links and levels, search, export."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Column:
    """A heading. `number` aligns right with tabular figures; `sort` offers sorting in the browser."""

    label: Text
    number: bool = False
    sort: bool = True


@dataclass(frozen=True)
class Cell:
    """What one cell shows. `value` sorts instead of the text; `drawer` opens the link in place; `level` is a badge."""

    text: Any
    url: str = ""
    drawer: bool = False
    level: str = ""
    value: Any = None
    detail: Text = ""


@dataclass(frozen=True)
class Table:
    """A table that fits one page. `rows` hold Cells or plain values, one for each column."""

    key: str
    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    excel_url: str = ""
    search: bool = True
    stack: bool = True
    empty: Text = ""
    empty_todo: Text = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"Table {self.key}: a row has {len(row)} cells for {len(self.columns)} columns.")

    def lines(self) -> list[list[tuple[Column, Cell]]]:
        """Rows of (column, cell) for the template."""
        return [
            [
                (column, cell if isinstance(cell, Cell) else Cell(cell))
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]
