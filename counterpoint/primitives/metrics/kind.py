"""The content kind `metrics`: parsed, and every worked example executed by the content check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isclose
from typing import Any

from counterpoint.primitives.content import Kind, declare
from counterpoint.primitives.metrics import relations
from counterpoint.primitives.metrics.definition import Metric, parse

NAME = "metrics"
EXAMPLE_DAY = date(2026, 11, 23)  # of rows that name no date


def unknown_columns(metric: Metric) -> list[str]:
    """Relations and columns that nobody offers."""
    problems = []
    for part in metric.parts:
        if not relations.offered(part.relation):
            problems.append(f"relation {part.relation} is not offered by any room")
            continue
        known = relations.relation(part.relation).columns
        wanted = part.where.columns | ({part.column} if part.column else set())
        problems += [f"relation {part.relation} has no column {name}" for name in sorted(wanted - set(known))]
        if part.column and known.get(part.column) not in (relations.NUMBER, None):
            problems.append(f"column {part.column} of {part.relation} is not a number")
    return sorted(set(problems))


def check_example(metric: Metric, example: dict[str, Any]) -> str:
    """Execute an example: `{rows: […], value: 12.5}` or `{rows: {relation: […]}, value: null}`."""
    from counterpoint.primitives.metrics import frames

    problems = unknown_columns(metric)
    if problems:
        return "; ".join(problems)
    if "rows" not in example or "value" not in example:
        return "an example needs rows and value"
    given = example_frames(metric, example["rows"])
    found = frames.answer_of(metric, given).value
    wanted = example["value"]
    if found is None or wanted is None:
        return "" if found is wanted else f"gives {found}"
    return "" if isclose(found, wanted, rel_tol=1e-6, abs_tol=5e-4) else f"gives {found}"


def example_frames(metric: Metric, rows: Any) -> dict[str, Any]:
    """The rows of an example as frames; columns that it does not name are missing values."""
    import pandas as pd

    by_relation: Mapping[str, Any] = rows if isinstance(rows, Mapping) else {metric.relations[0]: rows}
    strange = set(by_relation) - set(metric.relations)
    if strange:
        raise ValueError(f"the example has rows of {sorted(strange)}, which the metric does not count")
    found = {}
    for key in metric.relations:
        one = relations.relation(key)
        given = [dict.fromkeys(one.columns) | {"date": EXAMPLE_DAY} | row for row in by_relation.get(key, [])]
        frame = pd.DataFrame(given, columns=["date", *one.columns])
        found[key] = relations.normal(one, frame)
    return found


def references(metric: Metric) -> list[tuple[str, str]]:
    """The definition that a breach starts, and what it proposes."""
    kinds = {"case": "case_types", "playbook": "playbooks"}
    found = [(kinds[word], str(metric.on_breach[word])) for word in kinds if word in metric.on_breach]
    return [*found, *([(ACTIONS, metric.actions)] if metric.actions else [])]


@dataclass(frozen=True)
class Actions:
    """What is proposed by cause (demand, roster, equipment, other), in words by language."""

    key: str
    by_cause: Mapping[str, Mapping[str, str]]

    def said(self, cause: str, language: str) -> str:
        """The proposal for a cause, the general one when there is none of its own."""
        found = self.by_cause.get(cause) or self.by_cause.get("other") or {}
        return found.get(language) or found.get("zh-hans", "")


def _actions(body: Mapping[str, Any]) -> Actions:
    by_cause = {str(cause): dict(words) for cause, words in body["by_cause"].items()}
    lacking = [cause for cause, words in by_cause.items() if not words.get("zh-hans")]
    if lacking or "other" not in by_cause:
        raise ValueError(f"by_cause needs other, and zh-hans for {lacking or 'each'}")
    return Actions(str(body["key"]), by_cause)


ACTIONS = "metric_actions"
declare(Kind(NAME, parse, check_example, references))
declare(Kind(ACTIONS, _actions))
