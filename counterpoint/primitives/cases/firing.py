"""The tick of the cases: what is due is found by looking at the database, and happens once.

Effect row, message and journal entry are written in one transaction under the case's lock; the unique key of the effect
row is the last guard when several workers race. State, calendar and pauses are looked at in that same moment, so nobody
hears of a case that was just accepted. After a long absence everything overdue fires in the order of its deadline, and
each person gets one digest instead of a storm.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope, User, clock, nearest_holders, notify, scoped, system_scope, tick
from counterpoint.primitives.cases import clocks, telling
from counterpoint.primitives.cases.models import Case, CaseClock, CaseEscalation, CaseWatcher
from counterpoint.primitives.cases.opening import first_owner
from counterpoint.primitives.cases.readings import Reading, Step, read
from counterpoint.primitives.cases.writing import Deed, Keeper

log = logging.getLogger("counterpoint.cases")

TICK = "primitives.cases"
BATCH = 50
MOST = 5000  # a round; what is left comes with the next one
STORM = 20  # more due at once than this: digests
GRACE = timedelta(minutes=15)  # after closing, what was due by the bell is still told
ABOVE = ("branch_head", "regional_manager", "hq_operations")  # whom a rung reaches when nobody else holds its role


def house() -> Scope:
    """The scope of the house's own work: the bank, or the practice world that it works for."""
    return system_scope((), label="tick")


class ClockJumped(RuntimeError):
    """The host's clock ran ahead of real time: nothing fires until it is set right or has stood a minute."""


@dataclass
class Guard:
    """Freezes the firing for a minute when the wall clock runs ahead of the stopwatch by more than ten."""

    seconds: Callable[[], float] = monotonic
    jump: float = 600.0
    freeze: float = 60.0
    _last: tuple[datetime, float] | None = None
    _until: float = float("-inf")

    def frozen(self, now: datetime) -> bool:
        """Whether to hold back at this moment; a clock that comes back ends it at once."""
        at = self.seconds()
        if self._last is not None:
            ahead = (now - self._last[0]).total_seconds() - (at - self._last[1])
            if ahead > self.jump:
                self._until = at + self.freeze
            elif ahead < -self.jump:
                self._until = float("-inf")
        self._last = (now, at)
        return at < self._until


guard = Guard()


@dataclass
class Round:
    """One run of the tick: what is looked up once, and who gets a digest."""

    now: datetime
    storm: bool = False
    keeper: Keeper = field(default_factory=Keeper)
    last: tuple[datetime, int] | None = None
    holders: dict[tuple[str, UUID, frozenset[UUID]], list[User]] = field(default_factory=dict)

    def nearest(self, role: str, unit: OrgUnit, skip: frozenset[UUID]) -> list[User]:
        """Holders of a role, looked up once a round."""
        key = (role, unit.pk, skip)
        if key not in self.holders:
            self.holders[key] = nearest_holders(role=role, org_unit=unit, on=self.now, skip=skip)
        return self.holders[key]


@tick.every(TICK, 5, atomic=False, practice=True)
def run(now: datetime) -> int:
    """Everything that is due: warnings, breaches, rungs, pauses at their cap. Returns how many effects there were."""
    if isinstance(clock.current(), clock.SystemClock) and guard.frozen(now):
        raise ClockJumped("The clock jumped ahead; escalations wait.")
    return fire_due(now=now) + end_pauses(now=now)


def fire_due(*, now: datetime, most: int = MOST) -> int:
    """Fire the steps that are due, oldest deadline first. The embedded database commits a batch at once; a server
    commits each case, so that workers wait for each other's journal no longer than one case takes."""
    with scoped(house()):
        this, done, looked = Round(now), 0, 0
        this.storm = CaseClock.objects.filter(next_due_at__lte=now)[: STORM + 1].count() > STORM
        while looked < most:
            batch = _due(this)
            if not batch:
                break
            looked += len(batch)
            with transaction.atomic() if connection.vendor == "sqlite" else nullcontext():
                for clock_id, case, _at in batch:
                    done += _guarded(this, clock_id, case)
        return done


def _due(this: Round) -> list[tuple[int, UUID, datetime]]:
    """The next clocks of the round; each is looked at once, so one that cannot go on holds nobody up."""
    rows = CaseClock.objects.filter(next_due_at__lte=this.now)
    if this.last is not None:
        at, pk = this.last
        rows = rows.filter(Q(next_due_at__gt=at) | Q(next_due_at=at, pk__gt=pk))
    batch = list(rows.order_by("next_due_at", "pk").values_list("pk", "case_id", "next_due_at")[:BATCH])
    if batch:
        this.last = batch[-1][2], batch[-1][0]
    return batch


def _guarded(this: Round, clock_id: int, case: UUID) -> int:
    """One clock; a case that fails is logged and left to the auditor, and does not stop the others."""
    try:
        with transaction.atomic():
            row = _claimed(case)
            return _fire(this, row, clock_id) if row is not None else 0
    except Exception as failure:
        log.exception("a case did not escalate", extra={"subject": str(case), "kind": type(failure).__name__})
        return 0


def _claimed(case: UUID) -> Case | None:
    """The case, unless another worker is at it this moment."""
    rows = Case.objects.select_for_update(skip_locked=True, of=("self",)).select_related("org_unit", "owner")
    return rows.filter(pk=case).first()


def _fire(this: Round, row: Case, clock_id: int) -> int:
    """Every step of the clock whose time has come; then the clock is stored with its next one."""
    stored = CaseClock.objects.filter(pk=clock_id).first()
    deed = Deed(None, row, this.now, this.keeper)
    count, wait = 0, None
    if stored is not None and stored.cycle == deed.state.cycle:
        reading = next((r for r in read(deed.kind, deed.state, deed.hours) if r.clock == stored.clock), None)
        if reading is not None and reading.stopped_at is None:
            count, wait = _climb(this, deed, reading)
    deed.store()
    if wait is not None:
        CaseClock.objects.filter(pk=clock_id).update(next_due_at=wait)
    if count:
        deed.told("escalated")
    return count


