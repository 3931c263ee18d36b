"""Reads of cases, always inside the caller's scope and rights."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, Prepared, Scope, User, scoped
from counterpoint.primitives.cases import clocks, filling, readings, rights, shown
from counterpoint.primitives.cases.models import Case, CaseClock, CaseLink, CaseWatcher
from counterpoint.primitives.cases.readings import Reading
from counterpoint.primitives.cases.state import State, from_json
from counterpoint.primitives.cases.types import OPEN_KINDS, CaseType, pinned
from counterpoint.primitives.cases.values import (
    CaseDetail,
    CaseView,
    ClockView,
    Explained,
    ExplainedLine,
    FieldView,
    LinkView,
    case_view,
)
from counterpoint.primitives.cases.writing import hours_for, sees

T = TypeVar("T")
PAGE = 50
_CASE = Prepared(lambda pk: Case.objects.select_related("org_unit", "owner").filter(pk=pk))
SORTS = {"due": (F("due_at").asc(nulls_last=True), "-opened_at"), "new": ("-opened_at",), "old": ("opened_at",)}


@dataclass(frozen=True)
class CaseFilter:
    """What to list: every given part must hold. `stage` is a kind or, of one type, a slug; "open" and "" mean all that
    is not ended and everything. `owner` is a person, or "none". `late` lists what is past its deadline. `ids`: of these
    cases those that the caller may see."""

    type: str = ""
    level: str = ""
    stage: str = ""
    owner: UUID | str = ""
    branch: str = ""
    late: bool = False
    text: str = ""
    source: str = ""
    due_before: datetime | None = None
    ids: tuple[UUID, ...] | None = None
    sort: str = "due"
    page: int = 1
    size: int = PAGE


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list."""

    rows: list[T] = field(default_factory=list)
    total: int = 0
    number: int = 1
    size: int = PAGE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


