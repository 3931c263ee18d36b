"""How every verb changes a case: lock, check, evolve, store row and clocks, one journal entry, tell who listens."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, calendar, hours_of, journal
from counterpoint.primitives.cases import readings
from counterpoint.primitives.cases.clocks import Hours
from counterpoint.primitives.cases.errors import Recused, WrongStage
from counterpoint.primitives.cases.models import Case, CaseClock, CaseEscalation, CaseWatcher
from counterpoint.primitives.cases.readings import Reading
from counterpoint.primitives.cases.state import Event, State, evolve, from_json
from counterpoint.primitives.cases.types import ENDED, CaseType, pinned
from counterpoint.primitives.cases.values import CaseView, case_view, label_of

Listener = Callable[[str, CaseView, datetime], None]
_listeners: list[Listener] = []
OFFICE_HOURS = dict.fromkeys(range(5), ((540, 1020),))


def register_listener(listener: Listener) -> None:
    """Have `listener(event_kind, case, now)` called after every change of a case, in its transaction."""
    if listener not in _listeners:
        _listeners.append(listener)


def hours_for(org_unit: OrgUnit) -> Hours:
    """The unit's hours; an office without opening hours of its own keeps office hours."""
    hours = hours_of(org_unit)
    return hours if hours.weekly else Hours(OFFICE_HOURS, hours.special, hours.time_zone, hours.pack)


def digest(hours: Hours) -> str:
    """A short mark of everything a deadline depends on in a calendar: it changes exactly when that does."""
    known = calendar.announced_until()
    parts = (sorted(hours.weekly.items()), sorted(hours.special.items()), hours.time_zone, hours.pack, known)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def locked(case: UUID) -> Case:
    """The row, held until the transaction ends; inside the active scope."""
    row = Case.objects.select_for_update(of=("self",)).select_related("org_unit", "owner").filter(pk=case).first()
    if row is None:
        raise NotFound(_("There is no such case here."))
    return row


class Keeper:
    """What many changes in one round need again: each unit's hours with their mark."""

    def __init__(self) -> None:
        self._hours: dict[UUID, tuple[Hours, str]] = {}

    def hours(self, org_unit: OrgUnit) -> tuple[Hours, str]:
        """A unit's hours and their digest, read once."""
        if org_unit.pk not in self._hours:
            hours = hours_for(org_unit)
            self._hours[org_unit.pk] = hours, digest(hours)
        return self._hours[org_unit.pk]


class Deed:
    """One change of one case, from the lock to the journal entry. Use inside `scoped(scope)` and a transaction."""

    def __init__(self, scope: Scope | None, row: Case, now: datetime, keeper: Keeper | None = None) -> None:
        self.scope, self.row, self.now = scope, row, now
        self.kind: CaseType = pinned(row.type, row.version, row.pack, row.org_path)
        self.state: State = from_json(row.state)
        self.hours, self.calendar = (keeper or Keeper()).hours(row.org_unit)
        self.actor = str(scope.actor or "") if scope else ""

    @property
    def stage_kind(self) -> str:
        """The kind of the present stage."""
        return self.kind.kind_of(self.state.stage)

    def need(self, what: str) -> None:
        """The right to do it here; who does not even see the case is told that there is none."""
        assert self.scope is not None
        if not sees(self.scope, self.row):
            raise NotFound(_("There is no such case here."))
        verb, owned = self.kind.verb(what), self.row.owner_id is not None and self.row.owner_id == self.scope.actor
        if what == "view" or (what == "handle" and owned and not self.scope.missing(verb, self.row.org_path)):
            return
        self.scope.require(verb, self.row.org_path)

    def not_involved(self, who: str = "") -> None:
        """Raise `Recused` for a person whom the case is about."""
        if self.kind.recuse_involved and (who or self.actor) in self.state.involved:
            raise Recused(_("Who is involved in a case may not own, verify or decide it. Give it to somebody else."))

    def at_stage(self, *kinds: str) -> None:
        """Raise `WrongStage` unless the case is in a stage of one of the kinds."""
        if self.stage_kind not in kinds:
            stage = self.kind.stage(self.state.stage)
            raise WrongStage(
                _("The case is “%(stage)s”; this step does not lead from there. Load the page again.")
                % {"stage": stage.name() if stage else self.state.stage}
            )

    def apply(self, kind: str, **data: Any) -> None:
        """Let something happen to the state."""
        self.state = evolve(self.kind, self.state, Event(kind, self.now, self.actor, data))

    def finish(self, kind: str, at: datetime | None = None, /, **data: Any) -> CaseView:
        """Store the state, its clocks and the one journal entry, then tell the listeners."""
        self.store()
        self.note(kind, at, **data)
        return self.told(kind)

    def store(self) -> None:
        """Row and clocks from the state."""
        project(self.row, self.kind, self.state, self.now)
        store_clocks(self.row, readings.read(self.kind, self.state, self.hours), self.state, self.calendar, self.now)
        self.row.save()

    def note(self, kind: str, at: datetime | None = None, /, **data: Any) -> None:
        """The journal entry alone, for what leaves the state as it is."""
        journal.record(
            scope=self.scope, org_unit=self.row.org_unit, kind=f"cases.{kind}", subject=str(self.row.pk),
            at=at or self.now, data={"type": self.row.type, **data},
        )  # fmt: skip

    def told(self, kind: str) -> CaseView:
        """The view, after the listeners heard of it."""
        view = case_view(self.row, self.kind, self.now)
        for listener in _listeners:
            listener(kind, view, self.now)
        return view

    def label(self) -> str:
        """Type and short name, free of personal words: for messages."""
        return f"{self.kind.name()} {label_of(self.row)}"


