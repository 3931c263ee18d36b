"""What the pages of the playbooks show: names in the reader's language, states as levels, times left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import facts, roles
from counterpoint.primitives.playbooks.definition import Field, Inject, Playbook, Step
from counterpoint.primitives.playbooks.values import InjectView, LogLine, PageView, PlayDetail, PlayView, StepView
from counterpoint.ui import reader
from counterpoint.ui.punctuation import sign

MODES = {"real": _("REAL EVENT"), "drill": _("Drill")}
STATES: dict[str, tuple[str | Promise, str]] = {
    "running": (_("Running"), "act"), "paused": (_("Paused"), "watch"), "completed": (_("Completed"), "fine"),
    "aborted": (_("Broken off"), "calm"),
}  # fmt: skip
STEP_STATES: dict[str, tuple[str | Promise, str]] = {
    "waiting": (_("Waits for its turn"), "calm"), "open": (_("To do"), "info"), "done": (_("Done"), "fine"),
    "skipped": (_("Skipped"), "watch"), "cancelled": (_("Cancelled"), "calm"), "unneeded": (_("Not needed"), "calm"),
}  # fmt: skip
YES_NO = {"yes": _("Yes"), "no": _("No")}


@dataclass(frozen=True)
class FieldCard:
    """One field of a step's form."""

    slug: str
    name: str
    kind: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class StepCard:
    """One step of the room, in words."""

    view: StepView
    number: int
    name: str
    role: str
    state: str | Promise
    level: str
    do: str
    say: str
    question: str
    answers: tuple[tuple[str, str], ...]
    answer: str
    form: tuple[FieldCard, ...]
    values: tuple[tuple[str, str], ...]
    who: str
    seen_by: str
    critical: bool
    see: str = ""
    contacts: tuple[tuple[str, str | Promise, int], ...] = ()

    @property
    def key(self) -> str:
        """A mark that stays while the step is open, so that what somebody types into its form stays too."""
        return f"{self.view.slug}-{self.view.round}"


@dataclass(frozen=True)
class InjectCard:
    """News of a drill in words; `good` is what the plan looks for, told once somebody reacted or the drill is over."""

    view: InjectView
    text: str
    role: str
    state: str | Promise
    level: str
    who: str
    good: str

    @property
    def open(self) -> bool:
        """Whether it waits for a reaction."""
        return self.view.reacted_at is None


@dataclass(frozen=True)
class Line:
    """One line of the log in words."""

    at: datetime
    what: str
    step: str
    text: str
    who: str
    claimed_at: datetime | None
    link: str
    level: str


@dataclass(frozen=True)
class Room:
    """Everything a war room shows."""

    play: PlayView
    book: Playbook
    name: str
    mode: str | Promise
    state: str | Promise
    level: str
    limit_name: str
    lanes: tuple[tuple[str, tuple[StepCard, ...]], ...]
    steps: tuple[StepCard, ...]
    log: tuple[Line, ...]
    rules: tuple[str, ...]
    wording: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    news: tuple[InjectCard, ...] = ()

    @property
    def now(self) -> tuple[StepCard, ...]:
        """Steps that somebody should be doing."""
        return tuple(one for one in self.steps if one.view.state == "open")


def state_of(play: PlayView) -> tuple[str | Promise, str]:
    """A play's state in words and its level; only a real one that runs needs everybody's eyes."""
    words, level = STATES[play.state]
    return words, "info" if level == "act" and play.mode == "drill" else level


def role_name(key: str) -> str:
    """What a role is called."""
    return str(roles.ROLES[key].label) if key in roles.ROLES else key


def room(found: PlayDetail, book: Playbook, people: Mapping[UUID, str], language: str, now: datetime) -> Room:
    """The room of a play in the reader's language."""
    order = {step.slug: n for n, step in enumerate(book.steps, start=1)}
    steps = tuple(
        _card(one, book.by_slug[one.slug], order[one.slug], people, found.pages, language) for one in found.steps
    )
    lanes: dict[str, list[StepCard]] = {}
    for one in steps:
        lanes.setdefault(one.role, []).append(one)
    counts = {state: sum(1 for one in steps if one.view.state == state) for state in STEP_STATES}
    state, level = state_of(found)
    return Room(
        play=found, book=book, name=book.name(language), mode=MODES[found.mode], state=state, level=level,
        limit_name=reader.said(book.time_limit.names, language) if book.time_limit else "",
        lanes=tuple((role, tuple(held)) for role, held in lanes.items()), steps=steps,
        log=lines_of(reversed(found.log), book, language),
        rules=tuple(reader.said(words, language) for words in book.rules),
        wording=tuple(reader.said(words, language) for words in book.wording), counts=counts,
        news=tuple(inject_card(one, book.news[one.slug], people, language, found.ended_at or now, bool(found.ended_at))
                   for one in reversed(found.injects)),
    )  # fmt: skip


