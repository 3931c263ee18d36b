"""Metric sources: a room registers a function under a key, any room reads it by that key inside its own scope."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from counterpoint.foundation.api import OrgUnit, Scope

if TYPE_CHECKING:
    import pandas as pd


class UnknownSource(KeyError):
    """No room registered this key."""


@dataclass(frozen=True)
class Source:
    """A series of a branch. `read(scope, branch, since, until)` returns a frame with the declared columns; dates are
    the branch's business dates, `until` exclusive."""

    key: str
    columns: tuple[str, ...]
    unit: str
    read: "Callable[[Scope, OrgUnit, date, date], pd.DataFrame]"


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Declare a source; once per key."""
    _sources[source.key] = source


def sources() -> list[Source]:
    """All sources, by key."""
    return [_sources[key] for key in sorted(_sources)]


def fetch(key: str, *, scope: Scope, branch: OrgUnit, since: date, until: date) -> "pd.DataFrame":
    """The series of a branch between two business dates (`until` exclusive)."""
    if key not in _sources:
        raise UnknownSource(f"No metric source “{key}” is registered.")
    source = _sources[key]
    frame = source.read(scope, branch, since, until)
    missing = set(source.columns) - set(frame.columns)
    if missing:
        raise ValueError(f"Source {key} did not deliver {sorted(missing)}.")
    return frame
