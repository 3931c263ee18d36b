"""The register of acts."""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from PIL import Image

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, roles, system_scope

Args = Mapping[str, str | int | float]


@dataclass(frozen=True)
class Doing:
    """Who acts, at which branch of the world, when; `words` is what they say or write, `people` finds colleagues by
    their role, `wait` lets minutes pass."""

    scope: Scope
    branch: OrgUnit
    now: datetime
    words: str
    people: Callable[[str], list[UUID]]
    wait: Callable[[int], None]

    @property
    def picture(self) -> bytes:
        """A PNG that nobody else took: stripes after the words and the moment."""
        seed = hashlib.sha256(f"{self.words}{self.now}".encode()).digest()
        drawn, told = Image.new("RGB", (64, 64)), io.BytesIO()
        places = ((x // 4, y // 4) for y in range(64) for x in range(64))
        drawn.putdata([(seed[x], seed[16 + y], seed[x + y]) for x, y in places])
        drawn.save(told, "PNG")
        return told.getvalue()

    @property
    def all_seeing(self) -> Scope:
        """A scope of the whole branch: which case an act is about is known to who wrote it, not to who acts."""
        return system_scope(tuple(roles.table()), (self.branch.path,), "practice")

    def colleague(self, role: str, nth: int = 1) -> UUID:
        """The `nth` colleague with a role, from 1, who is not the one who acts."""
        found = [one for one in self.people(role) if one != self.scope.actor]
        if not 1 <= nth <= len(found):
            raise Invalid(_("Nobody with this role practises here."), field="post")
        return found[nth - 1]


Do = Callable[[Doing, Args], object]


@dataclass(frozen=True)
class Act:
    """One verb of the product by key. `takes` names its arguments."""

    key: str
    takes: frozenset[str]
    do: Do


class UnknownAct(Invalid):
    """No act of this key is registered."""

    code = "unknown_act"


_acts: dict[str, Act] = {}


def act(key: str, *, takes: str = "") -> Callable[[Do], Do]:
    """Register an act under a key; `takes` are the names of its arguments with spaces between."""

    def add(do: Do) -> Do:
        if key in _acts:
            raise ValueError(f"two acts are called {key}")
        _acts[key] = Act(key, frozenset(takes.split()), do)
        return do

    return add


def known() -> Mapping[str, Act]:
    """All acts by key."""
    return _acts


def perform(key: str, doing: Doing, args: Args) -> None:
    """Do it. Raises `UnknownAct`, and whatever the verb itself refuses with."""
    if key not in _acts:
        raise UnknownAct(_("There is no act “%(key)s”.") % {"key": key}, field="do")
    _acts[key].do(doing, args)
