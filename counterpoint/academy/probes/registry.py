"""The register of probes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope

Args = Mapping[str, str | int]
Found = dict[str, Any]
Text = str | Promise


@dataclass(frozen=True)
class Look:
    """Who looks, at which branch, when; what somebody of the `team` did counts as the looker's own."""

    scope: Scope
    branch: OrgUnit
    now: datetime
    team: frozenset[UUID] = frozenset()

    @property
    def people(self) -> frozenset[UUID]:
        """Whose doings are asked about."""
        return self.team | ({self.scope.actor} if self.scope.actor else set())

    @property
    def today(self) -> date:
        """The branch's date."""
        return self.branch.date_at(self.now)


@dataclass(frozen=True)
class Probe:
    """One thing to read. `verb` is needed at the branch; `takes` names its arguments, `gives` its values in words."""

    key: str
    verb: str
    takes: frozenset[str]
    gives: Mapping[str, Text]
    find: Callable[[Look, Args], Found]


class UnknownProbe(Invalid):
    """No probe of this key is registered."""

    code = "unknown_probe"


_probes: dict[str, Probe] = {}
Find = Callable[[Look, Args], Found]


def probe(key: str, *, verb: str, takes: frozenset[str], gives: Mapping[str, Text]) -> Callable[[Find], Find]:
    """Register a reader under a key."""

    def add(find: Find) -> Find:
        if key in _probes:
            raise ValueError(f"two probes are called {key}")
        _probes[key] = Probe(key, verb, takes, gives, find)
        return find

    return add


def known() -> Mapping[str, Probe]:
    """All probes by key."""
    return _probes


def read(key: str, look: Look, args: Args) -> Found:
    """The probe's values now. `UnknownProbe` for a key that nobody registered, `Forbidden` without its right."""
    if key not in _probes:
        raise UnknownProbe(_("There is no probe “%(key)s”.") % {"key": key}, field="probe")
    one = _probes[key]
    look.scope.require(one.verb, look.branch.path)
    return one.find(look, args)
