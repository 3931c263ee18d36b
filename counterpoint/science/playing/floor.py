"""A floor below every policy's loss, by a linear programme, with its proof.

What is relaxed. Only people who must have a window count: whom a machine could take is free, and so is whoever comes
after closing. Everybody works at the speed of the fastest person for the service, without breaks, walking, set-up,
forms or help; nobody needs time to change windows. Staff minutes, moves and points are 0 or more and dropped.

The programme is the time-indexed relaxation of scheduling with release dates (Dyer and Wolsey 1990; van den Akker,
Hurkens and Savelsbergh 2000). ``z[j, t]`` is 1 when customer j is called within slot [t, t + step); otherwise j leaves
unserved, which costs ``walkout``. Called there, j has waited at least ``max(0, t - r)`` minutes, where r is the
arrival and, for whom a lobby manager may greet, the minutes of greeting, which are no wait: so ``z`` costs that and,
where it is beyond the tier's promise, ``breach``. Costs of ``walkout`` or more need no variable: leaving is as cheap
and needs nobody.

Capacity. Take any set S of services and any moment m. The turns under way at m whose service is in S are pairs of
a person on duty and a counter, no person and no counter twice, that both can do a service of S: at most the size of a
largest matching. A turn begun within [t, t + step) that needs p minutes or more is surely under way at m when
t + step <= m < t + p. Hence the sum of such ``z`` is at most that size, for each S and m. On duty is who is within a
shift, or so long after it as the longest work lasts (only the first p minutes of a turn are looked at), or, where
people stay after closing and a turn may reach beyond it, whoever has begun a shift.

Every day that a policy makes satisfies this with the ``z`` it happened to have and costs at least as much: the optimum
of the relaxation is below every policy's loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import maximum_bipartite_matching

from counterpoint.science import twin
from counterpoint.science.playing.game import Game
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray, IntArray
from counterpoint.science.twin.model import require

FORM_PART = 0.25  # a form is given out when a quarter of the work is done: only that much is surely one turn
ROOM = 1e-6  # taken off the solver's optimum, which is exact to about 1e-7 only


@dataclass(frozen=True)
class Jobs:
    """Who must have a window: service number, arrival, minute from which waiting counts, least minutes, promise."""

    service: IntArray
    arrival: FloatArray
    release: FloatArray
    work: FloatArray
    promise: FloatArray


def bound(game: Game, step: float = 0.5) -> float:
    """Minutes of loss that no policy at all gets below; 0 or more. ``step`` is the slot in minutes: less is sharper.

    Raises ModelError on a step of 0 or less.
    """
    require(step > 0, f"A slot must be longer than 0 minutes, not {step}.")
    jobs = jobs_of(game)
    if not len(jobs.service):
        return 0.0
    owner, slot, cost = _variables(game, jobs, step)
    if not len(owner):
        return 0.0
    n, weight = len(jobs.service), game.loss.walkout
    served = sparse.csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=(n, len(owner)))
    rows, room = _capacity(game, jobs, owner, slot, step)
    found = linprog(
        cost - weight, A_ub=sparse.vstack([served, rows]).tocsr(), b_ub=np.concatenate([np.ones(n), room]),
        bounds=(0, 1), method="highs",
    )  # fmt: skip
    require(found.status == 0, f"The floor could not be solved: {found.message}")
    return max(0.0, float(found.fun) + weight * n - ROOM)


def jobs_of(game: Game) -> Jobs:
    """The people of a game whom no machine may take, with the least that serving them needs."""
    model, draws, who = game.model, game.people.draws, game.people.who
    most = _largest_share(game)
    tiers, services = np.array([t.divertible for t in model.tiers]), model.services
    kinds = np.array([s.device in model.device_kinds for s in services])
    uniform = draws[:, lay.D_U_DIVERT]
    drawn = ~np.isnan(draws[:, [lay.D_WORK, lay.D_TRIAGE, lay.D_U_TRIAGE, lay.D_U_DIVERT]]).any(axis=1)
    free = kinds[who[:, 0]] & tiers[who[:, 1]] & ((uniform < most[who[:, 0]]) | (most[who[:, 0]] >= 1.0))
    must = drawn & ~free & (draws[:, lay.D_ARRIVAL] < model.close_minute)
    draws, who = draws[must], who[must]
    greeted = draws[:, lay.D_U_TRIAGE] < (model.triage.share if model.triage else 0.0)
    part = np.array([FORM_PART if s.form_share else 1.0 for s in services])
    return Jobs(
        who[:, 0], draws[:, lay.D_ARRIVAL], draws[:, lay.D_ARRIVAL] + np.where(greeted, draws[:, lay.D_TRIAGE], 0.0),
        draws[:, lay.D_WORK] * part[who[:, 0]] / _speeds(game)[who[:, 0]],
        np.array([t.promise for t in model.tiers])[who[:, 1]],
    )  # fmt: skip


def _largest_share(game: Game) -> FloatArray:
    """The largest share of each service that could ever be guided to machines: by order, by the model, by the story."""
    model = game.model
    most = np.array([max(s.divertible, s.divertible * model.uptake) for s in model.services])
    told = [*game.given, *(c for i in game.injects for c in i.commands)]
    told += [c for i in game.injects for choice in i.choices for c in choice.commands]
    for command in told:
        if isinstance(command, twin.SetDiversion):
            number = model.index("service", command.service)
            most[number] = max(most[number], command.share)
    return most


def _speeds(game: Game) -> FloatArray:
    """How fast each service can be done by anybody, a pace of a full hall included; tiny where nobody can."""
    pace = max(game.model.pace, default=1.0)
    return np.array(
        [
            max((p.speed for p in game.staffing.people if code in p.skills), default=1.0) * pace
            for code in game.model.service_codes
        ]
    )


def _variables(game: Game, jobs: Jobs, step: float) -> tuple[IntArray, IntArray, FloatArray]:
    """Owner, slot and cost of each ``z`` that may be cheaper than leaving. Slot k begins at minute k * step."""
    owners, slots, costs = [], [], []
    limit = game.model.close_minute + game.model.overrun_minutes
    for j in range(len(jobs.service)):
        first = int(np.floor(jobs.arrival[j] / step))
        last = int(np.ceil(min(limit, jobs.release[j] + game.loss.walkout) / step))
        slot = np.arange(first, last + 1)
        wait = np.maximum(0.0, slot * step - jobs.release[j])
        cost = wait + np.where(wait > jobs.promise[j], game.loss.breach, 0.0)
        cheap = cost < game.loss.walkout
        owners.append(np.full(int(cheap.sum()), j))
        slots.append(slot[cheap])
        costs.append(cost[cheap])
    return np.concatenate(owners), np.concatenate(slots), np.concatenate(costs)


def _capacity(
    game: Game, jobs: Jobs, owner: IntArray, slot: IntArray, step: float
) -> tuple[sparse.csr_matrix, FloatArray]:
    """Rows 'surely under way at moment k * step among services of S' and how many can be, where that could bind."""
    covered = np.maximum(0, np.ceil(jobs.work[owner] / step).astype(np.int64) - 1)  # m = slot + 1 … slot + covered
    column = np.repeat(np.arange(len(owner)), covered)
    moment = np.repeat(slot, covered) + 1 + _counted(covered)
    low = int(slot.min())
    length = int(moment.max(initial=low)) - low + 1
    busy = sparse.csr_matrix((np.ones(len(column)), (moment - low, column)), shape=(length, len(owner)))
    minutes: FloatArray = (low + np.arange(length, dtype=np.float64)) * np.float64(step)
    parts: list[sparse.csr_matrix] = []
    rooms: list[FloatArray] = []
    for services, able in _families(game, jobs, minutes):
        among = np.isin(jobs.service[owner], services)
        mine = busy.multiply(among[None, :]).tocsr()
        people = sparse.csr_matrix((np.ones(len(owner)), (np.arange(len(owner)), owner)))
        wanted = ((mine @ people) > 0).sum(axis=1).A1
        tight = wanted > able
        parts.append(mine[tight])
        rooms.append(able[tight].astype(np.float64))
    return sparse.vstack(parts).tocsr(), np.concatenate(rooms)


def _counted(lengths: IntArray) -> IntArray:
    """0, 1, … for each length, one after the other."""
    return np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _families(game: Game, jobs: Jobs, minutes: FloatArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Sets of services (numbers), and how many turns among them there can be at each minute.

    Single services, what a counter does, what a person does, unions of two and all; of sets with the same numbers only
    the widest, which says most.
    """
    model = game.model
    there = set(jobs.service.tolist())
    base = {frozenset({s}) for s in there}
    base |= {frozenset(model.index("service", code) for code in c.services) & there for c in model.counters}
    base |= {frozenset(model.index("service", code) for code in p.skills) & there for p in game.staffing.people}
    sets = {a | b for a in base for b in base} | {frozenset(there)}
    numbers: dict[bytes, list[frozenset[int]]] = {}
    profiles: dict[bytes, IntArray] = {}
    duty = on_duty(game, jobs, minutes)
    for one in sorted((s for s in sets if s), key=lambda s: (-len(s), sorted(s))):
        able = _matching(game, one, duty)
        key = able.tobytes()
        profiles[key] = able
        kept = numbers.setdefault(key, [])
        if not any(one <= other for other in kept):
            kept.append(one)
    for key, kept in numbers.items():
        for one in kept:
            yield np.array(sorted(one)), profiles[key]


