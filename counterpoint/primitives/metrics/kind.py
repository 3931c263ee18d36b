"""The content kind `metrics`: parsed, and every worked example executed by the content check."""

from collections.abc import Mapping
from math import isclose
from typing import Any

from counterpoint.primitives.content import Kind, declare
from counterpoint.primitives.metrics import relations
from counterpoint.primitives.metrics.definition import Metric, parse

NAME = "metrics"


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
        given = [dict.fromkeys(one.columns) | {"date": "2026-11-23"} | row for row in by_relation.get(key, [])]
        frame = pd.DataFrame(given, columns=["date", *one.columns])
        found[key] = relations.normal(one, frame)
    return found


def references(metric: Metric) -> list[tuple[str, str]]:
    """The definition that a breach starts."""
    if "case" in metric.on_breach:
        return [("case_types", metric.on_breach["case"])]
    if "playbook" in metric.on_breach:
        return [("playbooks", metric.on_breach["playbook"])]
    return []


declare(Kind(NAME, parse, check_example, references))
