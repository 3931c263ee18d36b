"""The branch day a second time: plain Python, written for reading, slow. It shares no code with the kernel.

Objects, lists and one linear search for the next event. ``tests/test_reference.py`` lets it run the same days as the
kernel and compares every event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from counterpoint.science.twin.customers import CustomerTable
from counterpoint.science.twin.model import BranchModel
from counterpoint.science.twin.staffing import Staffing
from counterpoint.science.twin.tests.reference_orders import NEVER, Obedience


@dataclass(eq=False)
class Visitor:
    number: int
    service: Any
    tier: Any
    priority: int
    draws: Any
    waited: float = 0.0
    since: float = 0.0
    leaves: float = NEVER
    queue: list | None = None
    where: str = "future"

    @property
    def rank(self) -> tuple[int, float, int]:
        return self.priority, self.draws[0], self.number


@dataclass(eq=False)
class Desk:
    number: int
    services: set
    open: bool
    person: Any = None
    visitor: Visitor | None = None
    ends: float = NEVER
    idle_since: float = 0.0
    ready: bool = False


@dataclass(eq=False)
class Machine:
    number: int
    kind: str
    up: bool
    visitor: Visitor | None = None
    ends: float = NEVER


@dataclass(eq=False)
class Worker:
    number: int
    skills: set
    speed: float
    shifts: list
    breaks: list
    post: Any
    at: Any = None
    state: str = "off"
    visitor: Visitor | None = None
    ends: float = NEVER
    wants: set = field(default_factory=set)
    back: float = NEVER
    break_minutes: float = 0.0


class Branch(Obedience):
    """A day being lived. ``events`` are (minute, kind, customer, place, person)."""

    def __init__(self, model: BranchModel, staffing: Staffing, table: CustomerTable, commands: list) -> None:
        self.model, self.now, self.events = model, 0.0, []
        self.visitors = [
            Visitor(
                i,
                model.services[row[0]],
                model.tiers[row[1]],
                model.tiers[row[1]].priority + model.services[row[0]].priority,
                table.draws[i],
            )
            for i, row in enumerate(table.who)
        ]
        self.desks = [Desk(i, set(c.services), c.open) for i, c in enumerate(model.counters)]
        self.machines = [Machine(i, d.kind, d.up) for i, d in enumerate(model.devices)]
        self.workers = [
            Worker(i, set(p.skills), p.speed, list(p.shifts), sorted(p.breaks), self._post(p.post))
            for i, p in enumerate(staffing.people)
        ]
        self.codes = {p.code: w for p, w in zip(staffing.people, self.workers, strict=True)}
        self.tickets: dict[str, list] = {s.code: [] for s in model.services}
        self.greeting: list[Visitor] = []
        self.kinds = sorted({d.kind for d in model.devices})
        self.lines: dict[str, list] = {kind: [] for kind in self.kinds}
        self.share = {s.code: s.divertible * model.uptake for s in model.services}
        self.limit = model.close_minute + model.overrun_minutes
        self.limit_due = self.limit
        self.coming = sorted(self.visitors, key=lambda v: (v.draws[0], v.number))
        self.orders = sorted(commands, key=lambda c: c.minute)
        self.obeyed = 0
        self.tier_priority: dict[str, int] = {}

    def _post(self, code: str | None) -> Any:
        return code if code in (None, "lobby") else self.desks[[c.code for c in self.model.counters].index(code)]

    def say(self, kind: str, visitor: Visitor | None = None, place: Any = None, worker: Worker | None = None) -> None:
        if isinstance(place, Desk | Machine):
            place = place.number
        place = {None: -1, "lobby": -2}.get(place, place)
        who = -1 if visitor is None else visitor.number
        self.events.append((self.now, kind, who, place, -1 if worker is None else worker.number))

    # -- the calendar -------------------------------------------------------------------------------------------

    def run(self) -> list:
        while True:
            due = [(d.ends, 0, d.number, lambda d=d: self.finish_desk(d)) for d in self.desks]
            due += [(m.ends, 1, m.number, lambda m=m: self.finish_machine(m)) for m in self.machines]
            due += [(w.ends, 2, w.number, lambda w=w: self.finish_greeting(w)) for w in self.workers]
            due += [(self.next_duty(w)[0], 3, w.number, lambda w=w: self.duty(w)) for w in self.workers]
            if self.obeyed < len(self.orders):
                due.append((self.orders[self.obeyed].minute, 4, 0, self.obey))
            due.append((self.limit_due, 5, 0, self.send_home))
            if self.coming:
                due.append((self.coming[0].draws[0], 6, 0, lambda: self.enter(self.coming.pop(0))))
            due += [(v.leaves, 7, v.number, lambda v=v: self.walk_out(v)) for v in self.visitors if v.leaves < NEVER]
            minute, _, _, act = min(due, key=lambda entry: entry[:3])
            if minute == NEVER:
                return self.events
            self.now = minute
            act()

    # -- the customer's way ---------------------------------------------------------------------------------------

    def queue_up(self, visitor: Visitor, queue: list, where: str) -> None:
        visitor.since, visitor.queue, visitor.where = self.now, queue, where
        queue.append(visitor)
        queue.sort(key=lambda v: v.rank)
        visitor.leaves = self.now + max(0.0, visitor.draws[1] - visitor.waited)

    def step_out(self, visitor: Visitor) -> None:
        visitor.queue.remove(visitor)
        visitor.waited += self.now - visitor.since
        visitor.queue, visitor.leaves = None, NEVER

    def enter(self, visitor: Visitor) -> None:
        visitor.where = "door"
        self.say("arrive", visitor)
        if self.now >= self.model.close_minute:
            visitor.where = "gone"
            self.say("turn_away", visitor)
            return
        if self.model.triage is None:
            self.route(visitor, guided=True)
            return
        lobby = [w for w in self.workers if w.at == "lobby"]
        if not lobby or visitor.draws[5] >= self.model.triage.share:
            self.route(visitor, guided=False)
            return
        for worker in lobby:
            if worker.visitor is None and not worker.wants:
                self.greet(worker, visitor)
                return
        self.queue_up(visitor, self.greeting, "greeting")

    def greet(self, worker: Worker, visitor: Visitor) -> None:
        worker.visitor, worker.ends, visitor.where = visitor, self.now + visitor.draws[4], "greeted"
        self.say("triage_start", visitor, None, worker)

    def finish_greeting(self, worker: Worker) -> None:
        visitor, worker.visitor, worker.ends = worker.visitor, None, NEVER
        self.say("triage_end", visitor, None, worker)
        self.route(visitor, guided=True)
        self.after(worker)

    def route(self, visitor: Visitor, guided: bool) -> None:
        kind = visitor.service.device
        up = [m for m in self.machines if m.kind == kind and m.up]
        share = self.share[visitor.service.code] * (1.0 if guided else self.model.unassisted)
        if up and visitor.tier.divertible and self.now < self.limit and visitor.draws[6] < share:
            self.say("join_device", visitor, self.kinds.index(kind))
            free = [m for m in up if m.visitor is None]
            if free:
                self.use(free[0], visitor)
            else:
                self.queue_up(visitor, self.lines[kind], "line")
        else:
            self.take_ticket(visitor, may_balk=True)

    def use(self, machine: Machine, visitor: Visitor) -> None:
        machine.visitor, machine.ends, visitor.where = visitor, self.now + visitor.draws[3], "machine"
        self.say("device_start", visitor, machine)

    def finish_machine(self, machine: Machine) -> None:
        visitor, machine.visitor, machine.ends = machine.visitor, None, NEVER
        self.say("device_end", visitor, machine)
        if visitor.draws[7] < visitor.service.fallback:
            self.say("device_fallback", visitor, machine)
            self.take_ticket(visitor, may_balk=False)
        else:
            visitor.where = "gone"
        self.next_at(machine)

    def next_at(self, machine: Machine) -> None:
        if machine.up and machine.visitor is None and self.lines[machine.kind]:
            visitor = self.lines[machine.kind][0]
            self.step_out(visitor)
            self.use(machine, visitor)

    def able(self, desk: Desk) -> set:
        if not desk.open or desk.person is None or desk.person.wants:
            return set()
        return desk.services & desk.person.skills

    def balks(self, visitor: Visitor) -> bool:
        rule, code = self.model.balking, visitor.service.code
        if rule is None or visitor.draws[8] >= rule.share:
            return False
        desks = [d for d in self.desks if code in self.able(d)]
        served = {code}.union(*(self.able(d) for d in desks))
        line = [(len(self.tickets[s.code]), s.counter.mean) for s in self.model.services if s.code in served]
        if sum(n for n, _ in line) < rule.ahead:
            return False
        work = 0.0
        for n, mean in line:
            work += n * mean
        return not desks or work / len(desks) > rule.minutes

    def take_ticket(self, visitor: Visitor, may_balk: bool) -> None:
        code = visitor.service.code
        if self.now >= self.limit or (may_balk and self.balks(visitor)):
            visitor.where = "gone"
            self.say("dismiss" if self.now >= self.limit else "balk", visitor)
            return
        self.say("join_queue", visitor, self.model.service_codes.index(code))
        idle = [d for d in self.desks if d.visitor is None and code in self.able(d)]
        if idle and self.model.calling == "auto":
            self.serve(min(idle, key=lambda d: (len(self.able(d)), d.idle_since, d.number)), visitor)
        else:
            self.queue_up(visitor, self.tickets[code], "ticket")

    def serve(self, desk: Desk, visitor: Visitor) -> None:
        worker = desk.person
        desk.visitor = worker.visitor = visitor
        visitor.where = "desk"
        desk.ends = self.now + visitor.draws[2] / worker.speed
        self.say("start_service", visitor, desk, worker)

    def call(self, desk: Desk, services: set) -> bool:
        heads = [self.tickets[code][0] for code in services if self.tickets[code]]
        if not heads:
            return False
        visitor = min(heads, key=lambda v: v.rank)
        self.step_out(visitor)
        self.serve(desk, visitor)
        return True

    def try_desk(self, desk: Desk) -> None:
        if desk.visitor is None and self.model.calling == "auto":
            self.call(desk, self.able(desk))

    def finish_desk(self, desk: Desk) -> None:
        visitor, worker = desk.visitor, desk.person
        desk.visitor = worker.visitor = None
        desk.ends, desk.idle_since, visitor.where = NEVER, self.now, "gone"
        self.say("end_service", visitor, desk, worker)
        self.after(worker)

    def walk_out(self, visitor: Visitor) -> None:
        self.step_out(visitor)
        visitor.where = "gone"
        self.say("abandon", visitor)

    def send_home(self) -> None:
        self.limit_due = NEVER
        queues = [self.tickets[code] for code in self.model.service_codes]
        for queue in [*queues, self.greeting, *(self.lines[kind] for kind in self.kinds)]:
            for visitor in list(queue):
                self.step_out(visitor)
                visitor.where = "gone"
                self.say("dismiss", visitor)

    # -- staff ----------------------------------------------------------------------------------------------------

    def next_duty(self, worker: Worker) -> tuple[float, str]:
        if worker.state == "off":
            return (max(self.now, worker.shifts[0][0]), "start") if worker.shifts else (NEVER, "")
        if "leave" in worker.wants:
            return NEVER, ""
        options = [(max(self.now, worker.shifts[0][1]), "end")]
        if worker.state == "break":
            options.append((worker.back, "return"))
        elif "break" not in worker.wants and worker.breaks:
            options.append((max(self.now, min(worker.breaks)[0]), "rest"))
        return min(options, key=lambda option: (option[0], option[1] != "end"))

    def duty(self, worker: Worker) -> None:
        what = self.next_duty(worker)[1]
        if what in ("start", "return"):
            worker.state = "on"
            self.say("shift_start" if what == "start" else "break_end", None, worker.post, worker)
            self.sit(worker)
        elif what == "rest":
            start, minutes = min(worker.breaks)
            worker.breaks.remove((start, minutes))
            self.rest(worker, minutes)
        elif worker.visitor is not None:
            self.want(worker, "leave")
        else:
            self.go_home(worker)

    def want(self, worker: Worker, wish: str) -> None:
        worker.wants.add(wish)

    def rest(self, worker: Worker, minutes: float) -> None:
        worker.break_minutes = minutes
        if worker.visitor is not None:
            self.want(worker, "break")
        else:
            self.begin_break(worker)

    def begin_break(self, worker: Worker) -> None:
        worker.state, worker.back, worker.wants = "break", self.now + worker.break_minutes, set()
        self.say("break_start", None, worker.at, worker)
        self.stand_up(worker)

    def go_home(self, worker: Worker) -> None:
        worker.state, worker.wants = "off", set()
        worker.shifts.pop(0)
        self.say("shift_end", None, worker.at, worker)
        self.stand_up(worker)

    def sit(self, worker: Worker) -> None:
        if worker.post == "lobby":
            worker.at = "lobby"
            self.say("post", None, "lobby", worker)
            self.greet_next(worker)
        elif worker.post is not None and worker.post.person is None:
            desk = worker.at = worker.post
            desk.person = worker
            if desk.open:
                desk.idle_since = self.now
            self.say("post", None, desk, worker)
            self.try_desk(desk)

    def greet_next(self, worker: Worker) -> None:
        if self.greeting:
            visitor = self.greeting[0]
            self.step_out(visitor)
            self.greet(worker, visitor)

    def stand_up(self, worker: Worker) -> None:
        at, worker.at = worker.at, None
        if at == "lobby":
            if not any(w.at == "lobby" for w in self.workers):
                while self.greeting:
                    visitor = self.greeting[0]
                    self.step_out(visitor)
                    self.route(visitor, guided=False)
        elif at is not None:
            at.person = None
            for other in self.workers:
                if other is not worker and other.state == "on" and other.at is None and other.post is at:
                    self.sit(other)
                    return

    def after(self, worker: Worker) -> None:
        at = worker.at
        if not worker.wants:
            if at == "lobby":
                self.greet_next(worker)
            else:
                self.try_desk(at)
        elif "leave" in worker.wants:
            late = self.model.stay_after_close and self.model.calling == "auto" and self.now >= self.model.close_minute
            stays = late and at != "lobby" and at.open
            if not (stays and self.call(at, at.services & worker.skills)):
                self.go_home(worker)
        elif "break" in worker.wants:
            self.begin_break(worker)
        else:
            worker.wants = set()
            self.stand_up(worker)
            self.sit(worker)
