"""What an answer to a question is worth: 1 when right, less for a part, 0 when wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpoint.academy.rules.checking import number_of

PASS = 0.8  # share of questions answered in full


def score(form: str, right: Sequence[str], given: Sequence[str], *, number: float | None = None,
          tolerance: float = 0.0) -> float:  # fmt: skip
    """From 0 to 1. `single` and `rule` need the one right option, `several` counts hits less wrong ones, `order` the
    pairs that stand in the right order, `number` the distance within the tolerance."""
    if form == "number":
        typed = number_of(given[0]) if given else None
        return float(typed is not None and number is not None and abs(typed - number) <= tolerance + 1e-9)
    if not right or not given:
        return 0.0
    if form == "several":
        hits, wrong = len(set(right) & set(given)), len(set(given) - set(right))
        return max(0.0, (hits - wrong) / len(right))
    if form == "order":
        return _ordered(right, given)
    return float(list(given) == list(right))


def _ordered(right: Sequence[str], given: Sequence[str]) -> float:
    if sorted(right) != sorted(given):
        return 0.0
    place = {slug: n for n, slug in enumerate(given)}
    pairs = [(one, other) for n, one in enumerate(right) for other in right[n + 1 :]]
    return sum(place[one] < place[other] for one, other in pairs) / len(pairs) if pairs else 1.0


def done(questions: Sequence[str], scores: Mapping[str, float]) -> bool:
    """Whether all questions are answered and enough of them in full."""
    full = sum(scores.get(one, 0.0) >= 1.0 for one in questions)
    return all(one in scores for one in questions) and full >= PASS * len(questions)


def at(body: Any, path: str) -> Any:
    """The value at a dotted path of a definition's body; a list is entered by the short name (`slug`) of its row or by
    its place. None where nothing stands."""
    node = body
    for part in path.split(".") if path else ():
        if isinstance(node, Mapping):
            node = node.get(part)
        elif isinstance(node, Sequence) and not isinstance(node, str):
            node = _row(node, part)
        else:
            return None
    return node


def _row(rows: Sequence[Any], part: str) -> Any:
    named = next((one for one in rows if isinstance(one, Mapping) and str(one.get("slug", "")) == part), None)
    if named is not None or not part.isdecimal():
        return named
    return rows[int(part)] if int(part) < len(rows) else None
