"""A hall read once for the rules that look for options: people on duty, windows, tickets waiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from counterpoint.science import twin
from counterpoint.science.advice.fairness import LEFT, Line, Ticket, Window
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import IntArray
from counterpoint.science.twin.state import table


@dataclass(frozen=True)
class Seat:
    """A person on duty: where, able to do what, busy or not."""

    number: int
    code: str
    at: int
    skills: int
    busy: bool


class Hall:
    """The state read once: people on duty, counters, tickets waiting a service, the line as it will be called."""

    def __init__(self, state: twin.State, told: Mapping[int, float] | None = None) -> None:
        """``told``: minutes of wait that single tickets were promised, when that is less than their tier's promise."""
        self.told = told or {}
        st, model = state.st, state.model
        self.state, self.model, self.now = state, model, state.now
        rows = table(st, st, lay.O_PERSON, int(st[lay.N_PEOPLE]), lay.P_WIDTH)
        codes = state.staffing.codes
        self.on = [
            Seat(p, codes[p], int(r[lay.P_AT]), int(r[lay.P_SKILLS]), bool(r[lay.P_CUSTOMER] >= 0))
            for p, r in enumerate(rows)
            if r[lay.P_STATUS] == lay.ON and r[lay.P_PENDING] == 0
        ]
        self.counters = table(st, st, lay.O_COUNTER, int(st[lay.N_COUNTERS]), lay.K_WIDTH)
        customers = state.customer_rows()
        self.held: IntArray = np.flatnonzero(customers[:, lay.C_STATUS] == lay.HAS_TICKET)
        self.tickets = np.bincount(customers[self.held, lay.C_SERVICE], minlength=len(model.services))

    def waiting(self, mask: int) -> int:
        """Tickets waiting among the services of a mask."""
        return int(sum(n for s, n in enumerate(self.tickets) if (mask >> s) & 1))

    def empty_counter(self, skills: int, taken: frozenset[int] = frozenset()) -> tuple[int, int]:
        """The unmanned counter where these skills reach most waiting tickets, and how many; (-1, 0) when none does.

        Counters of ``taken`` are spoken for.
        """
        best = (-1, 0)
        for k, row in enumerate(self.counters):
            reach = self.waiting(int(row[lay.K_SERVICES]) & skills)
            if row[lay.K_PERSON] < 0 and k not in taken and reach > best[1]:
                best = (k, reach)
        return best

    @property
    def manned(self) -> int:
        """Windows that are open with somebody at them."""
        return int(np.count_nonzero(self.counters[:, lay.K_MASK]))

    @cached_property
    def line(self) -> Line:
        """Tickets in the order of calling and the windows that call them, in minutes from now."""
        rows, times, tiers = self.state.customer_rows(), self.state.customer_times(), self.model.tiers
        arrival = self.state.customers.arrival
        found = []
        for c in sorted(self.held.tolist(), key=lambda c: (rows[c, lay.C_PRIORITY], arrival[c], c)):
            service, tier = self.model.services[rows[c, lay.C_SERVICE]], tiers[rows[c, lay.C_TIER]]
            waited = float(times[c, lay.T_WAITED] + self.now - times[c, lay.T_SINCE])
            own, rank = tier.priority + service.priority, int(rows[c, lay.C_PRIORITY])
            promise = min(tier.promise, self.told.get(c, np.inf))
            found.append(
                Ticket(c, service.code, rank, waited, promise, service.counter.mean, self._patience(tier),
                       cared=not tier.divertible, first=rank < own)
            )  # fmt: skip
        return Line(tuple(found), tuple(self._windows()))

    def _patience(self, tier: twin.Tier) -> float:
        return self.model.patience.mean * tier.patience_factor if self.model.patience else np.inf

    def _windows(self) -> list[Window]:
        state, codes = self.state, self.model.service_codes
        found = []
        for row in self.counters:
            mask = int(row[lay.K_MASK])
            if mask == 0:
                continue
            left, customer = 0.0, int(row[lay.K_CUSTOMER])
            if customer >= 0:
                mean = self.model.services[state.customer_rows()[customer, lay.C_SERVICE]].counter.mean
                start = float(state.customer_times()[customer, [lay.T_START, lay.T_LEAD]].sum())  # there from then on
                left = max(mean - max(0.0, self.now - start), LEFT * mean)
            found.append(Window(frozenset(c for s, c in enumerate(codes) if (mask >> s) & 1), left))
        return found
