"""Relations: rows that a room offers for counting. One row is one thing that happened on a business date.

A room registers a `Relation` when its app is ready; numbers are then defined on it as content, by key. The frame has a
row for each thing with `date` and the declared columns; three columns have a meaning everywhere: `hour` (0–23, the
branch's), `person` (staff number) and `post` (a counter or another place of work).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.ui import reader

if TYPE_CHECKING:
    import pandas as pd

NUMBER, WORD, YES_NO = "number", "word", "yes_no"
DTYPES = {NUMBER: "float64", WORD: "object", YES_NO: "object"}
KINDS = frozenset({NUMBER, WORD, YES_NO})
WHO_WHEN_WHERE = {"hour": NUMBER, "person": WORD, "post": WORD}

Read = Callable[[Scope, Sequence[OrgUnit], date, date], "Mapping[Any, pd.DataFrame]"]


class UnknownRelation(KeyError):
    """No room registered this relation."""


class BadRelation(ValueError):
    """A relation's declaration or its rows do not fit together."""


@dataclass(frozen=True)
class Touch:
    """A journal entry that may have changed rows: its kind, the branch's date of it, and its data."""

    kind: str
    on: date
    data: Mapping[str, Any]


def _as_it_is(_column: str, value: Any) -> str:
    return str(value)


def _same_day(touch: Touch) -> Iterable[date]:
    return (touch.on,)


@dataclass(frozen=True)
class Relation:
    """Rows of a branch between two business dates (`until` exclusive).

    `columns` maps names to kinds (number, word, yes_no). `facts` are beginnings of the journal kinds that change rows;
    `days` says which dates an entry touches (default: its own). `label` names the column that a reader knows a row by;
    `value_name(column, value)` says a value in the reader's words. `live` rows come by themselves while the branch is
    open, so that their silence is a fault. `places` are columns that tell where something happened though they name a
    row or a post, such as a machine. `verb` is the right to see the rows themselves. `read` takes several
    branches at once and answers by branch id, best with as many queries as for one; else `one_by_one` helps.
    """

    key: str
    columns: Mapping[str, str]
    read: Read
    names: Mapping[str, str] = field(default_factory=dict)
    column_names: Mapping[str, str | Promise] = field(default_factory=dict)
    value_name: Callable[[str, Any], str] = _as_it_is
    facts: tuple[str, ...] = ()
    days: Callable[[Touch], Iterable[date]] = _same_day
    label: str = ""
    places: tuple[str, ...] = ()
    live: bool = False
    verb: str = ""

    def __post_init__(self) -> None:
        strange = set(self.columns.values()) - KINDS
        if strange:
            raise BadRelation(f"Relation {self.key} has columns of unknown kinds {sorted(strange)}.")
        for name, kind in WHO_WHEN_WHERE.items():
            if self.columns.get(name, kind) != kind:
                raise BadRelation(f"Relation {self.key}: the column {name} is always of kind {kind}.")

    def name(self, language: str) -> str:
        """What the rows are, in the language."""
        return reader.said(self.names, language) or self.key

    def column_name(self, column: str) -> str:
        """What a column is called."""
        return str(self.column_names.get(column, column))

    def touched_by(self, kind: str) -> bool:
        """Whether journal entries of the kind may change rows."""
        return kind.startswith(self.facts) if self.facts else False


_relations: dict[str, Relation] = {}


def register_relation(relation: Relation) -> None:
    """Declare a relation; once per key."""
    _relations[relation.key] = relation


def all_relations() -> list[Relation]:
    """All relations, by key."""
    return [_relations[key] for key in sorted(_relations)]


def relation(key: str) -> Relation:
    """The relation of this key; `UnknownRelation` when no room offers it."""
    if key not in _relations:
        raise UnknownRelation(f"No relation “{key}” is registered.")
    return _relations[key]


def offered(key: str) -> bool:
    """Whether some room registered the relation."""
    return key in _relations


def read(key: str, *, scope: Scope, branch: OrgUnit, since: date, until: date) -> "pd.DataFrame":
    """The rows as one frame: `date` and the declared columns, numbers as float, words as text or None."""
    one = relation(key)
    return normal(one, one.read(scope, [branch], since, until)[branch.pk])


def read_each(
    key: str, *, scope: Scope, branches: Sequence[OrgUnit], since: date, until: date
) -> "list[tuple[OrgUnit, pd.DataFrame]]":
    """The rows of each branch, as `read` gives them, asked for at once."""
    one = relation(key)
    found = one.read(scope, branches, since, until) if branches else {}
    return [(branch, normal(one, found[branch.pk])) for branch in branches]


def one_by_one(read_one: "Callable[[Scope, OrgUnit, date, date], pd.DataFrame]") -> Read:
    """How branches are read where only one at a time can be."""

    def read_many(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> "Mapping[Any, pd.DataFrame]":
        return {branch.pk: read_one(scope, branch, since, until) for branch in branches}

    return read_many


def by_branch(
    branches: Sequence[OrgUnit], rows: Iterable[tuple[Any, tuple[Any, ...]]], columns: Iterable[str]
) -> "dict[Any, pd.DataFrame]":
    """A frame for every branch, of rows that came with their branch's id; `columns` follow `date`."""
    import pandas as pd

    found: dict[Any, list[tuple[Any, ...]]] = {branch.pk: [] for branch in branches}
    for pk, row in rows:
        found[pk].append(row)
    return {pk: pd.DataFrame(mine, columns=["date", *columns]) for pk, mine in found.items()}


def normal(one: Relation, frame: "pd.DataFrame") -> "pd.DataFrame":
    """The frame with exactly the declared columns in their kinds; missing values are NaN, None, None."""
    import pandas as pd

    missing = ({"date"} | set(one.columns)) - set(frame.columns)
    if missing:
        raise BadRelation(f"Relation {one.key} did not deliver {sorted(missing)}.")
    if frame.empty:
        return pd.DataFrame(
            {name: pd.Series(dtype=DTYPES[kind]) for name, kind in {"date": WORD, **one.columns}.items()}
        )
    found: dict[str, Any] = {"date": frame["date"]}
    for name, kind in one.columns.items():
        column = frame[name]
        if kind == NUMBER:
            found[name] = pd.to_numeric(column, errors="coerce").astype("float64")
        else:
            found[name] = column.astype(object).where(column.notna(), None)
    return pd.DataFrame(found).reset_index(drop=True)
