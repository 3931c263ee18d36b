"""Rules of a play, pure: which steps can begin, by when, and whether a step was in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.primitives.playbooks.definition import Field, Playbook, Step

MOST_TEXT = 500


@dataclass(frozen=True)
class Settled:
    """A step that is over: the answer given, and when."""

    answer: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Where a step stands: `waiting`, `ready`, `settled` or `unneeded`, and since when."""

    state: str
    since: datetime | None = None


def standings(book: Playbook, settled: Mapping[str, Settled], started_at: datetime) -> dict[str, Standing]:
    """Where every step stands. A step is ready when every step before it is settled or unneeded and at least one of
    them leads to it, since the last of them was so; unneeded when none does."""
    found: dict[str, Standing] = {book.steps[0].slug: Standing("ready", started_at)}
    before: dict[str, list[str]] = {step.slug: [] for step in book.steps}
    for slug, following in book.follows.items():
        for target in following:
            before[target].append(slug)
    for step in book.steps:
        slug = step.slug
        if slug in settled:
            found[slug] = Standing("settled", settled[slug].at)
        elif slug not in found:
            found[slug] = _standing(book, slug, before[slug], settled, found)
    return found


def _standing(
    book: Playbook, slug: str, before: list[str], settled: Mapping[str, Settled], found: Mapping[str, Standing]
) -> Standing:
    if any(found[earlier].state not in ("settled", "unneeded") for earlier in before):
        return Standing("waiting")
    led = any(earlier in settled and slug in book.opens(earlier, settled[earlier].answer) for earlier in before)
    since = max((at for earlier in before if (at := found[earlier].since) is not None), default=None)
    return Standing("ready" if led else "unneeded", since)


def due_at(step: Step, ready_at: datetime, started_at: datetime) -> datetime | None:
    """By when a step should be done; None without a time limit."""
    if step.within is None:
        return None
    base = started_at if step.within.of == "start" else ready_at
    return base + timedelta(minutes=step.within.minutes)


def next_round_at(step: Step, at: datetime) -> datetime:
    """When a repeating step comes round again."""
    assert step.again is not None
    return at + timedelta(minutes=step.again.minutes)


def paused_within(pauses: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime) -> timedelta:
    """How much of a span the play stood still."""
    overlaps = (min(end, until) - max(begin, since) for begin, end in pauses)
    return sum((gap for gap in overlaps if gap > timedelta()), timedelta())


def took(pauses: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime) -> float:
    """Minutes between two instants without the pauses; never negative."""
    return max(0.0, (until - since - paused_within(pauses, since, until)).total_seconds() / 60)


def wrong_answer(step: Step, answer: str) -> str:
    """What is wrong with an answer; empty when nothing."""
    if step.branch and answer not in step.branch:
        return _("Choose one of the answers: the next step depends on it.")
    if not step.branch and answer:
        return _("This step asks no question.")
    return ""


def read_values(step: Step, given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The form's values as they are kept, and what is wrong (empty when nothing)."""
    kept: dict[str, Any] = {}
    if set(given) - {one.slug for one in step.form}:
        return {}, _("The form has no such field.")
    for one in step.form:
        text = str(given.get(one.slug, "")).strip()
        if not text:
            continue
        value, wrong = _read(one, text)
        if wrong:
            return {}, wrong
        kept[one.slug] = value
    return kept, ""


def missing(step: Step, values: Mapping[str, Any]) -> list[str]:
    """Slugs of required fields that nobody filled in."""
    return [one.slug for one in step.form if one.required and one.slug not in values]


def _read(one: Field, text: str) -> tuple[Any, str]:
    if one.kind == "number":
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not abs(number) <= 1e15:
            return None, _("“%(text)s” is not a number.") % {"text": text[:20]}
        return (int(number) if number == int(number) else number), ""
    if one.kind == "choice" and text not in one.choices:
        return None, _("Choose one of the values.")
    if one.kind == "yes_no" and text not in ("yes", "no"):
        return None, _("Answer yes or no.")
    if one.kind == "time" and not _is_time(text):
        return None, _("Write the time as 10:30.")
    return text[:MOST_TEXT], ""


def _is_time(text: str) -> bool:
    hours, _colon, minutes = text.partition(":")
    return hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60
