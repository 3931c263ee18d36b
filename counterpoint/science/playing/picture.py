"""The hall of a drill as a picture that a browser moves: who is where, and what changes from second to second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from counterpoint.science import twin
from counterpoint.science.playing.game import Game
from counterpoint.science.playing.injects import measure
from counterpoint.science.playing.orders import Order
from counterpoint.science.playing.play import Played, play
from counterpoint.science.twin.kernel import layout as lay

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_STEPS = 60
MEASURED = 6  # steps of a segment at which the loss is told
INSIDE = range(lay.TRIAGE_QUEUE, lay.FILLING + 1)
GONE = {lay.ABANDONED: "x", lay.BALKED: "x", lay.DISMISSED: "x", lay.NO_CASH: "x"}
COMING = 10.0  # minutes before somebody's arrival that the way there is shown
Picture = dict[str, dict[str, Any]]


class Labels:
    """Ticket numbers as a kiosk would give them: a letter a service, counted by arrival; who was added to the day later
    is counted after those."""

    def __init__(self, game: Game) -> None:
        order = np.argsort(game.people.draws[:, lay.D_ARRIVAL], kind="stable").tolist()
        self.counted: dict[int, int] = {}
        self.of: dict[int, str] = {}
        for customer in order:
            service = int(game.people.who[customer, 0])
            self.counted[service] = self.counted.get(service, 0) + 1
            self.of[customer] = _label(service, self.counted[service])

    def label(self, customer: int, service: int) -> str:
        """A customer's ticket number."""
        return self.of.get(customer) or _label(service, self.counted.get(service, 0) + 1 + customer - len(self.of))


def _label(service: int, number: int) -> str:
    return f"{LETTERS[service % len(LETTERS)]}{number:03d}"


def picture(labels: Labels, state: twin.State) -> Picture:
    """Everything that is seen: customers {number: [place, service, tier, since, label]}, windows {number: [open,
    person, customer]}, staff {number: [status, place, on the way to]}, machines {number: [works, customer]}.

    A place is q (waiting for a window), k3 (window number 3 of the list), d1 (machine), v (queue for machines), t (at
    the greeting), f (filling in a form). Numbers count from 0, `since` is in seconds.
    """
    return {"c": _customers(labels, state), "w": _windows(state), "s": _staff(state), "m": _machines(state)}


def _customers(labels: Labels, state: twin.State) -> dict[str, Any]:
    rows, times = state.customer_rows(), state.customer_times()
    found: dict[str, Any] = {}
    for c in np.flatnonzero((rows[:, lay.C_STATUS] >= INSIDE.start) & (rows[:, lay.C_STATUS] < INSIDE.stop)).tolist():
        row = rows[c]
        since = times[c, lay.T_SINCE] - (times[c, lay.T_WAITED] if row[lay.C_STATUS] == lay.HAS_TICKET else 0.0)
        found[str(c)] = [
            _place(row), int(row[lay.C_SERVICE]), int(row[lay.C_TIER]), _second(since),
            labels.label(c, int(row[lay.C_SERVICE])), int(row[lay.C_PRIORITY]),
        ]  # fmt: skip
    return found


def _place(row: Any) -> str:
    status = int(row[lay.C_STATUS])
    if status == lay.AT_COUNTER:
        return f"k{row[lay.C_COUNTER]}"
    if status == lay.ON_DEVICE:
        return f"d{row[lay.C_DEVICE]}"
    return {lay.DEVICE_QUEUE: "v", lay.HAS_TICKET: "q", lay.FILLING: "f"}.get(status, "t")


def _second(minute: float) -> int:
    return int(60 * minute) if np.isfinite(minute) else 0


def _table(state: twin.State, offset: int, count: int, width: int) -> Any:
    first, n = int(state.st[offset]), int(state.st[count])
    return state.st[first : first + n * width].reshape(n, width)


def _windows(state: twin.State) -> dict[str, Any]:
    rows = _table(state, lay.O_COUNTER, lay.N_COUNTERS, lay.K_WIDTH)
    return {str(n): [int(r[lay.K_OPEN]), int(r[lay.K_PERSON]), int(r[lay.K_CUSTOMER])] for n, r in enumerate(rows)}


def _staff(state: twin.State) -> dict[str, Any]:
    rows = _table(state, lay.O_PERSON, lay.N_PEOPLE, lay.P_WIDTH)
    found: dict[str, Any] = {
        str(n): [int(r[lay.P_STATUS]), int(r[lay.P_AT]), int(r[lay.P_POST])] for n, r in enumerate(rows)
    }
    for command in state.commands[int(state.st[lay.NEXT_COMMAND]) :]:
        if command[lay.CMD_MINUTE] > state.now + COMING:
            break
        if command[lay.CMD_KIND] == lay.M_MOVE:
            found[str(int(command[lay.CMD_A]))][2] = int(command[lay.CMD_B])
    return found


def _machines(state: twin.State) -> dict[str, Any]:
    rows = _table(state, lay.O_DEVICE, lay.N_DEVICES, lay.V_WIDTH)
    return {str(n): [int(r[lay.V_UP]), int(r[lay.V_CUSTOMER])] for n, r in enumerate(rows)}


def figures(day: Played) -> dict[str, float]:
    """Waiting, longest wait in minutes, waiting beyond the promise, gone unserved, and the loss so far in minutes."""
    loss = day.loss
    state = day.state
    found = {name: measure(state, name) for name in ("waiting", "longest", "late")}
    served = int(np.isin(state.statuses(), (lay.SERVED, lay.SELF_SERVED)).sum())
    return {
        **{name: round(value) for name, value in found.items()}, "gone": loss.gone, "served": served,
        "loss": round(loss.total),
    }  # fmt: skip


def steps(
    labels: Labels, start: Played, orders: Sequence[Order], begin: int, end: int
) -> tuple[Picture, list[list[Any]], Played]:  # fmt: skip
    """The picture at `begin`, what changes in each step up to `end`, and the day at `end`."""
    first = before = picture(labels, start.state)
    found: list[list[Any]] = []
    width = max(1, -(-(end - begin) // MOST_STEPS))
    ends = list(range(begin + width, end, width)) + ([end] if end > begin else [])
    day = start
    for n, second in enumerate(ends):
        due = [o for o in orders if o.minute >= day.now]
        kept = len(day.events)
        day = play(day.game, due, second / 60, begin=day)
        measured = (n + 1) % max(1, len(ends) // MEASURED) == 0 or second == end
        if len(day.events) == kept and not measured:
            continue
        after = picture(labels, day.state)
        change: dict[str, Any] = {name: _change(before[name], after[name], day.state) for name in after}
        change = {name: value for name, value in change.items() if value}
        if measured:
            change["n"] = figures(day)
        if change:
            found.append([second, change])
        before = after
    return first, found, day


def _change(before: dict[str, Any], after: dict[str, Any], state: twin.State) -> dict[str, Any]:
    """What is new or different; of who is no longer seen, x for left unserved, else o."""
    found = {key: value for key, value in after.items() if before.get(key) != value}
    statuses = state.statuses()
    return found | {key: GONE.get(int(statuses[int(key)]), "o") for key in before if key not in after}
