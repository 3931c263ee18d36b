"""Which numbers a role looks at first: boards as content."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext_lazy

from counterpoint.analytics.labels import BOARDS
from counterpoint.foundation.api import roles as house
from counterpoint.primitives.content import AtLeastOne, Kind, Named, Names, Role, declare, items

NAME = "boards"


@dataclass(frozen=True)
class SectionBody(Named):
    """A part of a board: its name and the keys of its metrics."""

    names: Names
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class BoardBody(Named):
    """A board. `subject` is unit or person; `compare` are the columns of the table of the units below."""

    key: str
    names: Names
    roles: tuple[Role, ...]
    sections: tuple[SectionBody, ...]
    subject: Literal["unit", "person"] = "unit"
    compare: tuple[str, ...] = ()
    order: AtLeastOne = 1

    @property
    def metrics(self) -> tuple[str, ...]:
        """Keys of all its metrics, each once."""
        return tuple(dict.fromkeys(key for section in self.sections for key in section.metrics))


def _references(body: BoardBody) -> list[tuple[str, str]]:
    return [("metrics", key) for key in dict.fromkeys((*body.metrics, *body.compare))]


declare(Kind(NAME, type=BoardBody, references=_references, title=gettext_lazy("Boards"), labels=BOARDS))


def boards(on: date, pack: str = "cn") -> Mapping[str, BoardBody]:
    """Every board in force, in the order of the file."""
    return {key: item.value for key, item in items(NAME, on, pack).items()}


def board_for(held: Collection[str], on: date, pack: str = "cn", key: str = "") -> BoardBody | None:
    """The board asked for, else the one of the highest role that the person holds."""
    found = boards(on, pack)
    if key in found:
        return found[key]
    mine = [board for board in found.values() if set(board.roles) & set(held)]
    rank = {"person": 0, "unit": 1}
    levels = {"branch": 0, "region": 1, "headquarters": 2}
    return max(
        mine,
        key=lambda board: (
            max(levels[house.ROLES[role].level] for role in board.roles if role in held), rank[board.subject],
            "branch_head" in board.roles,
        ),
        default=None,
    )  # fmt: skip
