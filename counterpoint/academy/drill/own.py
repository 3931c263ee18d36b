"""The own branch's day to come as a game: its windows, machines, rules and expected customers, its people by number.

Who works there is told as `T1`, `L1` …: in a drill nobody plays with the names of colleagues.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from counterpoint.academy.science import playing, twin
from counterpoint.foundation.api import DomainError, OrgUnit, system_scope
from counterpoint.onsite import api as onsite

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN = "own"  # the scenario of the own branch's day to come
LOBBY = "lobby"
LETTERS = {LOBBY: "L", "wealth": "W", "corporate": "C", "cash": "T", "non_cash": "T"}
BACK_OFFICE = "B"
FARTHEST = 14  # days ahead that are looked through for one that can be played
SETTLED = 3.0  # minutes before a planned change of place that people set out


def own_day(branch: OrgUnit, on: date | None, seed: int, now: datetime, arrivals: int = 0) -> playing.Game:
    """The branch's day `on` (None: the next that can be played), `arrivals` per cent busier, drawn by `seed`.

    Only aggregates and numbers leave the hall's own tables, so that a teller may play it too. Raises
    `WrongDay`, `NothingKnown`, `Impossible`.
    """
    ground = own_ground(branch, on, now)
    return game_of_ground(branch, ground, onsite.Scenario(arrivals=arrivals), seed)


def own_ground(branch: OrgUnit, on: date | None, now: datetime) -> onsite.Ground:
    """What is known of the day, read for the branch itself, whoever asks."""
    scope = system_scope((), roots=(branch.path,), label="drill")
    today = branch.date_at(now)
    days = [on] if on is not None else [today + timedelta(days=n) for n in range(FARTHEST)]
    refused: DomainError | None = None
    for day in days:
        try:
            return onsite.day_ground(scope=scope, branch=branch, on=day, now=now)
        except (onsite.WrongDay, onsite.NothingKnown) as why:
            refused = refused or why
    assert refused is not None
    raise refused


def game_of_ground(
    branch: OrgUnit, ground: onsite.Ground, scenario: onsite.Scenario, seed: int,
    injects: Iterable[playing.Inject] = (),
) -> playing.Game:  # fmt: skip
    """The day under a scenario as a game, orders taking the minutes that they take in a hall."""
    inputs = onsite.day_inputs(ground, scenario)
    staffing, moves = crew(ground, inputs)
    posts = {person.post for person in staffing.people} | {move.to for move in moves}
    counters = tuple(replace(c, open=c.code in posts) for c in inputs.model.counters)
    model = replace(inputs.model, counters=counters, delays=twin.planned_delays())
    weights = onsite.loss_of(onsite.catalogue(ground.on, branch.rule_pack))
    return playing.Game.of_plan(
        model, staffing, inputs.rates, seed=seed, given=sorted((*inputs.commands, *moves), key=lambda c: c.minute),
        injects=tuple(injects), loss=weights, start=inputs.start,
    )  # fmt: skip


def crew(ground: onsite.Ground, inputs: onsite.Inputs) -> tuple[twin.Staffing, list[twin.MovePerson]]:
    """One person a worker: the first post of the plan, planned changes of post as moves, lunch as a break. Whoever has
    no post is on call."""
    stretches: dict[str, list[twin.Person]] = defaultdict(list)
    for part in inputs.staffing.people:
        stretches[part.code.rpartition("#")[0]].append(part)
    codes, people, moves = names_of(ground), [], []
    for worker in ground.workers:
        person, changes = _person(worker, codes[worker.key], stretches[worker.key], ground)
        people.append(person)
        moves += changes
    return twin.Staffing(tuple(people)), moves


def names_of(ground: onsite.Ground) -> dict[str, str]:
    """Worker → code: a letter for what they mainly do and a number."""
    found: dict[str, str] = {}
    counted: dict[str, int] = defaultdict(int)
    for worker in ground.workers:
        letter = LETTERS.get(worker.main, BACK_OFFICE)
        counted[letter] += 1
        found[worker.key] = f"{letter}{counted[letter]}"
    return found


def _person(
    worker: onsite.Worker, code: str, parts: list[twin.Person], ground: onsite.Ground
) -> tuple[twin.Person, list[twin.MovePerson]]:
    """The worker's whole day, and where the plan sends them later."""
    parts = sorted(parts, key=lambda part: part.shifts[0])
    spans = [part.shifts[0] for part in parts]
    start = min([float(worker.start), *(a for a, _b in spans)])
    end = max([float(worker.end), *(b for _a, b in spans)])
    able = {key for part in parts for key in part.skills}
    able |= {s.key for s in ground.services if s.skill in worker.skills}
    breaks: tuple[tuple[float, float], ...] = ()
    if worker.lunch and start <= worker.lunch[0] and worker.lunch[1] <= end:
        breaks = ((float(worker.lunch[0]), float(worker.lunch[1] - worker.lunch[0])),)
    post = parts[0].post if parts and spans[0][0] <= max(start, float(ground.opens)) else None
    moves, here = [], post
    for part, (begin, _end) in zip(parts, spans, strict=True):
        if part.post != here:
            moves.append(twin.MovePerson(max(0.0, begin - SETTLED), code, part.post))
            here = part.post
    return twin.Person(code, tuple(sorted(able)), ((start, end),), breaks, post, worker.speed), moves
