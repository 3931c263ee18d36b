"""The content kinds `metrics` and `metric_actions`; every worked example is executed by the content check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isclose
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.primitives.content import Kind, Names, Text, declare
from counterpoint.primitives.metrics import body, labels, relations
from counterpoint.primitives.metrics.body import MetricBody
from counterpoint.primitives.metrics.definition import Metric
from counterpoint.ui import reader

NAME, ACTIONS = "metrics", "metric_actions"
SILENT = "silence"  # the cause of an alarm that no row comes
EXAMPLE_DAY = date(2026, 11, 23)  # of rows that name no date


def unknown_columns(metric: Metric) -> list[str]:
    """Relations and columns that nobody offers."""
    problems = []
    for part in metric.parts:
        if not relations.offered(part.relation):
            problems.append(_("no room offers the rows %(relation)s") % {"relation": part.relation})
            continue
        known = relations.relation(part.relation).columns
        wanted = part.where.columns | ({part.column} if part.column else set())
        problems += [
            _("the rows %(relation)s have no column %(column)s") % {"relation": part.relation, "column": name}
            for name in sorted(wanted - set(known))
        ]
        if part.column and known.get(part.column) not in (relations.NUMBER, None):
            words = {"relation": part.relation, "column": part.column}
            problems.append(_("the column %(column)s of %(relation)s is not a number") % words)
    return sorted(set(problems))


def check_example(metric: Metric, example: dict[str, Any]) -> str:
    """Execute an example: `{rows: […], value: 12.5}` or `{rows: {relation: […]}, value: null}`."""
    from counterpoint.primitives.metrics import frames

    problems = unknown_columns(metric)
    if problems:
        return "; ".join(problems)
    if "rows" not in example or "value" not in example:
        return _("an example needs rows and value")
    wanted = example["value"]
    if isinstance(wanted, bool) or not isinstance(wanted, int | float | None):
        return _("value must be a number, or null where there is none")
    try:
        given = example_frames(metric, example["rows"])
    except ValueError as wrong:
        return str(wrong)
    found = frames.answer_of(metric, given).value
    if found is None or wanted is None:
        return "" if found is wanted else _("gives %(value)s") % {"value": found}
    holds = isclose(found, wanted, rel_tol=1e-6, abs_tol=5e-4)
    return "" if holds else _("gives %(value)s") % {"value": found}


def example_frames(metric: Metric, rows: Any) -> dict[str, Any]:
    """The rows of an example as frames; columns that it does not name are missing values. Raises ValueError."""
    import pandas as pd

    by_relation: Mapping[str, Any] = rows if isinstance(rows, Mapping) else {metric.relations[0]: rows}
    for given in by_relation.values():
        if not isinstance(given, list | tuple) or not all(isinstance(row, Mapping) for row in given):
            raise ValueError(_("rows must be a list of rows, or such lists by relation"))
    strange = set(by_relation) - set(metric.relations)
    if strange:
        words = {"relations": ", ".join(sorted(strange))}
        raise ValueError(_("the example has rows of %(relations)s, which the indicator does not count") % words)
    found = {}
    for key in metric.relations:
        one = relations.relation(key)
        names = {str(name) for row in by_relation.get(key, []) for name in row} - {"date", *one.columns}
        if names:
            words = {"relation": key, "column": ", ".join(sorted(names))}
            raise ValueError(_("the rows %(relation)s have no column %(column)s") % words)
        given = [dict.fromkeys(one.columns) | {"date": EXAMPLE_DAY} | row for row in by_relation.get(key, [])]
        frame = pd.DataFrame(given, columns=["date", *one.columns])
        found[key] = relations.normal(one, frame)
    return found


def references(metric: Metric) -> list[tuple[str, str]]:
    """The definition that a breach starts, and what it proposes; rows and columns that nobody offers dangle."""
    kinds = {"case": "case_types", "playbook": "playbooks"}
    found = [(kinds[word], str(metric.on_breach[word])) for word in kinds if word in metric.on_breach]
    if metric.actions:
        found.append((ACTIONS, metric.actions))
    return [*found, *(("", problem) for problem in unknown_columns(metric))]


@dataclass(frozen=True)
class Actions:
    """What is proposed by cause (demand, roster, equipment, place, other; silence when no row comes), in words by
    language; `pages` are the pages where it is done, by cause, as `room:name`."""

    key: Text
    by_cause: dict[str, Names]
    pages: dict[str, str] = field(default_factory=dict)

    def said(self, cause: str, language: str) -> str:
        """The proposal for a cause, the general one when there is none of its own; for silence only its own."""
        found = self.by_cause.get(cause) or ({} if cause == SILENT else self.by_cause["other"])
        return reader.said(found, language)

    def page(self, cause: str) -> str:
        """The address of the page for a cause; empty when none is named."""
        name = self.pages.get(cause) or ("" if cause == SILENT else self.pages.get("other", ""))
        return reverse(name) if name else ""


def _lacking(found: Actions) -> str:
    for name in found.pages.values():
        try:
            reverse(name)
        except NoReverseMatch:
            return _("there is no page “%(name)s”") % {"name": name}
    return "" if "other" in found.by_cause else _("by_cause needs other: what is proposed for any cause")


declare(
    Kind(
        NAME,
        type=MetricBody,
        build=body.build,
        check_example=check_example,
        references=references,
        title=gettext_lazy("Definitions of indicators"),
        labels=labels.METRIC,
    )
)
declare(Kind(ACTIONS, type=Actions, check=_lacking, title=gettext_lazy("Proposals for alerts"), labels=labels.ACTIONS))
