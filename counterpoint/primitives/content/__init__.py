"""Content: definitions as YAML data with key, version, source and examples.

A room declares a `Kind` once, with the frozen dataclass of its bodies; files lie in
``counterpoint/<room>/content/<kind>/*.yaml``, one item or a list a file. `get` and `items` answer for a date, so that
an old case is judged by what was in force then; `version` answers for a run that pinned one.
"""

from counterpoint.primitives.content.checking import Problem, check
from counterpoint.primitives.content.loader import Item, edition, every, get, items, resolve, version, warm
from counterpoint.primitives.content.registry import ContentError, Kind, declare, kind_of, kinds
from counterpoint.primitives.content.types import (
    AtLeastOne,
    ClockTime,
    Count,
    Named,
    Names,
    NotNegative,
    Positive,
    Role,
    Share,
    Text,
    distinct,
    minute_of,
)

__all__ = [
    "AtLeastOne",
    "ClockTime",
    "ContentError",
    "Count",
    "Item",
    "Kind",
    "Named",
    "Names",
    "NotNegative",
    "Positive",
    "Problem",
    "Role",
    "Share",
    "Text",
    "check",
    "declare",
    "distinct",
    "edition",
    "every",
    "get",
    "items",
    "kind_of",
    "kinds",
    "minute_of",
    "resolve",
    "version",
    "warm",
]
