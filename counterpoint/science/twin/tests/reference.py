"""The branch day a second time: plain Python, written for reading, slow. It shares no code with the kernel.

Objects, lists and one linear search for the next event. ``tests/test_reference.py`` lets it run the same days as the
kernel and compares every event. Who and what there is: ``reference_things``; the staff's day: ``reference_staff``; what
a turn meets beyond work: ``reference_extras``; commands: ``reference_orders``.
"""

from __future__ import annotations

from typing import Any

from counterpoint.science.twin.customers import CustomerTable
from counterpoint.science.twin.model import BranchModel
from counterpoint.science.twin.staffing import Staffing
from counterpoint.science.twin.tests.reference_chance import device_chances, later_draws
from counterpoint.science.twin.tests.reference_extras import Extras
from counterpoint.science.twin.tests.reference_orders import Obedience
from counterpoint.science.twin.tests.reference_staff import Duties
from counterpoint.science.twin.tests.reference_things import NEVER, Desk, Machine, Visitor, Worker


class Branch(Duties, Extras, Obedience):
    """A day being lived. ``events`` are (minute, kind, customer, place, person)."""

    def __init__(self, model: BranchModel, staffing: Staffing, table: CustomerTable, commands: list) -> None:
        self.model, self.now, self.events = model, 0.0, []
        later = later_draws(model, staffing, table)
        self.visitors = [
            Visitor(
                i,
                model.services[row[0]],
                model.tiers[row[1]],
                model.tiers[row[1]].priority + model.services[row[0]].priority,
                table.draws[i],
                later=later,
            )
            for i, row in enumerate(table.who)
        ]
        till = model.cash.till if model.cash else NEVER
        self.vault = model.cash.vault if model.cash else NEVER
        self.desks = [Desk(i, set(c.services), c.open, walk=c.walk, cash=till) for i, c in enumerate(model.counters)]
        self.machines = [
            Machine(
                i, d.kind, d.up, walk=d.walk, chance=device_chances(table.seed, i),
                between=d.between_failures or NEVER, repair=d.repair,
            )
            for i, d in enumerate(model.devices)
        ]  # fmt: skip
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
        self.limit_due, self.back_due = self.limit, NEVER
        self.coming = sorted(self.visitors, key=lambda v: (v.draws[0], v.number))
        self.orders = self.by_effect(commands)
        self.obeyed = 0
        self.tier_priority: dict[str, int] = {}
        for machine in self.machines:
            self.next_failure(machine)

    def _post(self, code: str | None) -> Any:
        return (
            code if code in (None, "lobby", "desk") else self.desks[[c.code for c in self.model.counters].index(code)]
        )

    def say(self, kind: str, visitor: Visitor | None = None, place: Any = None, worker: Worker | None = None) -> None:
        if isinstance(place, Desk | Machine):
            place = place.number
        place = {None: -1, "lobby": -2, "desk": -3}.get(place, place)
        who = -1 if visitor is None else visitor.number
        self.events.append((self.now, kind, who, place, -1 if worker is None else worker.number))

    # -- the calendar -------------------------------------------------------------------------------------------

    def run(self) -> list:
        while True:
            due = [(d.ends, 0, d.number, lambda d=d: self.finish_desk(d)) for d in self.desks]
            due += [(m.ends, 1, m.number, lambda m=m: self.finish_machine(m)) for m in self.machines]
            due += [(w.ends, 2, w.number, lambda w=w: self.finish_greeting(w)) for w in self.workers]
            due += [(self.next_duty(w)[0], 3, w.number, lambda w=w: self.duty(w)) for w in self.workers]
            due += [(m.turns, 4, m.number, lambda m=m: self.turn(m)) for m in self.machines if m.turns < self.limit]
            if self.obeyed < len(self.orders):
                due.append((self.effect(self.orders[self.obeyed]), 5, 0, self.obey))
            due.append((self.limit_due, 6, 0, self.send_home))
            due.append((self.back_due, 7, 0, self.be_back))
            if self.coming:
                due.append((self.coming[0].draws[0], 8, 0, lambda: self.enter(self.coming.pop(0))))
            due += [(v.leaves, 9, v.number, lambda v=v: self.walk_out(v)) for v in self.visitors if v.leaves < NEVER]
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
            self.to_machines(visitor, up)
        else:
            self.take_ticket(visitor, may_balk=True)

    def to_machines(self, visitor: Visitor, up: list) -> None:
        kind = visitor.service.device
        self.say("join_device", visitor, self.kinds.index(kind))
        free = [m for m in up if m.visitor is None]
        if free:
            self.use(free[0], visitor)
        else:
            self.queue_up(visitor, self.lines[kind], "line")

    def use(self, machine: Machine, visitor: Visitor) -> None:
        machine.visitor, visitor.where, visitor.tried = visitor, "machine", True
        machine.ends = self.now + machine.walk + visitor.draws[3]
        self.say("device_start", visitor, machine)

    def finish_machine(self, machine: Machine) -> None:
        if self.needs_help(machine, "u_assisted", machine.visitor.service.assisted):
            return
        helper = self.let_go(machine)
        self.serve_out(machine)
        if helper is not None:
            self.after(helper)

    def serve_out(self, machine: Machine) -> None:
        visitor, machine.visitor, machine.ends = machine.visitor, None, NEVER
        self.say("device_end", visitor, machine)
        visitor.helped = False
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
        if rule is None or visitor.draws[8] >= max(rule.share, rule.announced):
            return False
        desks = [d for d in self.desks if code in self.able(d)]
        served = {code}.union(*(self.able(d) for d in desks))
        line = [(len(self.tickets[s.code]), s.counter.mean) for s in self.model.services if s.code in served]
        ahead = sum(n for n, _ in line)
        work = 0.0
        for n, mean in line:
            work += n * mean
        shown = work / len(desks) if desks else NEVER
        if ahead >= rule.ahead and visitor.draws[8] < rule.share and shown > rule.minutes:
            return True
        return ahead > 0 and visitor.draws[8] < rule.announced and shown > visitor.draws[1]

    def take_ticket(self, visitor: Visitor, may_balk: bool) -> None:
        code = visitor.service.code
        if self.now >= self.limit or (may_balk and self.balks(visitor)):
            visitor.where = "gone"
            self.say("dismiss" if self.now >= self.limit else "balk", visitor)
            return
        self.say("join_queue", visitor, self.model.service_codes.index(code))
        idle = [d for d in self.desks if d.visitor is None and code in self.able(d)]
        if idle and self.model.calling == "auto" and self.ready(visitor, len(idle)):
            self.serve(min(idle, key=lambda d: (len(self.able(d)), d.idle_since, d.number)), visitor)
        else:
            self.queue_up(visitor, self.tickets[code], "ticket")

    def ready(self, visitor: Visitor, free: int) -> bool:
        rule = self.model.pickup
        if rule is None or self.tickets[visitor.service.code]:
            return rule is None
        nobody = 1.0
        for _ in range(free):
            nobody *= rule.not_ready
        if visitor.bring("u_ready") < nobody:
            self.back_due = min(self.back_due, self.now + visitor.bring("back"))
            return False
        return True

    def be_back(self) -> None:
        self.back_due = NEVER
        for desk in self.desks:
            self.try_desk(desk)

    def serve(self, desk: Desk, visitor: Visitor) -> None:
        worker = desk.person
        desk.visitor = worker.visitor = visitor
        visitor.where = "desk"
        lead = desk.walk
        if worker.last not in (None, visitor.service.code):
            lead += self.model.switch_minutes
        worker.last = visitor.service.code
        if not visitor.got_form:
            visitor.got_form = True
            visitor.to_form = visitor.bring("u_form") < visitor.service.form_share
        if not visitor.to_form:
            lead += self.pay(desk, visitor)
        part = 0.25 if visitor.to_form or visitor.unpaid else 1.0
        speed = worker.speed * desk.pace
        if self.model.pace:
            waiting = sum(len(line) for line in self.tickets.values())
            speed *= self.model.pace[min(waiting, len(self.model.pace) - 1)]
        desk.ends = self.now + (lead + max(0.0, part * visitor.work - visitor.done) / speed)
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
        if self.needs_help(desk, "u_authorised", desk.visitor.service.authorised):
            return
        helper = self.let_go(desk)
        visitor, worker = desk.visitor, desk.person
        desk.ends, desk.idle_since = NEVER, self.now
        self.part(visitor, desk, worker)
        desk.visitor = worker.visitor = None
        self.after(worker)
        if helper is not None:
            self.after(helper)

    def walk_out(self, visitor: Visitor) -> None:
        if visitor.where == "form":
            visitor.leaves = NEVER
            self.take_ticket(visitor, may_balk=False)
            return
        self.step_out(visitor)
        visitor.where = "gone"
        self.say("abandon", visitor)

    def send_home(self) -> None:
        self.limit_due = NEVER
        self.dismiss(self.queues())

    def queues(self) -> list:
        tickets = [self.tickets[code] for code in self.model.service_codes]
        return [*tickets, self.greeting, *(self.lines[kind] for kind in self.kinds)]

    def dismiss(self, queues: list) -> None:
        for queue in queues:
            for visitor in list(queue):
                self.step_out(visitor)
                visitor.where = "gone"
                self.say("dismiss", visitor)
