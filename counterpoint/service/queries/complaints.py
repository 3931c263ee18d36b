"""Reads of complaints: the board, one complaint with what belongs to it, duplicates, lessons, callbacks."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from counterpoint.foundation.api import NotFound, Scope, scoped
from counterpoint.primitives.cases import CaseDetail, CaseFilter, CaseView, Page, cases
from counterpoint.service import catalogue
from counterpoint.service.actions.taking import told_of
from counterpoint.service.entry import TYPE, found
from counterpoint.service.models import Callback, Complaint, Extension, LessonRequest, Report
from counterpoint.service.rules.duplicates import suggest
from counterpoint.service.verbs import READ

LOOK_BACK = 400  # complaints around the same days that are compared for near texts


@dataclass(frozen=True)
class Line:
    """A complaint on the board: its case and what the case does not know. `due_at` is the nearest deadline."""

    complaint: UUID
    view: CaseView
    channel: str
    confirmed: bool
    sure: bool
    proposed: str
    repeats: int
    received_at: datetime
    legal_due_at: datetime | None
    step: str


@dataclass(frozen=True)
class Likely:
    """A possible duplicate in words of the page: why, how alike, and its case."""

    complaint: UUID
    view: CaseView
    why: str
    alike: int


@dataclass(frozen=True)
class Whole:
    """One complaint for its page. `readable` is false for a reader without need: text, contact, words and photos are
    empty then."""

    row: Complaint
    detail: CaseDetail
    readable: bool
    text: str
    contact: str
    words: tuple[str, ...]
    photos: tuple[str, ...]
    report: Report | None
    extensions: tuple[Extension, ...]
    lessons: tuple[LessonRequest, ...]
    callbacks: tuple[Callback, ...]
    duplicates: tuple[Likely, ...]


def board(*, scope: Scope, filters: CaseFilter, now: datetime) -> Page[Line]:
    """A page of complaints that the caller may see, worst first."""
    page = cases(scope=scope, filters=filters, now=now)
    with scoped(scope):
        ids = [view.id for view in page.rows]
        held = {one.case: one for one in Complaint.objects.filter(case__in=ids)}
    lines = [_line(view, held[view.id]) for view in page.rows if view.id in held]
    return Page(lines, page.total, page.number, page.size)


def _line(view: CaseView, one: Complaint) -> Line:
    return Line(
        complaint=one.pk, view=view, channel=one.channel, confirmed=one.confirmed_at is not None, sure=one.sure,
        proposed=one.proposed_level, repeats=one.repeats, received_at=one.received_at, legal_due_at=one.legal_due_at,
        step=next_step(view, confirmed=one.confirmed_at is not None),
    )  # fmt: skip


def next_step(view: CaseView, *, confirmed: bool) -> str:
    """What a person has to do next: confirm, accept, solve, verify, close, or "" when it is over."""
    if view.stage_kind in ("closed", "dropped"):
        return ""
    if not confirmed and view.stage_kind in ("open", "doing"):
        return "confirm"
    return {"open": "accept", "doing": "solve", "resolved": "verify"}[view.stage_kind]


def open_complaints(*, scope: Scope, now: datetime, branch: str = "", size: int = 5) -> Page[Line]:
    """The unfinished ones by their nearest deadline, for the desk."""
    return board(scope=scope, filters=CaseFilter(type=TYPE, stage="unfinished", branch=branch, size=size), now=now)


def whole(*, scope: Scope, complaint: UUID, now: datetime) -> Whole:
    """Everything of one complaint; the customer's words only for who needs them, never the contact for who is
    involved. `NotFound` when absent or out of reach."""
    with scoped(scope):
        row, detail = found(scope, complaint, now)
        mine = scope.actor is not None and detail.case.owner == scope.actor
        readable = mine or scope.may(READ, row.org_path)
        involved = scope.actor in {person for person, _name in detail.involved}
        return Whole(
            row=row, detail=detail, readable=readable, text=row.text if readable else "",
            contact=row.contact if readable and not involved else "", words=tuple(row.words) if readable else (),
            photos=tuple(row.photos) if readable else (), report=row.reports.first(),
            extensions=tuple(row.extensions.all()), lessons=tuple(row.lessons.all()),
            callbacks=tuple(row.callbacks.all()), duplicates=_duplicates(scope, row, now) if readable else (),
        )  # fmt: skip


def _duplicates(scope: Scope, row: Complaint, now: datetime) -> tuple[Likely, ...]:
    """Likely duplicates of the same branch among the cases that the caller may see."""
    within = catalogue.rules(row.org_unit, now).repeat_within
    near = Complaint.objects.filter(
        org_unit=row.org_unit, received_at__gt=row.received_at - within, received_at__lt=row.received_at + within
    ).exclude(pk=row.pk)
    others = {one.pk: one for one in near[:LOOK_BACK]}
    twins = suggest(told_of(row), [told_of(one) for one in others.values()], within)
    asked = CaseFilter(ids=tuple(others[twin.id].case for twin in twins))
    views = {view.id: view for view in cases(scope=scope, filters=asked, now=now).rows} if twins else {}
    return tuple(
        Likely(twin.id, views[others[twin.id].case], twin.why, round(100 * twin.alike))
        for twin in twins
        if others[twin.id].case in views
    )


def photo(*, scope: Scope, complaint: UUID, file: UUID, now: datetime) -> Any:
    """The stored file of a photo, for a reader of the words; `NotFound` otherwise."""
    from counterpoint.foundation.api import StoredFile

    seen = whole(scope=scope, complaint=complaint, now=now)
    with scoped(scope):
        stored = StoredFile.objects.filter(pk=file).first() if str(file) in seen.photos else None
    if stored is None:
        raise NotFound("There is no such photo here.")
    return stored


def lesson_requests(*, scope: Scope, state: str = "asked", most: int = 200) -> list[LessonRequest]:
    """Lesson requests of the caller's branches, newest first: what the academy takes up."""
    with scoped(scope):
        return list(LessonRequest.objects.filter(state=state).select_related("complaint", "org_unit")[:most])


def callbacks_due(*, scope: Scope, branch: Any, on: date, most: int = 50) -> list[Callback]:
    """Calls that are due by a date and not done."""
    with scoped(scope):
        rows = Callback.objects.filter(org_unit=branch, due_on__lte=on, outcome="").select_related("complaint")
        return list(rows[:most])
