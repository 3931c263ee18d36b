"""Who could help at which near branch in a week: the newest rosters of all branches below a unit, solved together.

For the job; science is imported inside the functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.team import parameters, workbench
from counterpoint.team.actions import float_store
from counterpoint.team.errors import NotNow
from counterpoint.team.models import FloatPlan, Roster, StaffProfile, TravelTime

if TYPE_CHECKING:
    from counterpoint.science.rostering import RosterProblem, network

Report = Callable[[float, str], None]
STAGES = {"rosters": (0.0, 0.6), "hosts": (0.6, 0.1), "homes": (0.7, 0.1), "finish": (0.8, 0.2)}
WORK = 4.0  # deterministic seconds a branch, first and last


def pair(one: str, other: str) -> tuple[str, str]:
    """Two branches in the order in which their travel time is kept."""
    return (one, other) if one < other else (other, one)


def newest(branches: Sequence[OrgUnit], week: date) -> dict[str, Roster]:
    """The newest version of the week by branch code, for branches that have one with people in it."""
    rows = Roster.objects.filter(org_unit__in=branches, week=week).select_related("org_unit").order_by("version")
    return {row.org_unit.code: row for row in rows if row.problem.get("people")}


def travels(unit: OrgUnit) -> dict[tuple[str, str], int]:
    """Minutes there and back by pair of branch codes, as far as the unit or one below has set them."""
    rows = TravelTime.objects.filter(org_path__startswith=unit.path)
    return {(row.one, row.other): row.minutes for row in rows}


def network_of(unit: OrgUnit, week: date) -> tuple[network.NetworkProblem, dict[str, Roster], list[str]]:
    """The problem of the week, the rosters it stands on, and codes of branches without one. Raises NotNow."""
    from counterpoint.science.rostering import network

    branches = list(OrgUnit.objects.filter(kind="branch", path__startswith=unit.path).order_by("path"))
    rows = newest(branches, week)
    problems = {code: workbench.problem_of(row, fresh=True) for code, row in rows.items()}
    if len(problems) < 2:
        raise NotNow(_("Helping needs rosters of two branches of this week at least. Let the branches draft theirs."))
    days = {tuple(day.date for day in problem.days) for problem in problems.values()}
    if len(days) > 1:
        raise NotNow(_("The rosters of this week do not cover the same days. Draft them anew."))
    floaters = _floaters(unit, [b for b in branches if b.code in problems], problems, week)
    if not floaters:
        raise NotNow(_("Nobody may work at another branch. Tick “helps at near branches” on the staff page."))
    travel, away = parameters.floating(week, unit.rule_pack)
    problem = network.NetworkProblem(
        tuple(network.Place(code, problem) for code, problem in problems.items()),
        tuple(floaters),
        away.weight,
        travel.weight,
    )
    return problem, rows, [b.code for b in branches if b.code not in problems]


def _floaters(
    unit: OrgUnit, branches: Sequence[OrgUnit], problems: Mapping[str, RosterProblem], week: date
) -> list[network.Floater]:
    from counterpoint.science.rostering import network

    usual, away = parameters.floating(week, unit.rule_pack)
    known, region = travels(unit), {branch.code: branch.parent_id for branch in branches}
    ids = {code: {person.id for person in problem.people} for code, problem in problems.items()}

    def minutes(home: str, code: str) -> int | None:
        return known.get(pair(home, code), usual.value if region[code] == region[home] else None)

    found = []
    rows = StaffProfile.objects.filter(org_unit__in=branches, active=True, floats=True).select_related("org_unit")
    for profile in rows.order_by("user_id"):
        who, home = str(profile.user_id), profile.org_unit.code
        others = {code: minutes(home, code) for code in problems if code != home and who not in ids[code]}
        near = {code: far for code, far in others.items() if far is not None}
        if near and who in ids[home]:
            found.append(network.Floater(who, home, near, away.value))
    return found


def make_floating(
    *, scope: Scope, now: datetime, unit: OrgUnit, week: date, seed: int, report: Report,
    effort: network.Effort | None = None,
) -> FloatPlan:  # fmt: skip
    """Solve the week of all branches below the unit with people who help, and keep who would go where. `effort` is how
    long is searched: the usual one when None."""
    from counterpoint.science.rostering import Limit, network

    with scoped(scope):
        problem, rows, missing = network_of(unit, week)

    def step(stage: str, done: int, of: int) -> None:
        start, share = STAGES[stage]
        report(start + share * done / max(1, of), stage)

    effort = effort or network.Effort(limit=Limit(deterministic=WORK, gap=0.01), steps=600, rounds=8, trials=6)
    found = network.solve_network(problem, seed=seed, effort=effort, on_step=step)
    touched = {move.branch for move in found.moves}
    touched |= {floater.home for floater in problem.floaters if any(m.person == floater.person for m in found.moves)}
    payload = {"moves": _moves(problem, found), "branches": _branches(found), "moving": found.moving,
               "missing": missing, "failed": dict(found.failed), "floaters": len(problem.floaters)}  # fmt: skip
    rosters = {
        code: {"problem": found.problems[code].to_dict(), "roster": found.rosters[code].to_dict(),
               "from": str(rows[code].pk), "revision": rows[code].revision}
        for code in sorted(touched)
    }  # fmt: skip
    return float_store(scope=scope, now=now, unit=unit, week=week, seed=seed, payload=payload, rosters=rosters)


def _moves(problem: network.NetworkProblem, found: network.NetworkResult) -> list[dict[str, Any]]:
    """Who goes where, when, and how far."""
    floaters = {floater.person: floater for floater in problem.floaters}
    rows = []
    for move in found.moves:
        floater, shift = floaters[move.person], found.rosters[move.branch].of(move.person, move.day)
        assert shift is not None  # a loan is settled before it is kept
        rows.append({
            "person": move.person, "name": problem.who(floater).name, "home": floater.home, "branch": move.branch,
            "day": move.day, "start": shift.start, "end": shift.end, "travel": floater.travel[move.branch],
            "skills": sorted({task.skill for task in shift.tasks}),
        })  # fmt: skip
    return rows


def _branches(found: network.NetworkResult) -> list[dict[str, Any]]:
    """Points and person-hours short by branch, without and with help."""
    return [
        {"code": code, "alone": found.alone[code], "total": found.total[code],
         "short_alone": round(found.short_alone[code], 2), "short": round(found.short[code], 2)}
        for code in found.rosters
    ]  # fmt: skip