def _card(
    one: StepView, step: Step, number: int, people: Mapping[UUID, str], pages: Iterable[PageView], language: str
) -> StepCard:
    state, level = STEP_STATES[one.state]
    if one.state == "open" and one.overran:
        state, level = _("Over its time"), "act"
    return StepCard(
        view=one, number=number, name=step.name(language), role=role_name(step.role), state=state, level=level,
        do=reader.said(step.do, language), say=reader.said(step.say, language),
        question=reader.said(step.question, language),
        answers=answers_of(step, language), answer=answer_name(step, one.answer, language),
        form=tuple(field_card(f, language) for f in step.form), values=values_of(step, one.values, language),
        see=step.see, who=people.get(one.done_by, "") if one.done_by else "",
        seen_by=people.get(one.acknowledged_by, "") if one.acknowledged_by else "", critical=step.critical,
        contacts=tuple(
            (role_name(page.role), _page_state(page), page.people)
            for page in pages
            if (page.step, page.round) == (one.slug, one.round)
        ),
    )  # fmt: skip


def inject_card(
    one: InjectView, inject: Inject, people: Mapping[UUID, str], language: str, now: datetime, over: bool
) -> InjectCard:
    """News of a drill in the reader's language, as it stands at `now` or stood when the drill was over."""
    state, level = _inject_state(one, now, over)
    return InjectCard(
        view=one, text=inject.name(language), role=role_name(one.role), state=state, level=level,
        who=people.get(one.reacted_by, "") if one.reacted_by else "",
        good=inject.looked_for(language) if over or one.reacted_at else "",
    )  # fmt: skip


def _inject_state(one: InjectView, now: datetime, over: bool) -> tuple[str | Promise, str]:
    if one.shown_at is None:
        return _("Did not come in"), "calm"
    if one.reacted_at is not None:
        return (_("Reacted late"), "watch") if one.late(now) else (_("Reacted"), "fine")
    if one.late(now):
        return _("No reaction in time"), "act"
    return (_("No reaction"), "calm") if over else (_("Waits for a reaction"), "info")


def _page_state(page: PageView) -> str | Promise:
    if page.sent_at is not None:
        return _("told") if page.people else _("vacant")
    return _("not needed") if page.cancelled else _("later")


def field_card(one: Field, language: str) -> FieldCard:
    """A field with its choices in words."""
    if one.kind == "yes_no":
        choices = tuple((key, str(word)) for key, word in YES_NO.items())
    else:
        choices = tuple((key, reader.said(words, language)) for key, words in one.choices.items())
    return FieldCard(one.slug, one.name(language), one.kind, one.required, choices)


def answers_of(step: Step, language: str) -> tuple[tuple[str, str], ...]:
    """The answers a step offers, as (slug, words)."""
    return tuple((answer, answer_name(step, answer, language)) for answer in step.branch)


def answer_name(step: Step, answer: str, language: str) -> str:
    """An answer in words."""
    return reader.said(step.answers[answer], language) if answer in step.answers else str(YES_NO.get(answer, answer))


def values_of(step: Step, values: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    """What was written down, in words."""
    found = []
    for one in step.form:
        if one.slug in values:
            choices = dict(field_card(one, language).choices)
            found.append((one.name(language), str(choices.get(str(values[one.slug]), values[one.slug]))))
    return tuple(found)


LOUD = {"play_step_overran": "act", "play_limit_passed": "act", "play_aborted": "watch", "play_step_skipped": "watch"}


def lines_of(log: Iterable[LogLine], book: Playbook, language: str) -> tuple[Line, ...]:
    """Lines of a log in words."""
    return tuple(_line(one, book, language) for one in log)


def _line(one: LogLine, book: Playbook, language: str) -> Line:
    step = book.by_slug.get(one.step)
    what = facts.label_of(f"primitives.{one.kind}")
    if one.kind == "play_told":
        role, people = role_name(str(one.data.get("role", ""))), one.data.get("people", 0)
        what = str(_("%(role)s told (%(people)d)") % {"role": role, "people": people})
    inject = book.news.get(str(one.data.get("inject", "")))
    if inject and one.kind == "play_inject_shown":
        return Line(one.at, what, role_name(inject.role), inject.name(language), one.who, None, "", "")
    answer = answer_name(step, str(one.data.get("answer", "")), language) if step and one.data.get("answer") else ""
    name = step.name(language) if step else ""
    told = name + sign(":", language) + answer if answer else name
    return Line(
        one.at, what, told, one.text, one.who, one.claimed_at, one.link,
        LOUD.get(one.kind, ""),
    )  # fmt: skip