def sees(scope: Scope, row: Case) -> bool:
    """Whether the caller may read the case: by right, or because they opened it, own it or were told of it."""
    if scope.may(f"{row.rights}.view", row.org_path):
        return True
    if scope.actor is None:
        return False
    told = CaseWatcher.objects.filter(case=row, user=scope.actor)
    return scope.actor in (row.owner_id, row.opened_by) or told.exists()


def project(row: Case, kind: CaseType, state: State, now: datetime) -> None:
    """Repeat the state in the row's searchable columns."""
    before = row.stage_kind
    row.state, row.stage, row.level, row.cycle = state.to_json(), state.stage, state.level, state.cycle
    row.stage_kind = kind.kind_of(state.stage)
    row.owner_id = UUID(state.owner) if state.owner else None
    row.merged_into_id = UUID(state.merged_into) if state.merged_into else None
    row.version, row.changed_at = state.version, now
    if row.stage_kind in ENDED and before not in ENDED:
        row.ended_at = now
    elif row.stage_kind not in ENDED:
        row.ended_at = None


def store_clocks(row: Case, found: list[Reading], state: State, mark: str, now: datetime) -> None:
    """Store the clocks of the present cycle as they were read just now, with the row's nearest deadline.

    A breach that is on record stays, also when the deadline moves away later."""
    held = {c.clock: c for c in CaseClock.objects.filter(case=row, cycle=state.cycle)}
    fired: dict[str, set[str]] = {}
    for clock, rung in CaseEscalation.objects.filter(case=row, cycle=state.cycle).values_list("clock", "rung"):
        fired.setdefault(clock, set()).add(rung)
    open_dues: list[datetime] = []
    for reading in found:
        stored = held.pop(reading.clock, None) or CaseClock(
            org_unit=row.org_unit, case=row, cycle=state.cycle, clock=reading.clock
        )
        before = _kept(stored)
        put(stored, reading, fired.get(reading.clock, set()), mark, now)
        if _kept(stored) != before:
            stored.org_unit = row.org_unit
            stored.save()
        if reading.stopped_at is None and reading.due_at is not None:
            open_dues.append(reading.due_at)
    for gone in held.values():
        _retire(gone, now)
    row.due_at = min(open_dues, default=None)
    pause = state.open_pause
    row.next_due_at = pause.span()[1] if pause and pause.cap else None
    row.breaches = state.carried + CaseClock.objects.filter(case=row, breached_at__isnull=False).count()


def _kept(stored: CaseClock) -> tuple[object, ...]:
    """What a reading may change of a clock; nothing of it is there before the first."""
    return (
        stored.started_at, stored.allowed, stored.calendar, stored.due_at, stored.stopped_at, stored.breached_at,
        stored.next_step, stored.next_due_at,
    )  # fmt: skip


def put(stored: CaseClock, reading: Reading, fired: set[str], mark: str, now: datetime) -> None:
    """A reading into its row."""
    stored.started_at, stored.allowed, stored.calendar = reading.start, reading.allowed, mark
    stored.due_at, stored.stopped_at = reading.due_at, reading.stopped_at
    if stored.breached_at is None and reading.breached(now):
        stored.breached_at = reading.due_at
    step = readings.next_step(reading, fired)
    stored.next_step, stored.next_due_at = (step.slug, step.at) if step else ("", None)


def _retire(stored: CaseClock, now: datetime) -> None:
    """A clock that the new level does not have: gone, unless it was missed."""
    if stored.breached_at is None:
        stored.delete()
        return
    stored.stopped_at = stored.stopped_at or now
    stored.next_step, stored.next_due_at = "", None
    stored.save()
