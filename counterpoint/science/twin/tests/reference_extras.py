"""What a turn meets beyond plain work, in the plain reference; mixed into ``reference.Branch``."""

from __future__ import annotations

import math
from typing import Any

from counterpoint.science.twin.tests.reference_chance import quantile
from counterpoint.science.twin.tests.reference_things import NEVER, Desk, Machine, Visitor, Worker

TICKS = 2**20  # a minute; what is drawn is a multiple


class Extras:
    """Cash, forms, hand-offs, help and failures."""

    def pay(self, desk: Desk, visitor: Visitor) -> float:
        rule, service = self.model.cash, visitor.service
        if rule is None or service.cash is None:
            return 0.0
        amount = visitor.bring("cash") * (-1.0 if service.pays_in else 1.0)
        minutes = 0.0
        if amount > desk.cash:
            fetched = min(self.vault, max(rule.till, amount) - desk.cash)
            self.vault -= fetched
            desk.cash += fetched
            minutes = rule.refill_minutes
            self.say("refill", visitor, desk, desk.person)
        if amount > desk.cash:
            visitor.unpaid = True
        else:
            desk.cash -= amount
        return minutes

    def part(self, visitor: Visitor, desk: Desk, worker: Worker) -> None:
        """After a turn at a counter: a form, the next desk or the way out."""
        if visitor.to_form:
            visitor.done, visitor.to_form, visitor.where = 0.25 * visitor.work, False, "form"
            visitor.leaves = self.now + visitor.bring("form")
            self.say("form", visitor, desk, worker)
            return
        self.say("end_service", visitor, desk, worker)
        service = visitor.service
        goes_on = service.onward is not None and not visitor.unpaid and visitor.leg < 2
        if not goes_on or visitor.bring("u_onward") >= service.onward_share:
            visitor.where = "gone"
            return
        visitor.leg += 1
        visitor.service = self.model.services[self.model.service_codes.index(service.onward)]
        visitor.priority = self.tier_priority.get(visitor.tier.code, visitor.tier.priority) + visitor.service.priority
        visitor.done, visitor.got_form, visitor.helped = 0.0, False, False
        self.take_ticket(visitor, may_balk=False)

    # -- a moment of somebody else's time ---------------------------------------------------------------------------

    def needs_help(self, place: Any, draw: str, share: float) -> bool:
        visitor = place.visitor
        if visitor.helped or visitor.to_form or visitor.unpaid or not share or visitor.bring(draw) >= share:
            return False
        visitor.helped = True
        self.say("help_asked", visitor, place)
        group = "desk" if isinstance(place, Desk) else "lobby"
        there = [w for w in self.workers if w.at == group]
        free = [w for w in there if w.visitor is None and not w.wants]
        if free:
            self.come(free[0], place)
        elif there:
            place.asked, place.ends = self.now, NEVER
        else:
            self.alone(place)
        return True

    def come(self, worker: Worker, place: Any) -> None:
        place.helper, place.asked, worker.visitor = worker, None, place.visitor
        place.ends = self.now + place.visitor.bring("authorisation" if isinstance(place, Desk) else "assistance")
        self.say("help_start", place.visitor, place, worker)

    def alone(self, place: Any) -> None:
        place.asked = None
        place.ends = self.now + place.visitor.bring("remote" if isinstance(place, Desk) else "alone")

    def let_go(self, place: Any) -> Worker | None:
        helper, place.helper, place.asked = place.helper, None, None
        if helper is not None:
            self.say("help_end", helper.visitor, place, helper)
            helper.visitor = None
        return helper

    def asking(self, group: str) -> list:
        places = self.desks if group == "desk" else self.machines
        return sorted((p for p in places if p.asked is not None), key=lambda p: (p.asked, p.number))

    def help_next(self, worker: Worker, group: str) -> bool:
        places = self.asking(group)
        if places:
            self.come(worker, places[0])
        return bool(places)

    # -- devices that fail ------------------------------------------------------------------------------------------

    def next_failure(self, machine: Machine) -> None:
        if machine.between < NEVER:
            begin = max(self.now, self.model.open_minute)
            drawn = -machine.between * math.log(1.0 - machine.chance("up"))
            machine.turns = begin + round(drawn * TICKS) / TICKS

    def turn(self, machine: Machine) -> None:
        """It fails, or its repair is done; one that is switched off does not fail."""
        if machine.failed:
            self.say("repair", None, machine)
            machine.failed, machine.up = False, True
            self.next_failure(machine)
            self.next_at(machine)
        elif machine.up:
            machine.failed, machine.turns = True, self.now + quantile(machine.repair, machine.chance("repair"))
            self.say("fail", None, machine)
            self.stop(machine)
        else:
            self.next_failure(machine)

    def stop(self, machine: Machine) -> None:
        machine.up = False
        helper = None
        if machine.visitor is not None:
            helper = self.let_go(machine)
            visitor, machine.visitor, machine.ends = machine.visitor, None, NEVER
            visitor.helped = False
            self.say("device_fallback", visitor, machine)
            self.take_ticket(visitor, may_balk=False)
        if not any(m.up and m.kind == machine.kind for m in self.machines):
            while self.lines[machine.kind]:
                visitor = self.lines[machine.kind][0]
                self.step_out(visitor)
                self.take_ticket(visitor, may_balk=False)
        if helper is not None:
            self.after(helper)
