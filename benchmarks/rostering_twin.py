"""Our roster of every week against the roster of the week before, kept: the same simulated days under both.

Run: ``python -m benchmarks.rostering_twin [--weeks 12] [--branches 3] [--work 8]``. Synthetic branches with known
demand: Mondays, paydays and month ends weigh, every day and half hour is noisy, and who is on leave changes by the
week. Week by week the product's own steps: forecast from the days before, people needed, roster. Against it stands the
roster that the week before really had, kept in two ways: ``copied`` (whoever is on leave now is missing; whoever was
on leave then stays away too) and ``usual`` (who is back takes the fullest week before). ``equal`` is ours with nobody
working more minutes in the week than under ``usual``, so that only when people come differs. All are played in the twin
against the customers that really came, the same people with the same errands, patience and service times; whoever is at
work serves whatever they are able to. A breach is a customer who waited longer than promised or left. The intervals
resample whole weeks.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from counterpoint.science import demand, twin
from counterpoint.science.demand.datasets import SyntheticBranch, synthetic_branch
from counterpoint.science.rostering import Person, Roster, RosterProblem, Shift, Window
from counterpoint.science.rostering.rules import china
from counterpoint.team.planning import crew, outlook, pipeline, waits
from counterpoint.team.planning.values import INTERVAL, Outlook, Patience, Promise, ServiceSpec

START, HISTORY_WEEKS = date(2026, 1, 5), 26
MINUTES = {"cash": 4.0, "pension": 8.0, "transfer": 6.0, "account": 16.0, "corporate": 10.0, "wealth": 30.0}
SKILL = {"cash": "cash", "pension": "cash", "transfer": "noncash", "account": "noncash", "corporate": "noncash",
         "wealth": "advice"}  # fmt: skip
FULL, LEAST = 2400, 2280  # contract minutes of a week: nearly equal hours under every roster
AWAY_WEEK, AWAY_DAY = 0.1, 0.03
PER_PERSON = 38.0  # needed hours on posts that one person is hired for
KEYS = ("breaches", "wait_p90", "wait_mean", "hours", "customers")


def expected(branch: SyntheticBranch, week: int, seed: int) -> Outlook:
    """What is expected of week ``week`` (from 0) from the days before it, and the people it needs."""
    days = branch.days[: 7 * (week + 1)]
    known = branch.counts["date"] < days[-7].date
    asked = demand.DemandProblem(branch.counts[known], days, tuple(d.date for d in days[-7:]), INTERVAL)
    found = demand.forecast(asked, seed=seed)
    specs = tuple(ServiceSpec(code, code, SKILL[code], MINUTES[code], 0.6, "default", 0, 0) for code in found.services)
    patience, promise = Patience(25.0, 0.6, "lognormal", "default"), Promise()
    cut = slice(540 // INTERVAL, 1020 // INTERVAL)
    mean = found.mean[:, :, cut]
    need, why = outlook.need_of(mean, specs, found.days, 540, patience, promise)
    high, _ = outlook.need_of(_high(found, specs, cut), specs, found.days, 540, patience, promise)
    low, middle, top = (level[:, :, cut] for level in found.quantile)
    return Outlook(
        days=found.days, services=specs, patience=patience, promise=promise, start=540, mean=mean, p10=low, p50=middle,
        p90=top, total_mean=found.total_mean[:, cut], total_p10=found.total_quantile[0][:, cut],
        total_p50=found.total_quantile[1][:, cut], total_p90=found.total_quantile[2][:, cut],
        day_mean=found.day_mean[-1], day_p10=found.day_quantile[0, -1], day_p50=found.day_quantile[1, -1],
        day_p90=found.day_quantile[2, -1], need=need, why=why,
        need_p90={skill: np.maximum(high[skill], need[skill]) for skill in need}, notes=(), scores={}, history={},
    )  # fmt: skip


def _high(found: demand.DemandForecast, specs: tuple[ServiceSpec, ...], cut: slice) -> np.ndarray:
    """P90 of arrivals per skill from joint paths, divided among its services as their means are."""
    paths, mean = found.sample(300, seed=1)[:, :, :, cut], found.mean[:, :, cut]
    out = np.zeros(mean.shape)
    for skill in dict.fromkeys(spec.skill for spec in specs):
        rows = [n for n, spec in enumerate(specs) if spec.skill == skill]
        high = np.quantile(paths[:, rows].sum(axis=1), 0.9, axis=0)
        out[rows] = mean[rows] * (high / np.maximum(mean[rows].sum(axis=0), 1e-9))[None]
    return out


def with_leave(people: tuple[Person, ...], random: np.random.Generator) -> tuple[Person, ...]:
    """The staff of one week: some away all of it, some on single days. Paid leave counts as worked."""
    found = []
    for person in people:
        away = range(7) if random.random() < AWAY_WEEK else np.flatnonzero(random.random(7) < AWAY_DAY).tolist()
        leave = tuple(Window(d, 0, 1440, "leave", credit=480 if n < 5 else 0) for n, d in enumerate(away))
        found.append(replace(person, unavailable=leave, min_week=LEAST, max_week=FULL))
    return tuple(found)


def kept(before: list[Roster], people: tuple[Person, ...], usual: bool) -> Roster:
    """The roster of the week before without those on leave now; ``usual``: who was away all of it does the fullest week
    of those before."""
    shifts = list(before[-1].shifts)
    if usual:
        there = {shift.person for shift in shifts}
        for person in people:
            weeks = [[s for s in roster.shifts if s.person == person.id] for roster in before]
            last = max((week for week in reversed(weeks) if week), key=len, default=[])
            shifts += last if person.id not in there else []
    away = {(person.id, window.day) for person in people for window in person.unavailable}
    return Roster(tuple(s for s in shifts if (s.person, s.day) not in away))


def as_many_hours(problem: RosterProblem, plan: Roster) -> RosterProblem:
    """The problem in which everybody works what ``plan`` has them work, or up to an hour less."""
    people = []
    for person in problem.people:
        minutes = sum(shift.minutes for shift in plan.shifts if shift.person == person.id)
        credit = sum(window.credit for window in person.unavailable)
        people.append(replace(person, max_week=minutes, min_week=max(0, minutes - 60) + credit))
    return replace(problem, people=tuple(people))


@dataclass(frozen=True)
class Played:
    """One day of one branch under one roster."""

    breaches: float
    wait_p90: float
    wait_mean: float
    hours: float
    customers: int


def play(view: Outlook, problem: RosterProblem, roster: Roster, day: int, came: pd.DataFrame, seed: int) -> Played:
    """One day under one roster: the customers that really came, with everything that chance decides about each."""
    info, skills = view.days[day], {p.id: {s.key for s in p.skills} for p in problem.people}
    opens, closes = float(info.open[0][0]), float(info.open[-1][1])
    posts = []
    for shift in (s for s in roster.shifts if s.day == day):
        services = tuple(s.code for s in view.services if s.skill in skills[shift.person])
        posts += [waits.Post(shift.person, a, b, services) for a, b in _stretches(shift)]
    people, counters = waits.seated(posts)
    model = waits.branch_model(view, counters, opens, closes)
    random = np.random.default_rng(seed)
    rows = came[came["date"] == info.date]
    arrivals = [
        (float(row.minute + INTERVAL * random.random()), str(row.service))
        for row in rows.itertuples()
        for _ in range(int(row.count_))
    ]
    customers = twin.draw_customers(model, arrivals=sorted(arrivals), seed=seed)
    kpis = twin.run_day(model, twin.Staffing(people), customers).summary()
    gone = kpis["abandoned"] + kpis["balked"]
    judged = kpis["arrivals"] - kpis["turned_away"]
    hours = sum(shift.minutes for shift in roster.shifts if shift.day == day) / 60
    late = (1 - kpis["promise_share"]) * judged if judged else 0.0
    return Played(late, kpis["wait_p90"] if judged - gone else 0.0, kpis["wait_mean"], hours, int(judged))


def _stretches(shift: Shift) -> list[tuple[float, float]]:
    if shift.lunch is None:
        return [(float(shift.start), float(shift.end))]
    return [(float(shift.start), float(shift.lunch.start)), (float(shift.lunch.end), float(shift.end))]


def branch_days(number: int, weeks: int, work: float) -> pd.DataFrame:
    """Every paired day of one branch: columns (roster, figure), and the week."""
    branch = synthetic_branch(seed=number, start=START, days=7 * (HISTORY_WEEKS + weeks), daily=220.0 + 60 * number)
    came = branch.counts.rename(columns={"count": "count_"})
    random = np.random.default_rng([number, 5])
    usual = [expected(branch, HISTORY_WEEKS - 1 - n, seed=1) for n in range(4)]
    needed = np.mean([sum(view.need_hours(skill) for skill in view.skills) for view in usual])
    staff, _ = crew.anonymous(usual[0], round(needed / PER_PERSON), "en")
    rosters: list[Roster] = []
    rows: list[dict[tuple[str, str], float]] = []
    for week in range(HISTORY_WEEKS - 1, HISTORY_WEEKS + weeks):
        view = expected(branch, week, seed=1)
        people = with_leave(staff, random)
        problem = crew.week_problem(view, people, rules=china())
        found, _ = pipeline.roster_of(problem, seed=1, work=work)
        if found.roster is None:
            raise SystemExit(f"branch {number}, week {week}: {found.summary()}")
        plans = {"ours": found.roster}
        if rosters:
            plans |= {"copied": kept(rosters, people, False), "usual": kept(rosters, people, True)}
            same, _ = pipeline.roster_of(as_many_hours(problem, plans["usual"]), seed=1, work=work)
            if same.roster is None:
                raise SystemExit(f"branch {number}, week {week}, equal hours: {same.summary()}")
            plans["equal"] = same.roster
            for day in range(7):
                row: dict[tuple[str, str], float] = {("", "week"): week + 1000 * number}
                for name, plan in plans.items():
                    result = play(view, problem, plan, day, came, 100_000 * number + 7 * week + day)
                    row |= {(name, key): float(getattr(result, key)) for key in KEYS}
                rows.append(row)
        rosters.append(found.roster)
    return pd.DataFrame(rows)


def ratio(frame: pd.DataFrame, mine: str, other: str, key: str, seed: int = 0) -> tuple[float, float, float]:
    """Mine over the other's total, and its 95 % interval by resampling weeks."""
    by_week = frame.groupby([("", "week")])[[(mine, key), (other, key)]].sum().to_numpy()
    random = np.random.default_rng(seed)
    drawn = by_week[random.integers(0, len(by_week), (4000, len(by_week)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    whole = by_week.sum(axis=0)
    return float(whole[0] / whole[1]), float(low), float(high)


def main() -> None:
    """Print every figure that docs/explanation/rostering.md cites."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--branches", type=int, default=3)
    parser.add_argument("--work", type=float, default=8.0)
    given = parser.parse_args()
    began = time.process_time()
    frame = pd.concat([branch_days(n, given.weeks, given.work) for n in range(given.branches)], ignore_index=True)
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    print(f"{len(frame)} paired days of {given.branches} branches, {time.process_time() - began:.0f} s of CPU")
    for name in ("ours", "equal", "copied", "usual"):
        mean = {key: frame[name, key].mean() for key in KEYS}
        print(f"{name:7}", "  ".join(f"{key} {value:.2f}" for key, value in mean.items()), "a day")
    for mine, other in (("ours", "copied"), ("ours", "usual"), ("equal", "usual")):
        for key in ("breaches", "wait_p90", "wait_mean", "hours"):
            value, low, high = ratio(frame, mine, other, key)
            less = float((frame[mine, key] < frame[other, key] - 1e-9).mean())
            more = float((frame[mine, key] > frame[other, key] + 1e-9).mean())
            print(
                f"{mine:5} / {other:7} {key:9} {value:.3f} [{low:.3f}, {high:.3f}]  "
                f"less on {less:.0%}, more on {more:.0%}"
            )


if __name__ == "__main__":
    main()
