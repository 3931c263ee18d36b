"""Predicted waits: a roster, or any other pattern of posts, played in the twin against the forecast. Simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from counterpoint.science import twin
from counterpoint.science.rostering import Roster
from counterpoint.team.planning.values import INTERVAL, Array, Outlook, WaitCell, WaitDay, Waits
from counterpoint.team.rules import day_spread

PATHS = 50


@dataclass(frozen=True)
class Post:
    """Somebody on a post: from start to end (minutes), able to do these services, at this speed."""

    person: str
    start: float
    end: float
    services: tuple[str, ...]
    speed: float = 1.0


def branch_model(outlook: Outlook, counters: int, opens: float, closes: float) -> twin.BranchModel:
    """The branch of the log: its services, its patience, and as many counters as people stand there at once."""
    patience = outlook.patience
    measured = patience.source == "log"
    services = tuple(twin.Service(s.code, twin.Duration(s.minutes, s.cv), s.name) for s in outlook.services)
    codes = tuple(s.code for s in services)
    return twin.BranchModel(
        services=services,
        counters=tuple(twin.Counter(f"K{n + 1}", codes) for n in range(max(1, counters))),
        tiers=(twin.Tier("normal", promise=outlook.promise.minutes),),
        patience=twin.Duration(patience.mean, patience.cv, patience.shape),
        balking=None if measured else twin.Balking(),
        open_minute=opens,
        close_minute=closes,
    )


def seated(posts: Iterable[Post]) -> tuple[tuple[twin.Person, ...], int]:
    """Every stretch on a post gets the lowest free counter; returns twin people and how many counters that takes."""
    free_at: list[float] = []
    people = []
    for number, post in enumerate(sorted(posts, key=lambda p: (p.start, p.end, p.person))):
        seat = next((n for n, until in enumerate(free_at) if until <= post.start), None)
        if seat is None:
            free_at.append(0.0)
            seat = len(free_at) - 1
        free_at[seat] = post.end
        people.append(
            twin.Person(
                f"{post.person}#{number}", post.services, ((post.start, post.end),), (), f"K{seat + 1}", post.speed
            )
        )
    return tuple(people), len(free_at)


def posts_of(outlook: Outlook, roster: Roster, day: int, speeds: Mapping[str, float]) -> list[Post]:
    """The roster's stretches of a day on posts that serve customers of the log."""
    services: dict[str, tuple[str, ...]] = {}
    for spec in outlook.services:
        services[spec.skill] = (*services.get(spec.skill, ()), spec.code)
    return [
        Post(shift.person, task.start, task.end, services[task.skill], speeds.get(shift.person, 1.0))
        for shift in roster.shifts
        if shift.day == day
        for task in shift.tasks
        if task.skill in services and task.start < task.end
    ]


def flat_posts(outlook: Outlook, hours: Mapping[str, float]) -> list[list[Post]]:
    """The same person-hours per skill spread evenly over the opening hours of the week: the pattern without thought."""
    services: dict[str, tuple[str, ...]] = {}
    for spec in outlook.services:
        services[spec.skill] = (*services.get(spec.skill, ()), spec.code)
    spans = [(d.open[0][0], d.open[-1][1]) if d.is_open else None for d in outlook.days]
    open_hours = sum((b - a) / 60 for a, b in filter(None, spans))
    week: list[list[Post]] = []
    for span in spans:
        posts: list[Post] = []
        for skill, amount in hours.items():
            if span is None or skill not in services:
                continue
            people, rest = divmod(amount / max(open_hours, 1e-9), 1)
            posts += [Post(f"{skill}{n}", *span, services[skill]) for n in range(int(people))]
            if rest > 0.02:
                middle, half = sum(span) / 2, rest * (span[1] - span[0]) / 2
                posts.append(Post(f"{skill}+", middle - half, middle + half, services[skill]))
        week.append(posts)
    return week


