"""Conditions on columns as data: `{outcome: served, wait: {gt: 30}}`. One meaning, two readings.

A missing value satisfies nothing but `{known: false}`; so the answer is the same in memory and in SQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import ibis
    import pandas as pd

COMPARISONS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
TESTS = frozenset({*COMPARISONS, "in", "not", "not_in", "known"})


@dataclass(frozen=True)
class Test:
    """One comparison of one column. `value` is a scalar, or a tuple for `in` and `not_in`."""

    column: str
    op: str
    value: Any

    def mask(self, frame: "pd.DataFrame") -> "pd.Series":
        """Which rows of a frame satisfy it."""
        column = frame[self.column]
        if self.op == "known":
            return column.notna() if self.value else column.isna()
        if self.op in COMPARISONS:
            return getattr(column, self.op)(self.value)
        if self.op in ("in", "not_in"):
            inside = column.isin(list(self.value))
            return inside if self.op == "in" else ~inside & column.notna()
        same = column == self.value
        return (same if self.op == "eq" else ~same) & column.notna()

    def expression(self, table: "ibis.Table") -> "ibis.ir.BooleanValue":
        """The same as a condition of the query engine."""
        column = table[self.column]
        if self.op == "known":
            return column.notnull() if self.value else column.isnull()
        if self.op in ("in", "not_in"):
            inside = column.isin(list(self.value))
            return inside if self.op == "in" else ~inside
        return {
            "eq": lambda: column == self.value, "not": lambda: column != self.value, "gt": lambda: column > self.value,
            "ge": lambda: column >= self.value, "lt": lambda: column < self.value, "le": lambda: column <= self.value,
        }[self.op]()  # fmt: skip


@dataclass(frozen=True)
class Where:
    """All tests must hold; none means every row."""

    tests: tuple[Test, ...] = ()

    def mask(self, frame: "pd.DataFrame") -> "pd.Series":
        """Which rows of a frame are counted."""
        import pandas as pd

        mask = pd.Series(True, index=frame.index)
        for test in self.tests:
            mask &= test.mask(frame).astype(bool)
        return mask

    def expressions(self, table: "ibis.Table") -> list["ibis.ir.BooleanValue"]:
        """The same as conditions of the query engine."""
        return [test.expression(table) for test in self.tests]

    def as_data(self) -> list[list[Any]]:
        """Plain data, for the signature."""
        return [[t.column, t.op, list(t.value) if isinstance(t.value, tuple) else t.value] for t in self.tests]

    @property
    def columns(self) -> frozenset[str]:
        """Columns that it reads."""
        return frozenset(test.column for test in self.tests)


def parse(body: Any) -> Where:
    """From content: `{column: value}`, `{column: [values]}` or `{column: {gt: 30, le: 60}}`. Raises ValueError."""
    if body is None:
        return Where()
    if not isinstance(body, Mapping):
        raise ValueError(_("where must map columns to conditions"))
    tests: list[Test] = []
    for column, wanted in body.items():
        tests += _tests(str(column), wanted)
    return Where(tuple(sorted(tests, key=lambda t: (t.column, t.op))))


def _tests(column: str, wanted: Any) -> list[Test]:
    if isinstance(wanted, list | tuple):
        return [Test(column, "in", tuple(wanted))]
    if not isinstance(wanted, Mapping):
        if wanted is None:
            raise ValueError(_("where %(column)s: write {known: false} for a missing value") % {"column": column})
        return [Test(column, "eq", wanted)]
    unknown = set(wanted) - TESTS
    if unknown or not wanted:
        words = {"column": column, "unknown": ", ".join(sorted(unknown)), "known": ", ".join(sorted(TESTS))}
        raise ValueError(_("where %(column)s: unknown condition %(unknown)s; use %(known)s") % words)
    return [
        Test(column, "not_in", tuple(value)) if op == "not" and isinstance(value, list | tuple)
        else Test(column, op, tuple(value) if op in ("in", "not_in") else value)
        for op, value in wanted.items()
    ]  # fmt: skip
