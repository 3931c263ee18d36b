"""Which KPIs rule, and which parts of which relations they need."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from counterpoint.primitives.content import get, items
from counterpoint.primitives.metrics.definition import Metric, Part
from counterpoint.primitives.metrics.kind import NAME


def metric(key: str, on: date, pack: str = "cn", bank: str | None = None) -> Metric:
    """The definition in force on a date; `ContentError` when there is none. `bank` is the org path of a unit of the
    bank, whose headquarters' decisions count; the active scope says it otherwise."""
    found: Metric = get(NAME, key, on, pack, bank=bank).value
    return found


def metrics(on: date, pack: str = "cn", bank: str | None = None) -> dict[str, Metric]:
    """Every KPI in force on a date, by key; `bank` as in `metric`."""
    return {key: item.value for key, item in sorted(items(NAME, on, pack, bank=bank).items())}


def parts_of(wanted: Iterable[Metric]) -> dict[str, list[Part]]:
    """Parts by relation, each once."""
    found: dict[str, dict[Part, None]] = defaultdict(dict)
    for one in wanted:
        for part in one.parts:
            found[part.relation][part] = None
    return {key: list(parts) for key, parts in found.items()}