def cases(*, scope: Scope, filters: CaseFilter, now: datetime) -> Page[CaseView]:
    """One page of the cases that the caller may see."""
    with scoped(scope):
        rows = matching(scope, filters, now)
        total = rows.count()
        number = min(max(1, filters.page), max(1, -(-total // filters.size)))
        start = (number - 1) * filters.size
        found = rows.select_related("org_unit", "owner")[start : start + filters.size]
        return Page([view_of(row, now) for row in found], total, number, filters.size)


def matching(scope: Scope, filters: CaseFilter, now: datetime) -> Any:
    """The rows that a filter means; inside `scoped(scope)`."""
    rows = Case.objects.filter(visible(scope)).order_by(*SORTS.get(filters.sort, SORTS["due"]))
    if filters.type:
        rows = rows.filter(type=filters.type)
    if filters.level:
        rows = rows.filter(level=filters.level)
    if filters.stage:
        rows = rows.filter(_stage(filters.stage))
    if filters.owner:
        rows = rows.filter(owner=None) if filters.owner == "none" else rows.filter(owner=filters.owner)
    if filters.branch:
        rows = rows.filter(org_unit__code=filters.branch)
    if filters.source:
        rows = rows.filter(source__startswith=filters.source)
    if filters.ids is not None:
        rows = rows.filter(pk__in=filters.ids)
    if filters.late:
        rows = rows.filter(stage_kind__in=OPEN_KINDS, due_at__lte=now)
    if filters.due_before:
        rows = rows.filter(stage_kind__in=OPEN_KINDS, due_at__lt=filters.due_before)
    for word in filters.text.split():
        rows = rows.filter(_about(word))
    return rows


def _stage(stage: str) -> Q:
    if stage == "unfinished":
        return Q(stage_kind__in=OPEN_KINDS)
    return Q(stage_kind=stage) | Q(stage=stage)


def _about(word: str) -> Q:
    tail = word.rsplit("-", 1)[-1].lower()
    found = Q(title__icontains=word) | Q(source__icontains=word) | Q(owner__name__icontains=word)
    return found | Q(pk__endswith=tail) if len(tail) == 6 and tail.isalnum() and tail.isascii() else found


def visible(scope: Scope) -> Q:
    """What the caller's rights open, type by type, and what they opened, own or were told of."""
    mine = Q(pk=None)
    if scope.actor:
        told = CaseWatcher.objects.filter(user=scope.actor).values("case")
        mine = Q(owner=scope.actor) | Q(opened_by=scope.actor) | Q(pk__in=told)
    for prefix in rights.prefixes():
        paths = scope.grants.get(f"{prefix}.view", ())
        if paths:
            mine |= Q(rights=prefix, org_path__within=paths)
    return mine


def view_of(row: Case, now: datetime) -> CaseView:
    """A stored case as its view."""
    return case_view(row, pinned(row.type, row.version, row.pack, row.org_path), now)


def found(scope: Scope, case: UUID) -> Case:
    """The row, for a caller who may see it; inside `scoped(scope)`."""
    row = _CASE.first(case)
    if row is None or not sees(scope, row):
        raise NotFound(_("There is no such case here."))
    return row


def case(*, scope: Scope, case: UUID, now: datetime) -> CaseDetail:
    """Everything of one case; `NotFound` when absent or out of reach."""
    with scoped(scope):
        row = found(scope, case)
        kind, state = pinned(row.type, row.version, row.pack, row.org_path), from_json(row.state)
        people = dict(User.objects.filter(pk__in=state.involved).values_list("pk", "name"))
        watchers = CaseWatcher.objects.filter(case=row).select_related("user").order_by("user__name")
        pause = state.open_pause if state.paused_at(now) else None
        return CaseDetail(
            case=case_view(row, kind, now), clocks=tuple(_clocks(row, kind, now)), fields=tuple(_fields(row, kind)),
            links=tuple(_links(scope, row, now)), watchers=tuple((w.user_id, w.user.name) for w in watchers),
            involved=tuple((UUID(p), people.get(UUID(p), "")) for p in state.involved),
            may=tuple(sorted(rights.may(scope, row, kind, state, now))), proposed_level=state.proposed_level,
            pause_reason=pause.reason if pause else "", verified=bool(state.verified_by),
            merged_into=row.merged_into_id,
        )  # fmt: skip


def _clocks(row: Case, kind: CaseType, now: datetime) -> list[ClockView]:
    """The stored clocks of all cycles, the newest cycle first, each in the type's order."""
    order = [clock.slug for clock in kind.clocks]
    state, hours = from_json(row.state), hours_for(row.org_unit)
    present = {reading.clock: reading for reading in readings.read(kind, state, hours)}
    rows = list(CaseClock.objects.filter(case=row))
    rows.sort(key=lambda c: (-c.cycle, order.index(c.clock) if c.clock in order else 99))
    return [_clock(c, kind, state, present.get(c.clock) if c.cycle == state.cycle else None, hours, now) for c in rows]


def _clock(
    stored: CaseClock, kind: CaseType, state: State, reading: Reading | None, hours: clocks.Hours, now: datetime
) -> ClockView:
    clock = kind.clock(stored.clock)
    left: timedelta | None = None
    if reading is not None and stored.stopped_at is None:
        left = reading.allowed - clocks.consumed(hours, reading.runs, reading.start, now, reading.holes)
    if stored.stopped_at is not None:
        word = "missed" if stored.breached_at else "kept"
    elif stored.breached_at or (stored.due_at and stored.due_at <= now):
        word = "late"
    else:
        word = "running" if reading is None or reading.running(now) else "paused"
    return ClockView(
        clock=stored.clock, name=clock.name() if clock else stored.clock, cycle=stored.cycle,
        started_at=stored.started_at, due_at=stored.due_at, stopped_at=stored.stopped_at,
        breached_at=stored.breached_at, state=word, left=left, allowed=stored.allowed,
        why=shown.sentence(kind, state, clock, reading, hours) if clock and reading else "",
    )  # fmt: skip


def _fields(row: Case, kind: CaseType) -> list[FieldView]:
    values = filling.held(row)
    return [
        FieldView(
            slug=f.slug,
            name=f.name(),
            kind=f.kind,
            value=values.get(f.slug),
            shown=shown.value(f, values.get(f.slug)),
            required_at=f.required_at,
            private=f.private,
        )
        for f in kind.fields
    ]


def _links(scope: Scope, row: Case, now: datetime) -> list[LinkView]:
    joined = CaseLink.objects.filter(Q(case=row) | Q(other=row)).select_related(
        "case__org_unit", "case__owner", "other__org_unit", "other__owner"
    )
    pairs = [(link.kind, link.other if link.case_id == row.pk else link.case) for link in joined]
    taken_in = Case.objects.filter(merged_into=row).select_related("org_unit", "owner")
    pairs += [("merged", other) for other in taken_in]
    ids = [other.pk for _kind, other in pairs]
    seen = set(Case.objects.filter(visible(scope), pk__in=ids).values_list("pk", flat=True)) if pairs else set()
    return [LinkView(kind=kind, case=view_of(other, now)) for kind, other in pairs if other.pk in seen]


def explain_deadline(*, scope: Scope, case: UUID, clock: str) -> Explained:
    """Why a clock of the present cycle is due when it is: every interval that counted, every one that did not."""
    with scoped(scope):
        row = found(scope, case)
        kind, state, hours = (
            pinned(row.type, row.version, row.pack, row.org_path),
            from_json(row.state),
            hours_for(row.org_unit),
        )
    reading = next((r for r in readings.read(kind, state, hours) if r.clock == clock), None)
    named = kind.clock(clock)
    if reading is None or named is None:
        raise NotFound(_("There is no such clock at this case."))
    return _explained(row, kind, state, hours, reading)


def _explained(row: Case, kind: CaseType, state: State, hours: clocks.Hours, reading: Reading) -> Explained:
    clock = kind.clock(reading.clock)
    assert clock is not None
    end = reading.due_at or (reading.holes[-1][0] if reading.holes else reading.start)
    lines = [
        ExplainedLine(since=c.since, until=c.until, used=c.used, total=c.total)
        for c in clocks.explained(hours, reading.runs, reading.start, end, reading.holes)
    ]
    by_hand = bool(readings.by_hand(state, reading.clock, reading.cycle))
    return Explained(
        case=row.pk, clock=clock.slug, name=clock.name(), runs=reading.runs, time_zone=hours.time_zone,
        rule=shown.rule(clock.within[state.level], reading.runs, by_hand=by_hand), started_at=reading.start,
        allowed=reading.allowed, due_at=reading.due_at, stopped_at=reading.stopped_at, lines=tuple(lines),
        holes=tuple((a, None if b >= clocks.NEVER_ENDS else b) for a, b in reading.holes),
        provisional=shown.provisional(hours, reading, end),
        sentence=shown.sentence(kind, state, clock, reading, hours),
    )  # fmt: skip