def rate_paths(outlook: Outlook, day: int, seed: int) -> Array:
    """Expected arrivals per service and interval, times a day factor: paths × services × intervals.

    The factor's spread is what P10 to P90 of the whole day say beyond pure chance.
    """
    rates = outlook.mean[:, day]
    mean = float(rates.sum())
    if mean <= 0:
        return rates[None]
    sigma = day_spread(mean, float(outlook.day_p10[day]), float(outlook.day_p90[day]))
    factor = np.exp(np.random.default_rng([seed, day]).standard_normal(PATHS) * sigma - sigma**2 / 2)
    return np.asarray(rates[None] * factor[:, None, None], dtype=float)


def play_day(outlook: Outlook, day: int, posts: list[Post], *, seed: int, replications: int = 200) -> WaitDay:
    """Simulate one day with these posts; all zeros when closed or nobody is expected."""
    info = outlook.days[day]
    date = info.date.isoformat()
    expected = float(outlook.mean[:, day].sum())
    if not info.is_open or expected <= 0:
        return WaitDay(date, (), 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    if not posts:
        return WaitDay(date, (), expected, float("inf"), float("inf"), 0.0, 1.0, 0.0, float("inf"), float("inf"))
    return wait_day(date, simulated(outlook, day, posts, seed=seed, replications=replications))


def simulated(outlook: Outlook, day: int, posts: list[Post], *, seed: int, replications: int) -> twin.Result:
    """The days of :func:`play_day` one by one. The same seed and day bring every set of posts the same customers, and
    fewer replications are the first ones of more."""
    info = outlook.days[day]
    people, counters = seated(posts)
    opens, closes = float(info.open[0][0]), float(info.open[-1][1])
    return twin.simulate(
        branch_model(outlook, counters, opens, closes), twin.Staffing(people), rate_paths(outlook, day, seed),
        replications, seed=seed + 7919 * day, interval_minutes=INTERVAL, start_minute=float(outlook.start),
    )  # fmt: skip


def wait_day(date: str, result: twin.Result) -> WaitDay:
    """The figures of a simulated day."""
    frame = result.waits(("interval",), INTERVAL)
    cells = [
        WaitCell(int(minute), float(r.customers), float(r.mean), float(r.median), float(r.p90), float(r.within_promise))
        for minute, r in zip(frame.index, frame.itertuples(), strict=True)
    ]
    summary = result.summary()
    figures = summary["mean"]
    return WaitDay(
        date,
        tuple(cells),
        float(figures["arrivals"]),
        _number(figures["wait_mean"]),
        _number(figures["wait_p90"]),
        _number(figures["promise_share"]),
        _number(figures["walkout_share"]),
        _number(figures["utilisation"]),
        _number(summary.loc["wait_p90", "p10"]),
        _number(summary.loc["wait_p90", "p90"]),
    )


def _number(value: float) -> float:
    return 0.0 if np.isnan(value) else float(value)


def predict(
    outlook: Outlook,
    roster: Roster,
    *,
    seed: int,
    speeds: Mapping[str, float] | None = None,
    replications: int = 200,
    only: int | None = None,
) -> Waits:
    """Waits of a roster, day by day (or of one day of it)."""
    days = range(len(outlook.days)) if only is None else (only,)
    return Waits(
        tuple(
            play_day(
                outlook, day, posts_of(outlook, roster, day, speeds or {}), seed=seed,
                replications=replications,
            )
            for day in days
        )
    )  # fmt: skip


def post_hours(outlook: Outlook, roster: Roster) -> dict[str, float]:
    """Person-hours on posts of the log's skills."""
    hours = dict.fromkeys(outlook.skills, 0.0)
    for shift in roster.shifts:
        for task in shift.tasks:
            if task.skill in hours:
                hours[task.skill] += (task.end - task.start) / 60
    return hours


def flat_baseline(outlook: Outlook, roster: Roster, *, seed: int, replications: int = 200) -> Waits:
    """Waits of the flat pattern with the roster's own person-hours: same people, no forecast."""
    week = flat_posts(outlook, post_hours(outlook, roster))
    return Waits(
        tuple(play_day(outlook, day, posts, seed=seed, replications=replications) for day, posts in enumerate(week))
    )
