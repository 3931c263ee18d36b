"""One branch day, played through the same public actions that kiosks, tellers and supervisors use.

Everything that is done carries a key made of date and visitor or person, and the stage is read back from the hall, so
that a restart in the middle goes on with the same tickets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from counterpoint.config.demo.script import Script, Visitor
from counterpoint.config.demo.stage import Chair, Cue, Paper, Stage
from counterpoint.foundation.api import DomainError, OrgUnit, Scope, User, devices, scope_of, scoped, system_scope
from counterpoint.foundation.calendar import local
from counterpoint.onsite import api as hall
from counterpoint.onsite.models import Diversion, IngestKey
from counterpoint.onsite.state import Hall, Post, hall_of

log = logging.getLogger("counterpoint.demo")

KIOSK = ("onsite.ticket.take", "onsite.ticket.leave", "onsite.hall.view", "onsite.device.report", "onsite.day.run",
         "onsite.hall.run")  # fmt: skip
HANDS_OFF = timedelta(minutes=3)  # real time for which a counter stays with the person who worked it by hand
LUNCH_MINUTES = 30


class Play:
    """A branch day under way. `people` are the branch's users by staff number."""

    def __init__(self, branch: OrgUnit, script: Script, people: Mapping[str, User]) -> None:
        self.branch, self.script, self.people = branch, script, dict(people)
        self.stage = Stage(script)
        self.zone = ZoneInfo(branch.time_zone)
        self.names = {user.pk: staff_no for staff_no, user in self.people.items()}
        self._scopes: dict[str, Scope] = {}
        self._hands: dict[int, datetime] = {}
        self._fresh = True
        self.midnight = local(script.on, 0, self.zone)

    # --- time ---------------------------------------------------------------------------------------------------
    def minute(self, at: datetime) -> float:
        """Minutes after local midnight of the day."""
        return (at - self.midnight).total_seconds() / 60

    def instant(self, minute: float) -> datetime:
        """The UTC instant of a minute, in whole milliseconds."""
        return self.midnight + timedelta(milliseconds=round(minute * 60_000))

    # --- reading ------------------------------------------------------------------------------------------------
    def read(self, now: datetime, real: datetime) -> None:
        """Set the stage from the hall; what changed at a counter by another hand stays with that hand for a while."""
        found = hall_of(scope=self.system, branch=self.branch, now=now)
        chairs = {post.counter.number: self._chair(post) for post in found.posts}
        if self._fresh:
            self._recall(found)
            self._fresh = False
        else:
            self._notice_hands(chairs, real)
        self.stage.by_hand = {number for number, since in self._hands.items() if real - since < HANDS_OFF}
        for number, chair in chairs.items():
            old = self.stage.chairs.get(number)
            if old is not None and chair.ticket == old.ticket and chair.state == old.state:
                chair.since = max(chair.since, old.since)
        self.stage.chairs = chairs
        visitors = self.stage.visitor_of
        self.stage.papers = {
            str(t.pk): Paper(str(t.pk), t.service, self.minute(t.taken_at), visitors.get(str(t.pk)))
            for t in found.waiting
        }

    def _chair(self, post: Post) -> Chair:
        duty, window, ticket = post.duty, post.window, post.ticket
        chair = Chair(post.counter.number, post.open, services=post.services)
        if duty is not None:
            chair.staff_no = self.names.get(duty.user_id, "")
            chair.since = self.minute(duty.since)
            if duty.place == "break":
                chair.away_until = self.minute(duty.break_until or duty.since)
        if window is not None:
            chair.since = max(chair.since, self.minute(window.since))
        if ticket is not None:
            chair.ticket, chair.state = str(ticket.pk), ticket.state
            chair.since = self.minute(ticket.started_at or ticket.called_at or ticket.taken_at)
        return chair

    def _notice_hands(self, chairs: Mapping[int, Chair], real: datetime) -> None:
        for number, chair in chairs.items():
            old = self.stage.chairs.get(number)
            if old is not None and (old.ticket, old.state) != (chair.ticket, chair.state):
                self._hands[number] = real

    def _recall(self, found: Hall) -> None:
        """After a restart: which keys were already used, and which ticket belongs to whom."""
        prefix = self.key("")
        with scoped(self.system):
            rows = IngestKey.objects.filter(org_unit=self.branch, key__startswith=prefix).values_list("key", "answer")
            known = {key.removeprefix(prefix): answer for key, answer in rows}
        stage = self.stage
        stage.done = set(known)
        for name, answer in known.items():
            if name.startswith("take:"):
                stage.visitor_of[answer["id"]] = int(name.split(":")[1])
        reached = max(stage.visitor_of.values(), default=-1)
        for visitor in self.script.visitors[: reached + 1]:
            if visitor.machine and visitor.needs_counter and f"take:{visitor.number}" not in stage.done:
                stage.at_machine[visitor.number] = visitor.minute + visitor.alone
        stage.coming = reached + 1
        stage.closed = f"day:{self.script.on}" in stage.done

    # --- acting -------------------------------------------------------------------------------------------------
    def step(self, until: datetime, real: datetime, enough: Callable[[], bool] = lambda: False) -> int:
        """Do everything that is due up to an instant, in order; returns how much was done.

        `enough` is asked after each act, so that other branches and the clock get their turn.
        """
        end = self.minute(until)
        if end < self.script.begins or self.stage.closed:
            return 0
        self.read(until, real)
        count = 0
        while (cue := self.stage.next()) is not None and cue.minute <= end:
            cue = replace(cue, minute=self.minute(self.instant(cue.minute)))  # what a restart will read back
            try:
                ACTS[cue.what](self, cue)
            except DomainError as refused:
                log.info(
                    "the hall refused", extra={"event": cue.what, "kind": refused.code, "branch": self.branch.code}
                )
                self.stage.block(cue)
                self.read(until, real)
            count += 1
            if enough():
                break
        return count

    def key(self, name: str) -> str:
        """The idempotency key of something that happens once on this day."""
        return f"demo:{self.script.on}:{name}"

    @property
    def system(self) -> Scope:
        """The machines of the branch: kiosk, monitoring, and the day's opening and closing."""
        if "" not in self._scopes:
            self._scopes[""] = system_scope(KIOSK, (self.branch.path,), "demo")
        return self._scopes[""]

    def scope(self, staff_no: str) -> Scope:
        """The rights of a person on the played date."""
        if staff_no not in self._scopes:
            self._scopes[staff_no] = scope_of(self.people[staff_no], self.script.on)
        return self._scopes[staff_no]

    def _where(self, cue: Cue, staff_no: str = "") -> dict[str, Any]:
        scope = self.scope(staff_no) if staff_no else self.system
        return {"scope": scope, "branch": self.branch, "now": self.instant(cue.minute)}

    def _arrive(self, cue: Cue) -> None:
        visitor, stage = self.script.visitors[cue.number], self.stage
        if cue.about:
            stage.at_machine.pop(visitor.number, None)
        else:
            stage.coming = visitor.number + 1
        machine = visitor.machine or self._guided(visitor)
        if not cue.about and machine and self._works(machine):
            if visitor.needs_counter:
                stage.at_machine[visitor.number] = visitor.minute + visitor.alone
            return
        name = f"take:{visitor.number}"
        view = hall.ticket_take(
            **self._where(cue), service=visitor.service, tier=visitor.tier, channel="simulated", key=self.key(name)
        )
        stage.done.add(name)
        stage.visitor_of[str(view.id)] = visitor.number
        stage.papers[str(view.id)] = Paper(str(view.id), view.service, cue.minute, visitor.number)

    def _guided(self, visitor: Visitor) -> str:
        """The machine that the lobby manager wins this customer over to, by the share that the hall has set."""
        if not visitor.device:
            return ""
        with scoped(self.system):
            rows = Diversion.objects.filter(org_unit=self.branch, service=visitor.service)
            share = max(rows.values_list("share", flat=True), default=0.0)
        return visitor.device if visitor.reluctance < share else ""

    def _works(self, kind: str) -> bool:
        with scoped(self.system):
            return any(d.kind == kind and d.in_service for d in devices(scope=self.system, branch=self.branch))

    def _call(self, cue: Cue) -> None:
        chair = self.stage.chairs[int(cue.about)]
        view = hall.ticket_call_next(**self._where(cue, chair.staff_no), counter=chair.counter)
        self.stage.papers.pop(str(view.id), None)
        chair.ticket, chair.state, chair.since = str(view.id), "called", cue.minute

    def _start(self, cue: Cue) -> None:
        chair = self.stage.chairs[int(cue.about)]
        hall.ticket_start(**self._where(cue, chair.staff_no), ticket=UUID(chair.ticket))
        chair.state, chair.since = "serving", cue.minute

    def _finish(self, cue: Cue) -> None:
        chair = self.stage.chairs[int(cue.about)]
        hall.ticket_finish(**self._where(cue, chair.staff_no), ticket=UUID(chair.ticket))
        chair.ticket, chair.state, chair.since = "", "", cue.minute

    def _abandon(self, cue: Cue) -> None:
        hall.ticket_abandon(**self._where(cue), ticket=UUID(cue.about))
        self.stage.papers.pop(cue.about, None)

    def _open(self, cue: Cue) -> None:
        staff_no, name = cue.about.split(":")[0], f"open:{cue.about}"
        user = self.people[staff_no].pk
        self.stage.done.add(name)
        hall.window_open(**self._where(cue, staff_no), counter=cue.number, user=user, key=self.key(name))
        self._reread(cue)

    def _place(self, cue: Cue) -> None:
        name, spot = f"place:{cue.about}", next(p for p in self.script.places if p.staff_no == cue.about)
        self.stage.done.add(name)
        user = self.people[cue.about].pk
        hall.person_move(**self._where(cue), user=user, place=spot.place, key=self.key(name))

    def _close(self, cue: Cue) -> None:
        name = f"close:{cue.about}"
        self.stage.done.add(name)
        hall.window_close(**self._where(cue, cue.about.split(":")[0]), counter=cue.number, key=self.key(name))
        self._reread(cue)

    def _break_start(self, cue: Cue) -> None:
        name, user = f"lunch:{cue.about}", self.people[cue.about].pk
        chair = self.stage.chairs[cue.number]
        seat = self.stage.seat_at(chair)
        minutes = round(seat.lunch[1]) if seat and seat.lunch else LUNCH_MINUTES
        self.stage.done.add(name)
        hall.break_start(**self._where(cue, cue.about), user=user, minutes=minutes, key=self.key(name))
        chair.away_until = cue.minute + minutes

    def _break_end(self, cue: Cue) -> None:
        chair = self.stage.chairs[cue.number]
        hall.break_end(**self._where(cue, cue.about), user=self.people[cue.about].pk)
        chair.away_until, chair.since = None, cue.minute

    def _fault(self, cue: Cue) -> None:
        name = f"fault:{cue.about}"
        self.stage.done.add(name)
        hall.device_fault(**self._where(cue), device=cue.about, key=self.key(name))

    def _restored(self, cue: Cue) -> None:
        name = f"restored:{cue.about}"
        self.stage.done.add(name)
        hall.device_restored(**self._where(cue), device=cue.about, key=self.key(name))

    def _day_close(self, cue: Cue) -> None:
        name = f"day:{self.script.on}"
        hall.day_close(**self._where(cue), key=self.key(name))
        self.stage.done.add(name)
        self.stage.closed = True

    def _reread(self, cue: Cue) -> None:
        """Windows decide what a counter may call, so the hall is asked again when one opens or closes."""
        found = hall_of(scope=self.system, branch=self.branch, now=self.instant(cue.minute))
        for post in found.posts:
            if post.counter.number == cue.number:
                self.stage.chairs[cue.number] = self._chair(post)


ACTS: dict[str, Callable[[Play, Cue], None]] = {
    "arrive": Play._arrive, "call": Play._call, "start": Play._start, "finish": Play._finish,
    "abandon": Play._abandon, "place": Play._place, "open": Play._open, "close": Play._close,
    "break_start": Play._break_start, "break_end": Play._break_end, "fault": Play._fault,
    "restored": Play._restored, "day_close": Play._day_close,
}  # fmt: skip
