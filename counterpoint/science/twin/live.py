"""Starting in the middle of a real day, and asking what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from counterpoint.science.twin.commands import Command, encode_commands, encode_surges
from counterpoint.science.twin.customers import (
    Rates,
    clean_seed,
    draw_customers,
    freeze,
    law_table,
    rate_paths,
    tier_table,
)
from counterpoint.science.twin.engine import grow
from counterpoint.science.twin.kernel import count_kernel, load_kernel, redraw_kernel
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray, IntArray
from counterpoint.science.twin.model import BranchModel, require
from counterpoint.science.twin.results import Result
from counterpoint.science.twin.seating import link_waiting, seat_people
from counterpoint.science.twin.simulation import BatchPlan, run_plan
from counterpoint.science.twin.staffing import Staffing
from counterpoint.science.twin.state import NO_COMMANDS, Coming, State, blank, blank_like

LIVE_STREAM = -1
Waiting = tuple[float, str] | tuple[float, str, str]
InService = tuple[str, str, float] | tuple[str, str, float, str]


def state_from_live(
    model: BranchModel,
    staffing: Staffing,
    *,
    now: float,
    seed: int,
    waiting: Sequence[Waiting] = (),
    in_service: Sequence[InService] = (),
    on_device: Sequence[InService] = (),
    rates: Rates | None = None,
    interval_minutes: float = 30.0,
    start_minute: float | None = None,
    posts: Mapping[str, str | None] | None = None,
    open_counters: Sequence[str] | None = None,
    devices_down: Sequence[str] = (),
) -> State:
    """The state of a real hall at minute ``now``.

    ``waiting``: (arrived, service[, tier]) a ticket; ``in_service``: (counter, service, started[, tier]); ``on_device``
    likewise with a device code. Customers are numbered in that order: ticket i of ``waiting`` is customer i. People
    are on duty and on break as ``staffing`` plans for ``now``, at their post or where ``posts`` says. Time left of a
    service and patience left of a ticket are drawn given what has passed; people still to come are drawn from
    ``rates``, which the state also remembers for :func:`eta` and :func:`futures`. Raises ModelError when a counter
    serves though nobody sits there, or codes are unknown.
    """
    model_now = _as_found(model, open_counters, devices_down)
    staffing = _as_posted(staffing, posts or {})
    require(now < model.close_minute + model.overrun_minutes, f"The branch is shut at minute {now:g}.")
    start = model.open_minute if start_minute is None else start_minute
    coming = draw_customers(
        model, rates, seed=seed, interval_minutes=interval_minutes, start_minute=start, after=now
    )  # fmt: skip
    inside = len(waiting) + len(in_service) + len(on_device)
    who, arrival = _who_is_inside(model, waiting, [*in_service, *on_device])
    draws = np.full((inside, lay.D_WIDTH), np.nan)
    draws[:, lay.D_ARRIVAL] = arrival
    draws[:, lay.D_PATIENCE] = 0.0
    people = freeze(np.concatenate([draws, coming.draws]), np.concatenate([who, coming.who]), clean_seed(seed))
    st, tm = blank(model_now, staffing, len(people))
    load_kernel(st, tm, people.who, people.seed, 0, len(people))
    order = inside + coming.arrival_order()
    st[st[lay.O_ORDER] : st[lay.O_ORDER] + len(order)] = order
    st[lay.N_ORDER] = len(order)
    tm[lay.NOW] = now
    remembered = Coming(rate_paths(model, rates), start, interval_minutes) if rates is not None else None
    state = State(model_now, staffing, people, st, tm, NO_COMMANDS, remembered)
    seat_people(state)
    link_waiting(state, range(len(waiting)))
    _place_served(state, in_service, on_device, len(waiting))
    redraw_kernel(st, tm, people.draws, law_table(model), tier_table(model), len(model.services), people.seed)
    return state


def _as_found(model: BranchModel, open_counters: Sequence[str] | None, devices_down: Sequence[str]) -> BranchModel:
    counters, devices = model.counters, model.devices
    if open_counters is not None:
        for code in open_counters:
            model.index("counter", code)
        counters = tuple(replace(c, open=c.code in open_counters) for c in counters)
    for code in devices_down:
        model.index("device", code)
    devices = tuple(replace(d, up=d.up and d.code not in devices_down) for d in devices)
    return replace(model, counters=counters, devices=devices)


def _as_posted(staffing: Staffing, posts: Mapping[str, str | None]) -> Staffing:
    for code in posts:
        staffing.index(code)
    return Staffing(tuple(replace(p, post=posts.get(p.code, p.post)) for p in staffing.people))


def _who_is_inside(
    model: BranchModel, waiting: Sequence[Waiting], served: Sequence[InService]
) -> tuple[IntArray, list[float]]:
    rows: list[tuple[int, int, int, int]] = []
    arrival: list[float] = []
    for ticket in waiting:
        tier = model.index("tier", ticket[2]) if len(ticket) == 3 else 0
        rows.append((model.index("service", ticket[1]), tier, LIVE_STREAM, len(rows)))
        arrival.append(float(ticket[0]))
    for visit in served:
        tier = model.index("tier", visit[3]) if len(visit) == 4 else 0
        rows.append((model.index("service", visit[1]), tier, LIVE_STREAM, len(rows)))
        arrival.append(float(visit[2]))
    return np.array(rows, dtype=np.int64).reshape(len(rows), 4), arrival


def _place_served(state: State, in_service: Sequence[InService], on_device: Sequence[InService], first: int) -> None:
    """Put the people being served at their counters and devices; the kernel draws how long it still takes."""
    st, tm, model = state.st, state.tm, state.model
    rows, times = state.customer_rows(), state.customer_times()
    for c, (code, _, started, *_tier) in enumerate(in_service, start=first):
        k = model.index("counter", code)
        row = st[lay.O_COUNTER] + k * lay.K_WIDTH
        p = int(st[row + lay.K_PERSON])
        require(p >= 0, f"Counter {code} serves a customer but nobody on duty sits there; give the post of the person.")
        require(st[row + lay.K_CUSTOMER] < 0, f"Counter {code} is listed with two customers.")
        require(started <= state.now, f"Counter {code}: the service cannot have started after now.")
        st[row + lay.K_CUSTOMER] = c
        st[st[lay.O_PERSON] + p * lay.P_WIDTH + lay.P_CUSTOMER] = c
        rows[c, [lay.C_STATUS, lay.C_COUNTER, lay.C_PERSON]] = (lay.AT_COUNTER, k, p)
        times[c, [lay.T_START, lay.T_LEAD]] = (started, model.counters[k].walk)
        rows[c, lay.C_PHASE] = lay.GOT_FORM
        tm[st[lay.F_COUNTER] + k * lay.KF_WIDTH + lay.KF_SPEED] = state.staffing.people[p].speed
        tm[st[lay.F_COUNTER] + k * lay.KF_WIDTH + lay.KF_START] = started
        tm[st[lay.F_PERSON] + p * lay.PF_WIDTH + lay.PF_START] = started
    for c, (code, service, started, *_tier) in enumerate(on_device, start=first + len(in_service)):
        d = model.index("device", code)
        require(model.devices[d].up, f"Device {code} is down and cannot serve a customer.")
        known = model.services[model.index("service", service)].device == model.devices[d].kind
        require(known, f"Device {code} cannot do service {service}.")
        st[st[lay.O_DEVICE] + d * lay.V_WIDTH + lay.V_CUSTOMER] = c
        rows[c, [lay.C_STATUS, lay.C_DEVICE]] = (lay.ON_DEVICE, d)
        times[c, [lay.T_START, lay.T_LEAD]] = (started, model.devices[d].walk)


@dataclass(frozen=True, eq=False)
class Outset:
    """A state made ready to be run into many futures, whatever is ordered in them: made once, run often.

    ``start`` holds only the people inside (``present`` of them), ``coming`` who is expected.
    """

    start: State
    present: int
    coming: Coming
    grown: list[State] = field(default_factory=list)

    def with_room(self, room: int) -> State:
        """The start with room for so many customers; kept, with a margin, for the next run."""
        if not self.grown or len(self.grown[0].customers) < room:
            people, more = self.start.customers, max(0, room + room // 8 - self.present)
            draws = np.concatenate([people.draws, np.zeros((more, lay.D_WIDTH))])
            who = np.concatenate([people.who, np.zeros((more, 4), dtype=np.int64)])
            self.grown[:] = [grow(self.start, freeze(draws, who, people.seed))]
        return self.grown[0]

    def run(
        self, n: int, *, seed: int, until: float = np.inf, commands: Sequence[Command] = (), first: int = 0
    ) -> Result:
        """Futures ``first`` to ``first + n - 1``; one number and seed always bring the same people and draws."""
        return _run(self, n, seed, until, commands, first)


def outset(state: State, rates: Rates | None = None) -> Outset:
    """Ready ``state`` for :meth:`Outset.run`; ``rates`` as in :func:`futures`."""
    start, people_inside = _compact(state)
    return Outset(start, len(people_inside), _coming(state, rates))


def futures(
    state: State,
    n: int = 200,
    *,
    seed: int,
    until: float = np.inf,
    commands: Sequence[Command] = (),
    rates: Rates | None = None,
) -> Result:
    """Run ``n`` futures of a state to minute ``until``; ``state`` is not touched.

    In each future all that nobody can know now is drawn anew: remaining times of those inside given what has passed,
    and people to come from ``rates`` (default: those of :func:`state_from_live`; without any, nobody comes; people the
    state has already drawn are not looked at). Commands pending in the state and ``commands`` are obeyed. The same
    ``seed`` gives every choice of ``commands`` the same people. The result holds those waiting now (their number is
    the position in :func:`inside`) and those to come, not those already being served.
    """
    return outset(state, rates).run(n, seed=seed, until=until, commands=commands)


def _coming(state: State, rates: Rates | None) -> Coming:
    if rates is not None:
        old = state.coming
        start, width = (old.start, old.width) if old else (state.model.open_minute, 30.0)
        return Coming(rate_paths(state.model, rates), start, width)
    return state.coming or Coming(np.zeros((1, len(state.model.services), 1)), state.now, 1.0)


def _within(coming: Coming, now: float, until: float) -> FloatArray:
    """The rates with nobody in the intervals that a run from ``now`` to ``until`` does not touch."""
    begin = coming.start + coming.width * np.arange(coming.rates.shape[2])
    return np.ascontiguousarray(np.where((begin + coming.width > now) & (begin < until), coming.rates, 0.0))


def _run(begin: Outset, n: int, seed: int, until: float, commands: Sequence[Command], first: int = 0) -> Result:
    require(n >= 1, f"A forecast needs at least one future, not {n}.")
    start, present, coming = begin.start, begin.present, begin.coming
    model = start.model
    late = [c for c in commands if c.minute < start.now]
    require(not late, f"Commands must not lie before minute {start.now:g}.")
    fresh = np.concatenate([start.commands, encode_commands(commands, model, start.staffing)])
    cm = np.ascontiguousarray(fresh[np.argsort(fresh[:, lay.CMD_MINUTE], kind="stable")])
    surges = encode_surges(commands, model)
    rates = _within(coming, start.now, until)
    plan = BatchPlan(rates, coming.start, coming.width, surges, cm, clean_seed(seed), first, n, until)
    _, counts = count_kernel(plan.rates, plan.seed, first, n, True)
    counts += int(surges[:, 3].sum())
    status = start.statuses().copy()
    grown = begin.with_room(present + int(counts.max()))
    prepared = (grown.st, grown.tm, grown.customers.draws[:present], grown.customers.who[:present])
    result = run_plan(model, start.staffing, prepared, present, counts, plan, redraw=True)
    number = result.codes[:, 1]
    busy = np.append(np.isin(status, (lay.AT_COUNTER, lay.ON_DEVICE)), False)
    keep = ~busy[np.minimum(number, present)]
    return replace(result, times=result.times[keep], codes=result.codes[keep])


def inside(state: State) -> list[int]:
    """Numbers of the customers who are in the branch, ascending."""
    status = state.statuses()
    return np.flatnonzero((status > lay.FUTURE) & (status < lay.SERVED)).tolist()


def _compact(state: State, steadfast: int | None = None) -> tuple[State, list[int]]:
    """The state with only the people inside, renumbered, counting from now; ``steadfast`` never walks out."""
    people = inside(state)
    small, old = _shrunk(state, people), state.customers
    st, tm = small.st, small.tm
    remap = np.full(len(old) + 1, -1, dtype=np.int64)
    remap[people] = np.arange(len(people))
    rows = small.customer_rows()
    for column in (lay.C_NEXT, lay.C_PREV):
        rows[:, column] = remap[rows[:, column]]
    for offset, count, width, columns in (
        (lay.O_COUNTER, lay.N_COUNTERS, lay.K_WIDTH, (lay.K_CUSTOMER,)),
        (lay.O_PERSON, lay.N_PEOPLE, lay.P_WIDTH, (lay.P_CUSTOMER,)),
        (lay.O_DEVICE, lay.N_DEVICES, lay.V_WIDTH, (lay.V_CUSTOMER,)),
    ):
        for i in range(int(st[count])):
            for column in columns:
                at = int(st[offset]) + i * width + column
                st[at] = remap[st[at]]
    for q in range(int(st[lay.N_SERVICES]) + 1 + int(st[lay.N_KINDS])):
        at = int(st[lay.O_QUEUE]) + q * lay.Q_WIDTH
        st[at : at + 2] = remap[st[at : at + 2]]
    _count_from_now(st, tm)
    if steadfast is not None:
        small.customers.draws[remap[steadfast], lay.D_PATIENCE] = np.inf
        rows[remap[steadfast], lay.C_PHASE] |= lay.GOT_FORM  # one turn, so that its start is that of the next call
        rows[remap[steadfast], lay.C_LEG] = lay.MOST_LEGS - 1
    return small, people


def _shrunk(state: State, people: list[int]) -> State:
    st, tm = blank_like(state, len(people))
    old = state.st
    st[[lay.N_CUSTOMERS, lay.N_ORDER, lay.NEXT_ARRIVAL, lay.N_LEAVING]] = len(people), 0, 0, 0
    table = state.customers
    small = State(
        state.model, state.staffing, freeze(table.draws[people].copy(), table.who[people].copy(), table.seed), st, tm,
        np.ascontiguousarray(state.commands[int(old[lay.NEXT_COMMAND]) :]), state.coming,
    )  # fmt: skip
    st[lay.NEXT_COMMAND] = 0
    small.customer_rows()[:] = state.customer_rows()[people]
    small.customer_times()[:] = state.customer_times()[people]
    return small


def _count_from_now(st: IntArray, tm: FloatArray) -> None:
    """Busy and ready minutes start from zero at the present minute."""
    now = tm[lay.NOW]
    for k in range(int(st[lay.N_COUNTERS])):
        row = int(st[lay.F_COUNTER]) + k * lay.KF_WIDTH
        tm[row + lay.KF_BUSY] = tm[row + lay.KF_READY] = 0.0
        tm[row + lay.KF_START] = now
        if np.isfinite(tm[row + lay.KF_READY_SINCE]):
            tm[row + lay.KF_READY_SINCE] = now
    for p in range(int(st[lay.N_PEOPLE])):
        row = int(st[lay.F_PERSON]) + p * lay.PF_WIDTH
        busy = st[st[lay.O_PERSON] + p * lay.P_WIDTH + lay.P_CUSTOMER] >= 0
        tm[row + lay.PF_BUSY] = tm[row + lay.PF_START] - now if busy else 0.0  # what has passed will be counted in
        tm[row + lay.PF_DUTY] = 0.0
        tm[row + lay.PF_ON_SINCE] = now


@dataclass(frozen=True, slots=True)
class Eta:
    """Minutes from now until a waiting ticket is called, if its holder stays.

    ``mean`` is over the futures in which it is called before the horizon (``called`` of ``n``); a quantile is infinite
    when too few are.
    """

    mean: float
    p20: float
    p50: float
    p80: float
    called: int
    n: int

    def summary(self) -> dict[str, float]:
        """Mean and quantiles by name."""
        return {"mean": self.mean, "p20": self.p20, "p50": self.p50, "p80": self.p80}


def eta(
    state: State, ticket: int, *, seed: int, n: int = 200, rates: Rates | None = None,
    commands: Sequence[Command] = (), horizon: float = 240.0,
) -> Eta:  # fmt: skip
    """When customer number ``ticket``, waiting in ``state``, is called: quantiles over ``n`` simulated futures.

    Others come, walk out and are served as in :func:`futures`. Raises ModelError unless the customer holds a ticket.
    """
    holds = 0 <= ticket < len(state.customers) and state.statuses()[ticket] == lay.HAS_TICKET
    require(holds, f"Customer {ticket} holds no waiting ticket at minute {state.now:g}.")
    start, people = _compact(state, steadfast=ticket)
    number = people.index(ticket)
    begin = Outset(start, len(people), _coming(state, rates))
    result = begin.run(n, seed=seed, until=state.now + horizon, commands=commands)
    mine = result.codes[:, 1] == number
    called = np.isin(result.codes[mine, 4], (lay.AT_COUNTER, lay.SERVED, lay.NO_CASH))
    minutes = np.sort(np.where(called, result.times[mine, 3] - state.now, np.inf))
    p20, p50, p80 = (float(minutes[round(q * (n - 1))]) for q in (0.2, 0.5, 0.8))
    some = minutes[np.isfinite(minutes)]
    return Eta(float(some.mean()) if some.size else float("inf"), p20, p50, p80, int(called.sum()), n)
