"""Reads of the playbooks, inside the caller's scope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, User, journal, scoped
from counterpoint.primitives.playbooks import rules
from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.engine import book_of, settled_steps
from counterpoint.primitives.playbooks.models import Play, PlayInject, PlayNote, PlayPage, PlayStep
from counterpoint.primitives.playbooks.values import (
    InjectView,
    LogLine,
    PageView,
    PlayDetail,
    PlayView,
    StepView,
    detail,
    step_view,
    view,
)
from counterpoint.primitives.playbooks.verbs import VIEW

MOST = 200


def plays(
    *,
    scope: Scope,
    org_unit: OrgUnit | None = None,
    playbook: str = "",
    mode: str = "",
    states: Iterable[str] = (),
    since: datetime | None = None,
    limit: int = MOST,
) -> list[PlayView]:
    """Plays in the caller's scope, newest first; of a unit and everything below it when one is given."""
    with scoped(scope):
        rows = Play.objects.select_related("org_unit").filter(org_path__within=scope.grants.get(VIEW, ()))
        if org_unit is not None:
            rows = rows.filter(org_path__startswith=org_unit.path)
        for name, value in (("playbook", playbook), ("mode", mode), ("started_at__gte", since)):
            if value:
                rows = rows.filter(**{name: value})
        if wanted := list(states):
            rows = rows.filter(state__in=wanted)
        return [view(row) for row in rows[:limit]]


def the_play(scope: Scope, play: UUID) -> Play:
    """The row; `NotFound` outside the scope, `Forbidden` without the right to see it."""
    with scoped(scope):
        row = Play.objects.select_related("org_unit").filter(pk=play).first()
        if row is None:
            raise NotFound(_("There is no such play here."))
        scope.require(VIEW, row.org_path)
        return row


def play(*, scope: Scope, play: UUID, now: datetime) -> PlayDetail:  # noqa: ARG001  (what every read takes)
    """One play: steps in the plan's order with every round, contact state, log in order of time."""
    row = the_play(scope, play)
    with scoped(scope):
        book = book_of(row)
        given = tuple(one for one in injects_of(row, book) if one.shown_at is not None)
        return detail(row, tuple(steps_of(row, book)), tuple(_pages(row)), tuple(log_of(row)), given)


def steps_of(row: Play, book: Playbook) -> list[StepView]:
    """Every step of the plan, with all its rounds; those without a row are waiting or not needed."""
    held: dict[str, list[PlayStep]] = {}
    for one in PlayStep.objects.filter(play=row).order_by("round"):
        held.setdefault(one.slug, []).append(one)
    standing = rules.standings(book, settled_steps(row), row.started_at)
    found = []
    for step in book.steps:
        rounds = held.get(step.slug)
        if rounds:
            found += [step_view(one, step.role) for one in rounds]
        else:
            state = "unneeded" if standing[step.slug].state == "unneeded" else "waiting"
            found.append(StepView(slug=step.slug, state=state if row.running else "unneeded", role=step.role))
    return found


def _pages(row: Play) -> Iterable[PageView]:
    for page in PlayPage.objects.filter(step__play=row).select_related("step"):
        yield PageView(
            step=page.step.slug, round=page.step.round, order=page.order, role=page.role, due_at=page.due_at,
            sent_at=page.sent_at, people=page.people, cancelled=page.cancelled_at is not None,
        )  # fmt: skip


def injects_of(row: Play, book: Playbook) -> list[InjectView]:
    """All news of a drill in the order of its time, also what has not come in (yet): only for the report."""
    return [
        InjectView(
            slug=one.slug, role=book.news[one.slug].role, shown_at=one.shown_at, answer_due_at=one.answer_due_at,
            reacted_at=one.reacted_at, reacted_by=one.reacted_by, text=one.text,
        )
        for one in PlayInject.objects.filter(play=row)
    ]  # fmt: skip


def log_of(row: Play) -> list[LogLine]:
    """The journal's entries of a play with the texts that people wrote, oldest first."""
    entries = list(journal.JournalEntry.objects.filter(org_unit=row.org_unit, subject=str(row.pk)).order_by("id"))
    notes = {str(note.pk): note for note in PlayNote.objects.filter(play=row)}
    reasons = {(step.slug, step.round): step.note for step in PlayStep.objects.filter(play=row).exclude(note="")}
    reactions = dict(PlayInject.objects.filter(play=row).exclude(text="").values_list("slug", "text"))
    names = names_of([entry.actor for entry in entries])
    lines = []
    for entry in entries:
        data = dict(entry.data)
        note = notes.get(str(data.get("note", "")))
        text = note.text if note else reasons.get((data.get("step", ""), data.get("round", 1)), "")
        if entry.kind in ("primitives.play_aborted", "primitives.play_completed"):
            text = row.reason
        elif entry.kind == "primitives.play_inject_reacted":
            text = reactions.get(data.get("inject", ""), "")
        elif entry.kind not in TELLING and note is None:
            text = ""
        claimed = data.get("claimed")
        lines.append(
            LogLine(
                at=entry.at, kind=entry.kind.removeprefix("primitives."), who=names.get(entry.actor, ""),
                step=data.get("step", ""), text=text, link=data.get("link", ""),
                claimed_at=note.claimed_at if note else (datetime.fromisoformat(claimed) if claimed else None),
                data=data,
            )
        )  # fmt: skip
    return lines


TELLING = frozenset({"primitives.play_step_done", "primitives.play_step_skipped"})


def names_of(people: Iterable[Any]) -> dict[Any, str]:
    """Names of people by id."""
    wanted = {one for one in people if one}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name"))
