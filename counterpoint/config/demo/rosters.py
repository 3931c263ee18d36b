"""Rosters of the weeks that are over or running: the branch's habit of early and late shifts, lunch in rotation.

They are built by rule, not optimised; next week's draft is what the planner is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib.util import find_spec

import numpy as np

from counterpoint.config.demo import world
from counterpoint.config.demo.bank import Built, demo_scope
from counterpoint.config.demo.cast import ABOVE, BranchPlan, PersonPlan
from counterpoint.foundation.api import OrgUnit, User, calendar, scope_of, scoped
from counterpoint.role.api import service_types
from counterpoint.science import rostering as books
from counterpoint.science.rostering import network
from counterpoint.team import api as team
from counterpoint.team import parameters, workbench

STEP = 30
LEAD = 30
LUNCH = 30
LUNCHES = (660, 690, 720, 750)
LOAD = 0.8  # busy share that a post is planned for
WISHES = (((2, "off", 0, 3),), ((4, "early", 1020, 2),), ((5, "off", 0, 4), (0, "late", 540, 1)))
DAYS_OFF = (1, 3, 4)  # Tuesday, Thursday, Friday make up for a weekend day
NEAR = 1  # branches near the first one whose next week the workers draft, too
HELPED = 2  # the last branches near the first one: their next week stands, and who helps there is worked out
ILL = 3  # tellers of the last of them who are on sick leave then
QUICK = network.Effort(limit=books.Limit(deterministic=0.05, gap=0.05), steps=60, rounds=2, trials=1)
POSTS = ("cash", "non_cash", "wealth", "corporate", "lobby")


def monday(on: date) -> date:
    """The Monday of a date's week."""
    return on - timedelta(days=on.weekday())


def publish_weeks(
    cast: Sequence[BranchPlan], built: Built, weeks: Sequence[date], *, now: datetime, turns: bool = False
) -> int:
    """Store and publish the habitual roster of every branch and week; returns how many. `turns`: late days go round."""
    count = 0
    for plan in cast:
        branch = built.units[plan.code]
        for week in weeks:
            problem, schedule = habit(plan, branch, built.people, week, turns=turns)
            store(branch, built.people[plan.of_role("supervisor")[0].staff_no], problem, schedule, week, now=now)
            count += 1
    return count


def help_next_week(cast: Sequence[BranchPlan], built: Built, on: date, *, published: datetime, now: datetime) -> bool:
    """Near the first branch, tellers fell ill after next week was published; the region worked out who could help.

    False where the region has too few branches. The plan is the solver's own, with little time to search."""
    from counterpoint.team import floating

    region = cast[0].region
    near = [plan for plan in cast[1:] if plan.region == region][-HELPED:]
    if len(near) < HELPED:
        return False
    week = monday(on) + timedelta(days=7)
    publish_weeks(near, built, (week,), now=published)
    for person in near[-1].of_role("teller")[:ILL]:
        _ill(built, near[-1], person, week, now=now)
    manager = next(staff_no for staff_no, _name, _role, where in ABOVE if where == region)
    floating.make_floating(
        scope=scope_of(built.people[manager], on), now=now, unit=built.units[region], week=week, seed=1,
        report=lambda share, stage: None, effort=QUICK,
    )  # fmt: skip
    return True


def _ill(built: Built, plan: BranchPlan, person: PersonPlan, week: date, *, now: datetime) -> None:
    """Sick leave for the week, asked for by the person and approved by the head."""
    branch, head = built.units[plan.code], built.people[plan.of_role("branch_head")[0].staff_no]
    leave = team.leave_request(
        scope=scope_of(built.people[person.staff_no], now.date()), now=now, branch=branch, kind="sick", since=week,
        until=week + timedelta(days=4),
    )  # fmt: skip
    team.leave_decide(scope=scope_of(head, now.date()), now=now, leave_id=leave.pk, approve=True)


