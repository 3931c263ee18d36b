"""Whom a play tells, and how it sounds. A drill speaks to people's inboxes only, marked as a drill; nothing of it
leaves through a channel."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, User, nearest_holders, notify
from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.models import Play, PlayPage, PlayStep
from counterpoint.ui import reader
from counterpoint.ui.punctuation import sign

MOST_TITLE = 160


def tell_step(play: Play, book: Playbook, page: PlayPage, now: datetime) -> int:
    """Send one rung of a step's contact tree; returns how many people were told."""
    step, unit = page.step, play.org_unit
    people = _at(page.role, unit, now)
    for person in people:
        with translation.override(person.language):
            about = book.name(person.language) + sign(":") + book.by_slug[step.slug].name(person.language)
            notify.send(
                org_unit=unit, dedupe=f"primitives.page:{page.pk}:{person.pk}", recipient=person, now=now,
                title=_title(play, about),
                body=_step_body(book, step, person.language, unit), link=_link(play),
            )  # fmt: skip
    return len(people)


def tell_overrun(play: Play, book: Playbook, step: PlayStep, now: datetime) -> None:
    """A step is over its time: its role and the branch's leader hear of it."""
    unit = play.org_unit
    leaders = ("branch_head", "supervisor")
    people = {one.pk: one for role in (book.by_slug[step.slug].role, *leaders) for one in _at(role, unit, now)}
    for person in people.values():
        with translation.override(person.language):
            name = book.by_slug[step.slug].name(person.language)
            notify.send(
                org_unit=unit, dedupe=f"primitives.overrun:{step.pk}:{person.pk}", recipient=person, now=now,
                title=_title(play, _("Over time: %(step)s") % {"step": name}),
                body=_("%(plan)s: this step was due at %(time)s.")
                % {"plan": book.name(person.language), "time": _clock(step.due_at, unit)},
                link=_link(play),
            )  # fmt: skip


def tell_limit(play: Play, book: Playbook, now: datetime) -> None:
    """The limit of the whole has passed: leaders and the region hear of it, and for a real play the channel."""
    unit = play.org_unit
    people = {one.pk: one for role in ("supervisor", "branch_head", "regional_manager") for one in _at(role, unit, now)}
    for person in people.values():
        with translation.override(person.language):
            notify.send(
                org_unit=unit, dedupe=f"primitives.limit:{play.pk}:{person.pk}", recipient=person, now=now,
                title=_title(play, _limit_title(book, person.language)),
                body=_limit_body(play, book, person.language), link=_link(play),
            )  # fmt: skip
    to_channel(play, book, "limit", now)


def to_channel(play: Play, book: Playbook, what: str, now: datetime) -> None:
    """A real play's start and its passed limit go to the branch's channel; nothing of a drill does."""
    if play.drill:
        return
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        if what == "limit":
            title, body = _limit_title(book, language), _limit_body(play, book, language)
        else:
            title = _("Real event: %(plan)s") % {"plan": book.name(language)}
            body = _("Started at %(branch)s at %(time)s.") % {
                "branch": play.org_unit.name, "time": _clock(play.started_at, play.org_unit)
            }  # fmt: skip
        notify.send(
            org_unit=play.org_unit, dedupe=f"primitives.channel:{play.pk}:{what}", title=title[:MOST_TITLE], body=body,
            now=now, link=_link(play),
        )  # fmt: skip


def _at(role: str, unit: OrgUnit, now: datetime) -> list[User]:
    return nearest_holders(role=role, org_unit=unit, on=now)


def _title(play: Play, text: str) -> str:
    return (_("[DRILL] %(text)s") % {"text": text} if play.drill else text)[:MOST_TITLE]


def _step_body(book: Playbook, step: PlayStep, language: str, unit: OrgUnit) -> str:
    found = book.by_slug[step.slug]
    what = reader.said(found.do, language)
    due = _("Due at %(time)s.") % {"time": _clock(step.due_at, unit)} if step.due_at else ""
    return "\n".join(filter(None, (what, due)))


def _limit_title(book: Playbook, language: str) -> str:
    return _("Time limit passed: %(plan)s") % {"plan": book.name(language)}


def _limit_body(play: Play, book: Playbook, language: str) -> str:
    name = reader.said(book.time_limit.names, language) if book.time_limit else ""
    return _("%(limit)s ended at %(time)s.") % {"limit": name, "time": _clock(play.limit_at, play.org_unit)}


def _clock(at: datetime | None, unit: OrgUnit) -> str:
    return at.astimezone(ZoneInfo(unit.time_zone)).strftime("%H:%M") if at else ""


def _link(play: Play) -> str:
    return reverse("primitives:play", args=[play.pk])