def on_duty(game: Game, jobs: Jobs, minutes: FloatArray) -> np.ndarray:
    """Minutes x people: who may have a turn under way."""
    longest = float(jobs.work.max(initial=0.0))
    found = np.zeros((len(minutes), len(game.staffing.people)), dtype=bool)
    for i, person in enumerate(game.staffing.people):
        for start, end in person.shifts:
            stays = game.model.stay_after_close and _reach(game, end) >= game.model.close_minute
            found[:, i] |= (minutes >= start) & ((minutes < end + longest) | stays)
    return found


def _reach(game: Game, end: float) -> float:
    """Until when a turn begun at a shift's end can last: of plain, drawn work the longest by the slowest, else ever."""
    told = [c for i in game.injects for c in (*i.commands, *(one for choice in i.choices for one in choice.commands))]
    undrawn = any(isinstance(c, twin.AddCustomers) for c in told) or np.isnan(game.people.draws[:, lay.D_WORK]).any()
    if undrawn or not game.model.plain:
        return float("inf")
    slowest = min(person.speed for person in game.staffing.people)
    return end + float(game.people.draws[:, lay.D_WORK].max(initial=0.0)) / slowest


def _matching(game: Game, services: frozenset[int], duty: np.ndarray) -> IntArray:
    """For each row of ``duty``: how many people can have a turn of these services at once, no counter twice."""
    codes = {game.model.service_codes[s] for s in services}
    edges = np.array(
        [[bool(codes & set(p.skills) & set(c.services)) for c in game.model.counters] for p in game.staffing.people]
    )
    kinds, which = np.unique(duty, axis=0, return_inverse=True)
    sizes = []
    for row in kinds:
        graph = sparse.csr_matrix(edges & row[:, None])
        sizes.append(int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum()))
    return np.array(sizes, dtype=np.int64)[which.ravel()]
