"""The one verb: take a state to a minute, obeying commands, and say what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.twin.commands import Command, encode_commands, encode_surges
from counterpoint.science.twin.customers import CustomerTable, clean_seed, freeze, law_table, tier_table
from counterpoint.science.twin.kernel import draw_kernel, load_kernel, run_kernel
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.model import require
from counterpoint.science.twin.state import State, blank_like

EVENT_DTYPE = np.dtype(
    [("minute", "f8"), ("kind", "i4"), ("customer", "i4"), ("place", "i4"), ("person", "i4")], align=True
)
Events = NDArray[np.void]
KIND = {name: number for number, name in enumerate(lay.EVENT_NAMES)}


def advance(
    state: State, until: float, commands: Sequence[Command] = (), *, seed: int | None = None, log: bool = True
) -> tuple[State, Events]:
    """Take every event from ``state.now`` up to, but not including, minute ``until``.

    ``commands`` are ordered at their own minute, not before ``state.now``, and take effect after the delay that the
    model has for their kind; those not yet due stay pending in the state.
    ``seed`` draws the people of AddCustomers (default: the seed of the customers). Returns a new state and the events
    (``EVENT_DTYPE``; kinds in ``EVENT_NAMES``); ``state`` itself is not touched. ``until`` may be infinite: the day
    runs out. Splitting a run at any minutes gives the same events and the same state. ``log=False`` saves the events.
    Raises ModelError when ``until`` or a command lies in the past.
    """
    require(until >= state.now, f"The state stands at minute {state.now:g}; it cannot be advanced back to {until:g}.")
    late = [c for c in commands if c.minute < state.now]
    require(not late, f"{len(late)} command(s) lie before minute {state.now:g}, for example {late[:1]}.")
    state = _with_commands(state, commands, seed) if commands else state.copy()
    st, tm = state.st, state.tm
    if not log:
        st[lay.LOGGING] = 0
        run_kernel(st, tm, state.customers.draws, np.empty((0, lay.EV_WIDTH)), state.commands, until)
        return state, np.empty(0, dtype=EVENT_DTYPE)
    st[lay.LOGGING], st[lay.N_EVENTS] = 1, 0
    log_rows = np.empty((256 + 8 * int(st[lay.N_CUSTOMERS]), lay.EV_WIDTH))
    while run_kernel(st, tm, state.customers.draws, log_rows, state.commands, until) == 1:
        log_rows = np.concatenate([log_rows, np.empty_like(log_rows)])
    n = int(st[lay.N_EVENTS])
    st[lay.LOGGING], st[lay.N_EVENTS] = 0, 0
    return state, _as_events(log_rows[:n])


def _as_events(rows: FloatArray) -> Events:
    events = np.empty(len(rows), dtype=EVENT_DTYPE)
    for column, name in enumerate(EVENT_DTYPE.names or ()):
        events[name] = rows[:, column]
    return events


def _with_commands(state: State, commands: Sequence[Command], seed: int | None) -> State:
    """The state with more commands pending and the people of AddCustomers among those still to come."""
    fresh = encode_commands(commands, state.model, state.staffing)
    done = int(state.st[lay.NEXT_COMMAND])
    pending = np.concatenate([state.commands[done:], fresh])
    pending = pending[np.argsort(pending[:, lay.CMD_MINUTE], kind="stable")]
    everything = np.ascontiguousarray(np.concatenate([state.commands[:done], pending]))
    surges = encode_surges(commands, state.model, int(state.st[lay.N_EXTRA]))
    state = replace(state.copy(), commands=everything)
    return _with_surges(state, surges, seed) if len(surges) else state


def _with_surges(state: State, surges: FloatArray, seed: int | None) -> State:
    model, old = state.model, state.customers
    n, more = len(old), int(surges[:, 3].sum())
    draws = np.concatenate([old.draws, np.empty((more, lay.D_WIDTH))])
    who = np.concatenate([old.who, np.empty((more, 4), dtype=np.int64)])
    order = np.empty(n + more, dtype=np.int64)
    none = np.zeros((len(model.services), 1))
    own = old.seed if seed is None else clean_seed(seed)
    draw_kernel(draws, who, order, n, none, 0.0, 1.0, -np.inf, law_table(model), tier_table(model), surges, own)
    people = freeze(draws, who, old.seed)
    state = grow(state, people)
    load_kernel(state.st, state.tm, people.who, own, n, n + more)
    state.st[lay.N_EXTRA] += len(surges)
    return _reorder(state, n)


def grow(state: State, people: CustomerTable) -> State:
    """The same state with room for a longer table of customers."""
    st, tm = blank_like(state, len(people))
    old = state.st
    for offset, source, target, end in (
        (lay.O_CUSTOMER, old, st, int(old[lay.O_ORDER])), (lay.O_ORDER, old, st, int(old[lay.O_LEAVING])),
        (lay.O_LEAVING, old, st, old.size), (lay.F_CUSTOMER, state.tm, tm, int(old[lay.F_LEAVING])),
        (lay.F_LEAVING, state.tm, tm, state.tm.size),
    ):  # fmt: skip
        begin, at = int(old[offset]), int(st[offset])
        target[at : at + end - begin] = source[begin:end]
    return replace(state, customers=people, st=st, tm=tm)


def _reorder(state: State, first_new: int) -> State:
    """Merge rows from ``first_new`` into the part of the arrival order that is still to come."""
    st = state.st
    done, end = int(st[lay.NEXT_ARRIVAL]), int(st[lay.N_ORDER])
    at = int(st[lay.O_ORDER])
    coming = np.concatenate([st[at + done : at + end], np.arange(first_new, len(state.customers))])
    arrival = state.customers.arrival[coming]
    st[at + done : at + done + coming.size] = coming[np.lexsort((coming, arrival))]
    st[lay.N_ORDER] = done + coming.size
    return state


def events_frame(events: Events, state: State) -> pd.DataFrame:
    """Events with names instead of numbers. ``place`` stays a number: counter, service, device or command."""
    frame = pd.DataFrame(events)
    frame["kind"] = np.array(lay.EVENT_NAMES, dtype=object)[events["kind"]]
    people = np.array([*state.staffing.codes, None], dtype=object)
    frame["person"] = people[events["person"]]
    return frame
