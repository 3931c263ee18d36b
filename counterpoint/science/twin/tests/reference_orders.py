"""Commands in the plain reference; mixed into ``reference.Branch``."""

from __future__ import annotations

import re

from counterpoint.science.twin import commands as orders


class Obedience:
    """What each command does to a ``Branch``."""

    def effect(self, order: orders.Command) -> float:
        """The delay of an ``OpenCounter`` is called ``open_counter``, and so on; people who come have none."""
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(order).__name__).lower()
        return order.minute + getattr(self.model.delays, name, 0.0)

    def by_effect(self, commands: list) -> list:
        """As a messenger would: hear the orders minute by minute, keep each in a drawer until it is due."""
        heard = sorted(commands, key=lambda order: order.minute)
        drawer: dict[float, list] = {}
        for order in heard:
            drawer.setdefault(self.effect(order), []).append(order)
        return [order for minute in sorted(drawer) for order in drawer[minute]]

    def obey(self) -> None:
        order, place = self.orders[self.obeyed], self.obeyed
        self.obeyed += 1
        at = len(self.events)
        self.say("command", None, place)
        if not getattr(self, f"do_{type(order).__name__}")(order):
            self.events[at] = (self.now, "refused", -1, place, -1)

    def _switch(self, code: str, value: bool) -> bool:
        desk = self._post(code)
        if desk.open == value:
            return False
        desk.open = value
        if value:
            desk.idle_since = self.now if desk.person is not None else desk.idle_since
        self.say("counter_open" if value else "counter_close", None, desk)
        self.try_desk(desk)
        return True

    def do_OpenCounter(self, order: orders.OpenCounter) -> bool:
        return self._switch(order.counter, True)

    def do_CloseCounter(self, order: orders.CloseCounter) -> bool:
        return self._switch(order.counter, False)

    def do_MovePerson(self, order: orders.MovePerson) -> bool:
        worker = self.codes[order.person]
        if order.to == "break":
            return self.do_StartBreak(orders.StartBreak(order.minute, order.person))
        post = self._post(order.to)
        if worker.post is post:
            return False
        worker.post = post
        if worker.state == "on":
            if worker.visitor is not None:
                self.want(worker, "move")
            else:
                self.stand_up(worker)
                self.sit(worker)
        return True

    def do_StartBreak(self, order: orders.StartBreak) -> bool:
        worker = self.codes[order.person]
        if worker.state != "on" or worker.wants - {"move"}:
            return False
        planned = min(worker.breaks) if worker.breaks else None
        if planned:
            worker.breaks.remove(planned)
        self.rest(worker, order.minutes or (planned[1] if planned else 30.0))
        return True

    def do_MoveBreak(self, order: orders.MoveBreak) -> bool:
        worker = self.codes[order.person]
        if not worker.breaks or order.to < self.now:
            return False
        planned = min(worker.breaks)
        worker.breaks.remove(planned)
        worker.breaks.append((order.to, planned[1]))
        return True

    def do_SetDiversion(self, order: orders.SetDiversion) -> bool:
        self.share[order.service] = order.share
        return True

    def do_DeviceDown(self, order: orders.DeviceDown) -> bool:
        machine = self.machines[self.model.device_codes.index(order.device)]
        if not machine.up:
            return False
        self.stop(machine)
        return True

    def do_DeviceUp(self, order: orders.DeviceUp) -> bool:
        machine = self.machines[self.model.device_codes.index(order.device)]
        if machine.up:
            return False
        if machine.failed:
            machine.failed = False
            self.next_failure(machine)
        machine.up = True
        self.next_at(machine)
        return True

    def do_CallNext(self, order: orders.CallNext) -> bool:
        desk = self._post(order.counter)
        if desk.visitor is not None:
            return False
        if order.ticket is None:
            return self.call(desk, self.able(desk))
        visitor = self.visitors[order.ticket] if order.ticket < len(self.visitors) else None
        if visitor is None or visitor.where != "ticket" or visitor.service.code not in self.able(desk):
            return False
        self.step_out(visitor)
        self.serve(desk, visitor)
        return True

    def do_SetPriority(self, order: orders.SetPriority) -> bool:
        people = [v for v in self.visitors if v.where != "gone"]
        if order.tier is not None:
            tier = self.model.tiers[self.model.tier_codes.index(order.tier)]
            if self.tier_priority.setdefault(tier.code, tier.priority) == order.priority:
                return False
            self.tier_priority[tier.code] = order.priority
            for visitor in people:
                if visitor.tier is tier:
                    visitor.priority = order.priority + visitor.service.priority
        else:
            people = [v for v in people if v.number == order.ticket and v.where != "future"]
            if not people:
                return False
            people[0].priority = order.priority
        for queue in [*self.tickets.values(), self.greeting, *self.lines.values()]:
            queue.sort(key=lambda v: v.rank)
        return True

    def do_StartTask(self, order: orders.StartTask) -> bool:
        pair = [self.codes[order.person], self.codes[order.partner]]
        if pair[0] is pair[1] or any(w.state != "on" or w.wants - {"move"} for w in pair):
            return False
        for worker, other in (pair, pair[::-1]):
            worker.partner = other
            self.rest(worker, order.minutes)
        return True

    def do_SetPace(self, order: orders.SetPace) -> bool:
        desks = self.desks if order.counter is None else [self._post(order.counter)]
        desks = [desk for desk in desks if desk.pace != order.factor]
        for desk in desks:
            desk.pace = order.factor
        return bool(desks)

    def do_Dismiss(self, order: orders.Dismiss) -> bool:
        queues = self.queues() if order.service is None else [self.tickets[order.service]]
        anybody = any(queues)
        self.dismiss(queues)
        return anybody

    def do_SendToDevice(self, order: orders.SendToDevice) -> bool:
        visitor = self.visitors[order.ticket] if order.ticket < len(self.visitors) else None
        if visitor is None or visitor.where != "ticket" or self.now >= self.limit:
            return False
        up = [m for m in self.machines if m.kind == visitor.service.device and m.up]
        begun = visitor.tried or visitor.got_form or visitor.leg
        if begun or not up or not visitor.tier.divertible:
            return False
        self.step_out(visitor)
        self.to_machines(visitor, up)
        return True

    def do_EndShift(self, order: orders.EndShift) -> bool:
        worker = self.codes[order.person]
        if worker.state == "off":
            return bool(worker.shifts and worker.shifts.pop(0))
        if "leave" in worker.wants:
            return False
        if worker.visitor is not None:
            self.want(worker, "leave")
        else:
            self.go_home(worker)
        return True

    def do_EndBreak(self, order: orders.EndBreak) -> bool:
        worker = self.codes[order.person]
        if worker.state != "break" or worker.partner is not None or self.now >= worker.shifts[0][1]:
            return False
        worker.state = "on"
        self.say("break_end", None, worker.post, worker)
        self.sit(worker)
        return True

    def do_AddCustomers(self, _order: orders.AddCustomers) -> bool:
        return True
