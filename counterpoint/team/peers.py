"""Cold start: what a branch without enough days of its own borrows from branches like it.

Read by the forecast job on the system's own account, never by a page: a caller has no right to other branches' days.
What comes out is one mixture of at least `FEWEST` branches, scaled to this branch's windows, so that nothing of a
single branch can be read from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import exp, log
from typing import TYPE_CHECKING

from counterpoint.foundation.api import Counter, OrgUnit, Scope, calendar, hours_of, roles, scoped, system_scope
from counterpoint.team import queries

if TYPE_CHECKING:
    from counterpoint.science.demand import Peer

ENOUGH = 14  # own days with tickets from which nothing is borrowed
FEWEST, MOST, TRIED = 3, 6, 24  # branches that are mixed, and that are looked at for it
LOOK_BACK = timedelta(days=70)
INTERVAL = 30


@dataclass(frozen=True)
class Borrowed:
    """Customers of a usual workday, shares of the services and of the half hours, and how many branches gave them."""

    daily: float
    shares: Mapping[str, float] = field(default_factory=dict)
    profile: Mapping[int, float] = field(default_factory=dict)
    branches: int = 0


def borrowed(branch: OrgUnit, until: date) -> Borrowed | None:
    """The mixture of similar branches' days before `until`; None where fewer than three have a usable history."""
    from counterpoint.science.demand import DemandInputError, DemandProblem, borrow, plain_days

    scope = system_scope(tuple(roles.table()), label="similar branches")
    with scoped(scope):
        traits = _traits([branch])
        own = traits.get(branch)
        if own is None:
            return None
        places = OrgUnit.objects.filter(kind="branch", rule_pack=branch.rule_pack).exclude(pk=branch.pk)
        others = _traits(list(places.order_by("path")))
        near = sorted(others, key=lambda one: sum((others[one][k] - own[k]) ** 2 for k in own))[:TRIED]
        found: list[Peer] = []
        for place in near:
            peer = _peer(scope, place, others[place], until, windows=own["windows"])
            if peer is not None:
                found.append(peer)
            if len(found) == MOST:
                break
    if len(found) < FEWEST:
        return None
    empty = found[0].problem.history.iloc[:0]  # type: ignore[union-attr]
    days = plain_days(until, 1, hours=dict.fromkeys(range(7), ((540, 1020),)))
    try:
        mixed = borrow(DemandProblem(empty, days, [until], INTERVAL), own, found)
    except DemandInputError:
        return None
    return Borrowed(
        round(mixed.default_daily or 0.0, 3), {k: round(v, 5) for k, v in mixed.default_shares.items()},
        {k: round(v, 5) for k, v in mixed.default_profile.items()}, len(found),
    )  # fmt: skip


def _traits(places: list[OrgUnit]) -> dict[OrgUnit, dict[str, float]]:
    """What a branch is like: windows (log), the share of them for cash, hours open in a week (log)."""
    kinds: dict[object, list[str]] = {}
    for unit, kind in Counter.objects.filter(org_unit__in=places).values_list("org_unit_id", "kind"):
        kinds.setdefault(unit, []).append(kind)
    out = {}
    for place in places:
        held = kinds.get(place.pk, [])
        minutes = sum(b - a for spans in hours_of(place).weekly.values() for a, b in spans)
        if held and minutes:
            cash = sum(kind == "cash" for kind in held) / len(held)
            out[place] = {"windows": log(len(held)), "cash": cash, "hours": log(minutes / 60)}
    return out


def _peer(scope: Scope, place: OrgUnit, traits: dict[str, float], until: date, *, windows: float) -> Peer | None:
    """A branch's arrivals, scaled by windows; None without enough days."""
    from counterpoint.science.demand import DemandProblem, Peer
    from counterpoint.team.planning import build_days

    frame = queries.actual_arrivals(scope=scope, branch=place, since=until - LOOK_BACK, until=until)
    if frame is None or frame.empty or frame["date"].nunique() < ENOUGH:
        return None
    history = frame[["date", "minute", "service"]].assign(count=frame["arrivals"] * exp(windows - traits["windows"]))
    hours = hours_of(place)
    days = build_days(
        until - LOOK_BACK, until,
        hours_on=lambda day: hours.on(day, provisional=True),
        kind_on=lambda day: calendar.day(day, place.rule_pack, provisional=True), effects=False,
    )  # fmt: skip
    return Peer(DemandProblem(history, days, [until], INTERVAL), traits)
