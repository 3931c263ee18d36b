"""The state of a branch day: two flat arrays, cheap to copy, exact to save."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np

from counterpoint.science.twin.commands import post_number
from counterpoint.science.twin.customers import CustomerTable, freeze, law_table, tier_table
from counterpoint.science.twin.kernel import failure_kernel, load_kernel
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray, IntArray
from counterpoint.science.twin.model import BranchModel, ModelError, require
from counterpoint.science.twin.staffing import Person, Staffing

MAGIC = b"twin5"
NO_COMMANDS = np.empty((0, lay.CMD_WIDTH))


@dataclass(frozen=True, eq=False)
class Coming:
    """What is expected from now on: ``rates`` (paths x services x intervals) from minute ``start``, ``width`` each."""

    rates: FloatArray
    start: float
    width: float


@dataclass(frozen=True, eq=False)
class State:
    """A branch day at one minute. Never changed in place: :func:`advance` returns another.

    ``st`` (int64) and ``tm`` (float64) hold everything that moves, laid out by ``kernel.layout``; ``customers``,
    ``commands`` and the model are shared between copies, as nothing writes to them.
    """

    model: BranchModel
    staffing: Staffing
    customers: CustomerTable
    st: IntArray
    tm: FloatArray
    commands: FloatArray
    coming: Coming | None = None

    @property
    def now(self) -> float:
        """The minute up to which (exclusive) everything has happened."""
        return float(self.tm[lay.NOW])

    def copy(self) -> State:
        """A fork: own arrays for all that moves."""
        return replace(self, st=self.st.copy(), tm=self.tm.copy())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        return self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def customer_rows(self) -> IntArray:
        """Integer rows of the customers (columns ``C_*``), a view."""
        first, n = self.st[lay.O_CUSTOMER], self.st[lay.N_CUSTOMERS]
        return self.st[first : first + n * lay.C_WIDTH].reshape(-1, lay.C_WIDTH)

    def customer_times(self) -> FloatArray:
        """Time rows of the customers (columns ``T_*``), a view."""
        first, n = self.st[lay.F_CUSTOMER], self.st[lay.N_CUSTOMERS]
        return self.tm[first : first + n * lay.T_WIDTH].reshape(-1, lay.T_WIDTH)

    def statuses(self) -> IntArray:
        """Status number of every customer (names in ``STATUS_NAMES``)."""
        return self.customer_rows()[:, lay.C_STATUS]

    def counts(self) -> dict[str, int]:
        """How many customers are in each status, by name."""
        counts = np.bincount(self.statuses(), minlength=len(lay.STATUS_NAMES))
        return {name: int(n) for name, n in zip(lay.STATUS_NAMES, counts, strict=True)}

    def waiting(self) -> list[int]:
        """Customer numbers holding a ticket, in the order of priority, arrival and number."""
        rows = self.customer_rows()
        held = np.flatnonzero(rows[:, lay.C_STATUS] == lay.HAS_TICKET)
        return sorted(held.tolist(), key=lambda c: (rows[c, lay.C_PRIORITY], self.customers.draws[c, lay.D_ARRIVAL], c))

    def to_bytes(self) -> bytes:
        """The whole state, model and roster included; :meth:`from_bytes` gives an equal state."""
        table = self.customers
        head = json.dumps(
            {
                "model": self.model.to_json(),
                "staffing": self.staffing.to_json(),
                "seed": table.seed,
                "coming": _coming_json(self.coming),
                "sizes": [self.st.size, self.tm.size, len(table), len(self.commands)],
            }
        ).encode()
        parts = (self.st, self.tm, table.draws, table.who, self.commands)
        return MAGIC + len(head).to_bytes(4, "little") + head + b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> State:
        """The state saved by :meth:`to_bytes`; raises ModelError on other bytes."""
        require(data[: len(MAGIC)] == MAGIC, "These bytes are not a twin state of this version.")
        at = len(MAGIC) + 4
        length = int.from_bytes(data[len(MAGIC) : at], "little")
        head = json.loads(data[at : at + length])
        n_st, n_tm, n, n_commands = head["sizes"]
        shapes = [
            (np.int64, (n_st,)), (np.float64, (n_tm,)), (np.float64, (n, lay.D_WIDTH)), (np.int64, (n, 4)),
            (np.float64, (n_commands, lay.CMD_WIDTH)),
        ]  # fmt: skip
        at += length
        arrays = []
        for kind, shape in shapes:
            size = 8 * int(np.prod(shape))
            if at + size > len(data):
                raise ModelError("The saved twin state is cut short.")
            arrays.append(np.frombuffer(data[at : at + size], dtype=kind).reshape(shape).copy())
            at += size
        st, tm, draws, who, commands = arrays
        model, staffing = BranchModel.from_json(head["model"]), Staffing.from_json(head["staffing"])
        coming = head["coming"] and Coming(np.array(head["coming"][0]), *head["coming"][1:])
        return cls(model, staffing, freeze(draws, who, head["seed"]), st, tm, commands, coming)


def _coming_json(coming: Coming | None) -> list[object] | None:
    return None if coming is None else [coming.rates.tolist(), coming.start, coming.width]


def _header(model: BranchModel, staffing: Staffing, capacity: int) -> tuple[IntArray, int, int]:
    """Header numbers with the offsets of all tables, and the two array sizes."""
    st = np.zeros(lay.INT_HEADER, dtype=np.int64)
    people = staffing.people
    kinds = model.device_kinds
    st[lay.CAPACITY] = capacity
    st[lay.N_COUNTERS], st[lay.N_PEOPLE] = len(model.counters), len(people)
    st[lay.N_DEVICES], st[lay.N_SERVICES] = len(model.devices), len(model.services)
    st[lay.N_KINDS], st[lay.N_TIERS] = len(kinds), len(model.tiers)
    st[lay.N_SHIFTS] = max((len(p.shifts) for p in people), default=0)
    st[lay.N_BREAKS] = max((len(p.breaks) for p in people), default=0)
    services, n_people, breaks = len(model.services), len(people), int(st[lay.N_BREAKS])
    leaving = capacity + lay.LANES
    slots = -(-(len(model.counters) + len(model.devices) + lay.N_OTHER_SLOTS) // lay.LANES) * lay.LANES
    st[lay.N_SLOTS] = slots
    at, ft = lay.INT_HEADER, lay.FLOAT_HEADER
    for offset, size in (
        (lay.O_COUNTER, len(model.counters) * lay.K_WIDTH), (lay.O_PERSON, n_people * lay.P_WIDTH),
        (lay.O_DEVICE, len(model.devices) * lay.V_WIDTH), (lay.O_QUEUE, (services + 1 + len(kinds)) * lay.Q_WIDTH),
        (lay.O_TIER, len(model.tiers) * lay.TIER_WIDTH), (lay.O_SERVICE, services * lay.S_WIDTH),
        (lay.O_HELPER, slots), (lay.O_TAKEN, n_people * breaks), (lay.O_CUSTOMER, capacity * lay.C_WIDTH),
        (lay.O_ORDER, capacity), (lay.O_LEAVING, leaving),
    ):  # fmt: skip
        st[offset] = at
        at += size
    for offset, size in (
        (lay.F_COUNTER, len(model.counters) * lay.KF_WIDTH), (lay.F_PERSON, n_people * lay.PF_WIDTH),
        (lay.F_DEVICE, len(model.devices) * lay.VF_WIDTH), (lay.F_SHIFT, n_people * int(st[lay.N_SHIFTS]) * 2),
        (lay.F_BREAK, n_people * breaks * 2), (lay.F_GREETING, n_people + lay.LANES), (lay.F_SLOT, slots),
        (lay.F_ASKED, slots),
        (lay.F_SERVICE, services * lay.SF_WIDTH), (lay.F_LAW, (4 * services + lay.LAWS_OTHER) * lay.LAW_WIDTH),
        (lay.F_FACTOR, len(model.tiers) * lay.FACTOR_WIDTH), (lay.F_CUSTOMER, capacity * lay.T_WIDTH),
        (lay.F_LEAVING, leaving),
    ):  # fmt: skip
        st[offset] = ft
        ft += size
    return st, at, ft


def table(st: IntArray, values: IntArray | FloatArray, offset: int, rows: int, width: int) -> IntArray | FloatArray:
    """View of one table of the flat arrays."""
    at = int(st[offset])
    return values[at : at + rows * width].reshape(rows, width)


def _fill_model(model: BranchModel, st: IntArray, tm: FloatArray) -> None:
    st[lay.MANUAL] = model.calling == "manual"
    st[lay.TRIAGE_ON] = model.triage is not None
    st[lay.STAY] = model.stay_after_close
    st[lay.FULL] = not model.plain
    tm[lay.OPENING], tm[lay.CLOSE] = model.open_minute, model.close_minute
    tm[lay.LIMIT] = model.close_minute + model.overrun_minutes
    tm[lay.UNASSISTED] = model.unassisted
    tm[lay.SWITCH] = model.switch_minutes
    tm[lay.NOT_READY], tm[lay.BACK] = model.pickup.not_ready if model.pickup else 0.0, np.inf
    st[lay.N_PACES] = len(model.pace)
    tm[lay.PACE : lay.PACE + len(model.pace)] = model.pace
    tm[lay.TRIAGE_SHARE] = model.triage.share if model.triage else 0.0
    st[lay.BALK_AHEAD] = model.balking.ahead if model.balking else np.iinfo(np.int64).max
    if model.balking:
        tm[lay.BALK_MINUTES], tm[lay.BALK_SHARE] = model.balking.minutes, model.balking.share
        tm[lay.ANNOUNCED] = model.balking.announced
    till = np.inf
    if model.cash:
        till = tm[lay.TILL] = model.cash.till
        tm[lay.VAULT], tm[lay.REFILL] = model.cash.vault, model.cash.refill_minutes
    _fill_services(model, st, tm)
    tiers = table(st, st, lay.O_TIER, len(model.tiers), lay.TIER_WIDTH)
    tiers[:] = [(tier.priority, tier.divertible) for tier in model.tiers]
    table(st, tm, lay.F_FACTOR, len(model.tiers), lay.FACTOR_WIDTH)[:] = tier_table(model)[:, 1:]
    counters = table(st, st, lay.O_COUNTER, len(model.counters), lay.K_WIDTH)
    counters[:] = [(c.open, -1, -1, model.service_mask(c.services), 0, 0) for c in model.counters]
    minutes = table(st, tm, lay.F_COUNTER, len(model.counters), lay.KF_WIDTH)
    minutes[:] = [(0.0, 0.0, 0.0, np.inf, 0.0, c.walk, till, 1.0, 1.0) for c in model.counters]
    st[st[lay.O_HELPER] : st[lay.O_HELPER] + st[lay.N_SLOTS]] = lay.NOBODY
    tm[st[lay.F_GREETING] : st[lay.F_GREETING] + st[lay.N_PEOPLE]] = np.inf
    queues = table(st, st, lay.O_QUEUE, len(model.services) + 1 + len(model.device_kinds), lay.Q_WIDTH)
    queues[:] = (-1, -1, 0)
    if model.devices:
        _fill_devices(model, st, tm)


def _fill_services(model: BranchModel, st: IntArray, tm: FloatArray) -> None:
    kinds = model.device_kinds
    numbers = table(st, st, lay.O_SERVICE, len(model.services), lay.S_WIDTH)
    numbers[:] = [
        (
            kinds.index(s.device) if s.device in kinds else -1, s.priority,
            model.index("service", s.onward) if s.onward else -1,
        )
        for s in model.services
    ]  # fmt: skip
    shares = table(st, tm, lay.F_SERVICE, len(model.services), lay.SF_WIDTH)
    shares[:] = [
        (
            s.counter.mean, s.divertible * model.uptake, s.fallback, s.onward_share if s.onward else 0.0, s.form_share,
            s.authorised, s.assisted, (-1.0 if s.pays_in else 1.0) if s.cash and model.cash else 0.0,
        )
        for s in model.services
    ]  # fmt: skip
    laws = law_table(model)
    tm[st[lay.F_LAW] : st[lay.F_LAW] + laws.size] = laws.ravel()


def _fill_devices(model: BranchModel, st: IntArray, tm: FloatArray) -> None:
    kinds = model.device_kinds
    devices = table(st, st, lay.O_DEVICE, len(model.devices), lay.V_WIDTH)
    devices[:] = [(kinds.index(d.kind), d.up, -1, 0, 0, 0) for d in model.devices]
    minutes = table(st, tm, lay.F_DEVICE, len(model.devices), lay.VF_WIDTH)
    minutes[:] = [
        (np.inf, 0.0, d.between_failures or np.inf, d.walk, *(d.repair.law() if d.repair else (2.0, 0.0, 0.0)))
        for d in model.devices
    ]


def _fill_person(model: BranchModel, st: IntArray, tm: FloatArray, p: int, person: Person) -> None:
    post = post_number(model, person.post)
    skills = model.service_mask(person.skills)
    row = st[lay.O_PERSON] + p * lay.P_WIDTH
    st[row : row + lay.P_WIDTH] = (lay.OFF, lay.NOWHERE, post, skills, -1, 0, 0, -1, -1, -1)
    first = person.shifts[0][0] if person.shifts else np.inf
    row = st[lay.F_PERSON] + p * lay.PF_WIDTH
    tm[row : row + lay.PF_WIDTH] = (person.speed, 0.0, 0.0, 0.0, first, np.inf, 0.0, 0.0)
    shifts = np.full((int(st[lay.N_SHIFTS]), 2), np.inf)
    shifts[: len(person.shifts)] = np.array(person.shifts).reshape(-1, 2)
    at = st[lay.F_SHIFT] + p * shifts.size
    tm[at : at + shifts.size] = shifts.ravel()
    n_breaks = int(st[lay.N_BREAKS])
    breaks = np.full((n_breaks, 2), np.inf)
    breaks[: len(person.breaks)] = np.array(person.breaks).reshape(-1, 2)
    at = st[lay.F_BREAK] + p * breaks.size
    tm[at : at + breaks.size] = breaks.ravel()
    taken = st[lay.O_TAKEN] + p * n_breaks
    st[taken : taken + n_breaks] = np.arange(n_breaks) >= len(person.breaks)


def blank(model: BranchModel, staffing: Staffing, capacity: int) -> tuple[IntArray, FloatArray]:
    """Flat arrays of a branch at midnight with room for ``capacity`` customers and nobody drawn yet."""
    staffing.check(model)
    header, n_st, n_tm = _header(model, staffing, capacity)
    st, tm = np.zeros(n_st, dtype=np.int64), np.zeros(n_tm)
    st[: lay.INT_HEADER] = header
    _fill_model(model, st, tm)
    for p, person in enumerate(staffing.people):
        _fill_person(model, st, tm, p, person)
    calendar = tm[st[lay.F_SLOT] : st[lay.F_SLOT] + st[lay.N_SLOTS]]
    calendar[:] = np.inf
    others = len(model.counters) + len(model.devices)
    calendar[others + lay.SLOT_LIMIT] = tm[lay.LIMIT]
    calendar[others + lay.SLOT_STAFF] = min((p.shifts[0][0] for p in staffing.people if p.shifts), default=np.inf)
    return st, tm


def blank_like(state: State, capacity: int) -> tuple[IntArray, FloatArray]:
    """Flat arrays with room for ``capacity`` customers in which all but the customers stands as in ``state``."""
    header, n_st, n_tm = _header(state.model, state.staffing, capacity)
    st, tm = np.zeros(n_st, dtype=np.int64), np.zeros(n_tm)
    ints, floats = int(header[lay.O_CUSTOMER]), int(header[lay.F_CUSTOMER])
    st[:ints], tm[:floats] = state.st[:ints], state.tm[:floats]
    own = [lay.CAPACITY, lay.O_ORDER, lay.O_LEAVING, lay.F_LEAVING]
    st[own] = header[own]
    return st, tm


def initial_state(model: BranchModel, staffing: Staffing, customers: CustomerTable) -> State:
    """The branch at midnight before the day of ``customers``; ModelError when staffing does not fit the model."""
    st, tm = blank(model, staffing, len(customers))
    load_kernel(st, tm, customers.who, customers.seed, 0, len(customers))
    failure_kernel(st, tm, customers.seed)
    order = customers.arrival_order()
    st[st[lay.O_ORDER] : st[lay.O_ORDER] + len(order)] = order
    st[lay.N_ORDER] = len(order)
    return State(model, staffing, customers, st, tm, NO_COMMANDS)
