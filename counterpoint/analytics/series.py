"""Which KPIs are fed from outside, and what their columns are called: read off the KPIs themselves."""

from dataclasses import dataclass
from datetime import date

from counterpoint.primitives.metrics import Metric, metrics
from counterpoint.ui import reader

RELATION = "analytics.imported"


@dataclass(frozen=True)
class Series:
    """A series that can be imported: its code, the KPI, and whether it needs a base and may be by person."""

    code: str
    metric: Metric
    needs_base: bool
    by_person: bool

    def amount_name(self, language: str) -> str:
        """What to put into the column of the amount."""
        return _said(self.metric.columns.get("amount", {}), language)

    def base_name(self, language: str) -> str:
        """What to put into the column of the base; empty where none is needed."""
        return _said(self.metric.columns.get("base", {}), language)


def _said(words: "dict[str, str] | object", language: str) -> str:
    names = words if isinstance(words, dict) else {}
    return reader.said(names, language)


def all_series(on: date, pack: str = "cn") -> dict[str, Series]:
    """Every series in force on a date, by code."""
    found = {}
    for metric in metrics(on, pack).values():
        parts = [part for part in metric.parts if part.relation == RELATION]
        codes = {test.value for part in parts for test in part.where.tests if test.column == "series"}
        for code in sorted(str(code) for code in codes):
            base = any(part.column == "base" for part in parts)
            found[code] = Series(code, metric, base, "person" in metric.subjects)
    return found