def wish(plan: BranchPlan, built: Built, *, now: datetime) -> None:
    """Every third teller has standing wishes, as some people have: a weekday off, no late day, a free Saturday."""
    branch = built.units[plan.code]
    for place, person in enumerate(plan.of_role("teller")):
        if place % 3 == 0:
            user = built.people[person.staff_no]
            team.preferences_set(
                scope=scope_of(user, now.date()), now=now, branch=branch, wishes=WISHES[place // 3 % 3]
            )


def store(
    branch: OrgUnit,
    supervisor: User,
    problem: books.RosterProblem,
    schedule: books.Roster,
    week: date,
    *,
    now: datetime,
) -> None:
    """Through the team's own verbs, as the supervisor of the branch."""
    scope = scope_of(supervisor, week)
    row = team.roster_store(
        scope=scope, now=now, branch=branch, week=week, problem=problem.to_dict(),
        solution={"roster": schedule.to_dict(), "status": "habit"},
    )  # fmt: skip
    team.roster_publish(scope=scope, now=now, roster_id=row.pk, revision=row.revision)


def ask_for_tomorrow(plan: BranchPlan, built: Built, on: date, *, now: datetime) -> bool:
    """Ask the workers for a forecast from tomorrow and for next week's draft; False while no planner is installed."""
    if find_spec("counterpoint.team.planner") is None:
        return False
    branch, supervisor = built.units[plan.code], built.people[plan.of_role("supervisor")[0].staff_no]
    scope = scope_of(supervisor, on)
    with scoped(scope):
        team.forecast_make(scope=scope, now=now, branch=branch, since=on)
        team.roster_draft(scope=scope, now=now, branch=branch, week=monday(on) + timedelta(days=7))
    return True


def ask_for_the_others(cast: Sequence[BranchPlan], built: Built, on: date, *, now: datetime) -> None:
    """Ask for the other branches' forecasts too, as every night does; headquarters then sees all of them added up. The
    near ones also get next week's draft, so that the region can work out anew who could help whom."""
    if find_spec("counterpoint.team.planner") is None:
        return
    near = [plan for plan in cast if plan.region == cast[0].region][:NEAR]
    for plan in cast:
        scope = scope_of(built.people[plan.of_role("supervisor")[0].staff_no], on)
        with scoped(scope):
            team.forecast_make(scope=scope, now=now, branch=built.units[plan.code], since=on)
            if plan in near:
                week = monday(on) + timedelta(days=7)
                team.roster_draft(scope=scope, now=now, branch=built.units[plan.code], week=week)


def habit(
    plan: BranchPlan, branch: OrgUnit, people: Mapping[str, User], week: date, *, turns: bool = False
) -> tuple[books.RosterProblem, books.Roster]:
    """A branch week by rule: the problem it answers and the roster."""
    hours = calendar.Hours(plan.hours)
    dates = [week + timedelta(days=step) for step in range(7)]
    spans = [hours.on(on, provisional=True) for on in dates]
    days = tuple(
        books.Day(on.isoformat(), span[0][0], span[-1][1]) if span else books.Day(on.isoformat())
        for on, span in zip(dates, spans, strict=True)
    )
    start = min(day.open for day in days if day.open is not None) // STEP * STEP - LEAD
    end = -(-max(day.close for day in days if day.close is not None) // STEP) * STEP + LEAD
    with scoped(demo_scope()):
        staff = workbench.people_of(branch, dates)
    problem = books.RosterProblem(
        days=days, start=start, end=end, step=STEP, people=staff, demand=_demand(plan, dates, days, start, end),
        shifts=books.ShiftRules(flexible=(books.Flexible(start, end - 240, 240, 540, STEP),), lead=LEAD, tail=LEAD),
        lunch=books.LunchRules(lengths=(LUNCH,)), rules=parameters.rules_of(branch.rule_pack, week),
    )  # fmt: skip
    return problem, books.Roster(tuple(_shifts(plan, people, days, week, turns)))


def _demand(
    plan: BranchPlan, dates: Sequence[date], days: Sequence[books.Day], start: int, end: int
) -> dict[str, tuple[int, ...]]:
    """People a post and half hour: expected minutes of work over what a person can carry, at most the counters."""
    width = (end - start) // STEP
    need = {skill: np.zeros((len(dates), width), dtype=int) for skill in POSTS}
    for row, (on, day) in enumerate(zip(dates, days, strict=True)):
        if day.open is None:
            continue
        model = world.model_of(plan, on)
        rates = world.rates_of(plan, model, on, seed=0)
        services = service_types(on)
        at = (int(model.open_minute) - start) // STEP
        for skill in POSTS[:-1]:
            mine = np.array([services[c].skill == skill for c in model.service_codes])
            minutes = np.array(
                [services[c].counter_minutes * (1 - services[c].divertible / 2) for c in model.service_codes]
            )
            load = (rates * (minutes * mine)[:, None]).sum(axis=0) / STEP / LOAD
            need[skill][row, at : at + len(load)] = np.clip(np.ceil(load), 1, plan.counters.count(skill))
        need["lobby"][row, at : at + rates.shape[1]] = 1
    return {skill: tuple(int(n) for n in table.ravel()) for skill, table in need.items()}


def _shifts(
    plan: BranchPlan, people: Mapping[str, User], days: Sequence[books.Day], week: date, turns: bool
) -> list[books.Shift]:
    found = []
    for post, group in _groups(plan).items():
        for place, person in enumerate(group):
            turn = place + week.isocalendar().week * (1 + place % 3) if turns else place
            for number in _working(place, len(group), days, week, person.contract_minutes):
                found.append(_shift(str(people[person.staff_no].pk), number, days[number], post, turn))
    return sorted(found, key=lambda shift: (shift.day, shift.person))


def _groups(plan: BranchPlan) -> dict[str, list[PersonPlan]]:
    """People by the post they hold: tellers split as the counters are, the supervisor helps in the lobby."""
    tellers = list(plan.of_role("teller"))
    cash, other = plan.counters.count("cash"), plan.counters.count("non_cash")
    share = round(len(tellers) * cash / (cash + other))
    return {
        "cash": tellers[:share],
        "non_cash": tellers[share:],
        "wealth": list(plan.of_role("wealth_manager")),
        "corporate": list(plan.of_role("corporate_manager")),
        "lobby": [*plan.of_role("lobby_manager"), *plan.of_role("supervisor")],
    }


def _working(place: int, size: int, days: Sequence[books.Day], week: date, contract: int) -> list[int]:
    """Days of work: five, with one weekend day in turn and a day off for it."""
    turn = (place + week.isocalendar().week) % max(1, min(3, size))
    working = [number for number in range(5) if days[number].open is not None]
    for residue, weekend in ((0, 5), (1, 6)):
        if turn == residue and days[weekend].open is not None:
            working = [number for number in working if number != DAYS_OFF[place % len(DAYS_OFF)]]
            working.append(weekend)
    while len(working) * 480 > contract:
        working.remove(working[-1] if working[-1] < 5 else working[0])
    return working


def _shift(person: str, number: int, day: books.Day, post: str, place: int) -> books.Shift:
    """Early people come before opening and leave at closing, late ones come at opening and stay after it."""
    assert day.open is not None and day.close is not None
    opens, closes = day.open // STEP * STEP, -(-day.close // STEP) * STEP
    late = place % 2 == 1
    start, end = (opens, closes + LEAD) if late else (opens - LEAD, closes)
    lunch = books.Break(LUNCHES[place % len(LUNCHES)], LUNCHES[place % len(LUNCHES)] + LUNCH)
    begin = max(start, opens)
    tasks = (books.Task(begin, lunch.start, post), books.Task(lunch.end, min(end, closes), post))
    return books.Shift(person, number, start, end, lunch, tasks)