def _climb(this: Round, deed: Deed, reading: Reading) -> tuple[int, datetime | None]:
    """How many steps happened, and until when the next one waits for people to be there."""
    effects = list(CaseEscalation.objects.filter(case=deed.row, cycle=reading.cycle, clock=reading.clock))
    fired = {effect.rung for effect in effects}
    told = {UUID(p) for effect in effects if effect.rung.startswith("rung") for p in effect.people}
    count = 0
    for step in reading.steps:
        if step.slug in fired:
            continue
        if step.at > this.now:
            break
        moot = not step.to and reading.breached(this.now)  # nobody is warned of what has already happened
        if not (moot or step.any_hour):
            opens = _quiet_until(deed, step, this.now)
            if opens is not None:
                return count, opens
        people = [] if moot else _people(this, deed, step, frozenset(told))
        if not _effect(deed, reading, step, people, this.now):
            continue
        count += 1
        if step.slug.startswith("rung"):
            told |= {person.pk for person in people}
        _tell(this, deed, reading, step, people)
    return count, None


def _quiet_until(deed: Deed, step: Step, now: datetime) -> datetime | None:
    """The next opening, when nobody is there now; what was due by the closing bell may still be told a little later."""
    if now - step.at <= GRACE:
        return None
    opens = clocks.service_time(deed.hours, now)
    return opens if opens > now else None


def _effect(deed: Deed, reading: Reading, step: Step, people: Iterable[User], now: datetime) -> bool:
    """Write the effect and its journal entry; False when somebody else already has."""
    names = [str(person.pk) for person in people]
    effect = CaseEscalation(
        org_unit=deed.row.org_unit, case=deed.row, cycle=reading.cycle, clock=reading.clock, rung=step.slug,
        due_at=step.at, at=now, people=names,
    )  # fmt: skip
    try:
        with transaction.atomic():
            effect.save(force_insert=True)
    except IntegrityError:
        return False
    kind = {"r": "escalated", "w": "warned"}.get(step.slug[0], "breached")
    deed.note(kind, clock=reading.clock, rung=step.slug, cycle=reading.cycle, people=names)
    return True


def _people(this: Round, deed: Deed, step: Step, told: frozenset[UUID]) -> list[User]:
    """Whom the step reaches: a warning the owner; a rung the nearest holders of its role who are not involved and whom
    no earlier rung of the clock has reached."""
    involved = frozenset(UUID(p) for p in deed.state.involved) if deed.kind.recuse_involved else frozenset()
    if not step.to:
        owner = deed.row.owner or first_owner(deed.kind, deed.row.org_unit, this.now, deed.state.involved)
        return [owner] if owner and owner.is_active else this.nearest("branch_head", deed.row.org_unit, involved)
    for role in (step.to, *ABOVE):
        found = this.nearest(role, deed.row.org_unit, involved | told)
        if found:
            return found
    return []


def _tell(this: Round, deed: Deed, reading: Reading, step: Step, people: list[User]) -> None:
    if not people and not step.channel:
        return
    if this.storm:
        for person in people:
            _digest(this, deed.row.org_unit, person)
        return
    clock_type = deed.kind.clock(reading.clock)

    def words() -> tuple[str, str]:
        named = clock_type.name() if clock_type else reading.clock
        due = telling.local(deed, reading.due_at)
        what = _("Escalated: %(case)s") if step.to else _("Due soon: %(case)s")
        body = _("%(branch)s, %(clock)s, due %(due)s.")
        parts = {"branch": deed.row.org_unit.name, "clock": named, "due": due}
        return what % {"case": deed.label()}, body % parts

    mark = f"{reading.cycle}:{reading.clock}:{step.slug}"
    watchers = [w.user for w in CaseWatcher.objects.filter(case=deed.row).select_related("user")] if step.to else []
    telling.send(deed, {person.pk: person for person in (*people, *watchers)}.values(), mark, words)
    if step.channel:
        telling.to_channel(deed, mark, words)


def _digest(this: Round, unit: OrgUnit, person: User) -> None:
    """One message for all that is overdue, at most every ten minutes."""
    mark = f"{this.now:%Y%m%d%H}{this.now.minute // 10}"
    with translation.override(person.language):
        title = _("Several cases are due or overdue")
        body = _("They are too many for single messages. Open the list, the most urgent one is on top.")
    try:
        notify.send(
            org_unit=unit, dedupe=f"cases.digest:{person.pk}:{mark}", title=title, body=body, now=this.now,
            recipient=person, link=f"{reverse('primitives:cases')}?stage=unfinished&sort=due",
        )  # fmt: skip
    except IntegrityError:
        return  # another worker has just written the same one


def end_pauses(*, now: datetime, most: int = 500) -> int:
    """Pauses at their cap end by themselves; the clocks counted from the cap on anyway."""
    with scoped(house()):
        due = list(
            Case.objects.filter(next_due_at__lte=now).order_by("next_due_at").values_list("pk", flat=True)[:most]
        )
        return sum(_resume(case, now) for case in due)


def _resume(case: UUID, now: datetime) -> int:
    with transaction.atomic():
        row = _claimed(case)
        if row is None:
            return 0
        deed = Deed(None, row, now)
        if deed.state.open_pause is None or deed.state.paused_at(now):
            deed.store()
            return 0
        deed.apply("resumed")
        deed.finish("resumed", by_cap=True)
        return 1
