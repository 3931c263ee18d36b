"""What a playbook is: steps with a role, a time limit and words to read out, as content.

Steps lead only to later ones, so a plan cannot run in circles; a step may repeat itself (`again`) when another answer
leads on. Where paths meet, a step waits for all paths that were taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MinLen
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import AfterValidator

from counterpoint.primitives.content import (
    Item,
    Kind,
    Names,
    NotNegative,
    Positive,
    Role,
    declare,
    distinct,
    get,
    items,
    version,
)
from counterpoint.primitives.playbooks.labels import PLAYBOOKS
from counterpoint.ui import reader

KIND = "playbooks"
Words = dict[str, str]
SLUG = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
LANGUAGES = ("zh-hans", "zh-hant", "en")
AGAIN, END = "again", "end"
PAGE_GAP = 5  # minutes between the rungs of a contact tree that names roles only


def _short(slug: str) -> str:
    if not SLUG.match(slug):
        raise ValueError(_("a short name is small letters, digits and underscores"))
    return slug


def _both(words: Words) -> Words:
    if not words.get("zh-hans") or not words.get("en"):
        raise ValueError(_("it is needed in Chinese and English"))
    return words


Slug = Annotated[str, AfterValidator(_short)]
Both = Annotated[Names, AfterValidator(_both)]


@dataclass(frozen=True)
class Within:
    """Minutes allowed, from the moment the step can begin or from the start of the play."""

    minutes: Positive
    of: Literal["ready", "start"] = "ready"


@dataclass(frozen=True)
class Rung:
    """Who is told, so many minutes after the step can begin, unless somebody has acknowledged it."""

    role: Role
    minutes: NotNegative = 0


@dataclass(frozen=True)
class Field:
    """One value to write down at a step."""

    slug: str
    names: Words
    kind: Literal["text", "number", "choice", "yes_no", "time"] = "text"
    choices: dict[str, Words] = field(default_factory=dict)
    required: bool = False

    def __post_init__(self) -> None:
        if self.kind == "choice" and not self.choices:
            raise ValueError(_("a choice needs choices"))

    def name(self, language: str) -> str:
        """What is asked for."""
        return reader.said(self.names, language)


@dataclass(frozen=True)
class Step:
    """One thing that one role does. `next` are the steps it opens (default: the following one); with `branch` the
    answer decides: a step, several, `end`, or `again` for this one once more after `again` minutes. `see` names a
    picture that a room offers beside the step, such as `evacuation`."""

    slug: Slug
    names: Both
    role: Role
    do: Words = field(default_factory=dict)
    say: Words = field(default_factory=dict)
    within: Within | None = None
    usual_minutes: Positive | None = None
    next: tuple[str, ...] | None = None
    question: Words = field(default_factory=dict)
    branch: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    answers: dict[str, Words] = field(default_factory=dict)
    again: Within | None = None
    form: Annotated[tuple[Field, ...], AfterValidator(distinct)] = ()
    contact: tuple[Role | Rung, ...] = ()
    critical: bool = False
    see: str = ""

    def __post_init__(self) -> None:
        for wrong in _step_faults(self):
            raise ValueError(wrong)

    def name(self, language: str) -> str:
        """What the step is called."""
        return reader.said(self.names, language)

    def rungs(self) -> tuple[Rung, ...]:
        """The contact tree; the step's own role when none is given."""
        listed = self.contact or (self.role,)
        return tuple(one if isinstance(one, Rung) else Rung(one, PAGE_GAP * n) for n, one in enumerate(listed))

    def targets(self, answer: str) -> tuple[str, ...]:
        """The steps that an answer opens; nothing for `end` and `again`."""
        found = self.branch[answer]
        listed = (found,) if isinstance(found, str) else found
        return tuple(one for one in listed if one not in (AGAIN, END))

    def repeats(self, answer: str) -> bool:
        """Whether the answer means: this step once more."""
        return self.branch.get(answer) == AGAIN


@dataclass(frozen=True)
class Expected:
    """The reaction that is looked for, within so many minutes of the news; the report shows the words afterwards."""

    minutes: Positive
    words: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Inject:
    """News that a drill is given so many minutes after its start, for one role. A real play never gets any."""

    slug: Slug
    minutes: NotNegative
    role: Role
    text: Both
    answer: Expected | None = None

    def name(self, language: str) -> str:
        """What comes in."""
        return reader.said(self.text, language)

    def looked_for(self, language: str) -> str:
        """A good reaction; empty when the plan names none."""
        return reader.said(self.answer.words, language) if self.answer else ""


@dataclass(frozen=True)
class Trigger:
    """What starts the play: a person (`manual`), a case of a type and level, a date that a leader chose (`schedule`;
    drills need it). A figure starts it where the figure's own definition says so, in its `on_breach`."""

    manual: bool = True
    case_type: str = ""
    case_levels: tuple[str, ...] = ()
    schedule: bool = False


@dataclass(frozen=True)
class Limit:
    """The time by which the play should be over, or by which its step `until` should be settled, and what that time is
    called."""

    minutes: Positive
    names: Words
    until: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure that the plan relies on, with its mark and source."""

    names: Words
    mark: Literal["V", "K", "D", "O"]
    source: str


@dataclass(frozen=True)
class Playbook:
    """A plan: when to start it, its steps, its limit, its drills a year. `lesson` is the kind of case that a finding
    becomes, `lesson_level` its level (the lightest when not given)."""

    key: str
    names: Both
    steps: Annotated[tuple[Step, ...], MinLen(1), AfterValidator(distinct)]
    hints: Words = field(default_factory=dict)
    kind: Literal["emergency", "surge", "routine"] = "emergency"
    order: int = 100
    trigger: Trigger = Trigger()
    time_limit: Limit | None = None
    drill_per_year: Annotated[int, Ge(0), Le(12)] = 0
    drill_pass: Annotated[int, Ge(0), Le(100)] = 80
    lesson: str = ""
    lesson_level: str = ""
    rules: tuple[Words, ...] = ()
    wording: tuple[Words, ...] = ()
    figures: tuple[Figure, ...] = ()
    injects: Annotated[tuple[Inject, ...], AfterValidator(distinct)] = ()

    def __post_init__(self) -> None:
        for wrong in _plan_faults(self):
            raise ValueError(wrong)

    def name(self, language: str) -> str:
        """What the plan is called."""
        return reader.said(self.names, language)

    def hint(self, language: str) -> str:
        """When to start it."""
        return reader.said(self.hints, language)

    def limit_name(self, language: str) -> str:
        """What the time limit is called; empty without one."""
        return reader.said(self.time_limit.names, language) if self.time_limit else ""

    def refers_to(self) -> list[tuple[str, str]]:
        """Other definitions that the plan needs."""
        return [("case_types", key) for key in (self.trigger.case_type, self.lesson) if key]

    @cached_property
    def by_slug(self) -> dict[str, Step]:
        """Steps by slug, in order."""
        return {step.slug: step for step in self.steps}

    def opens(self, slug: str, answer: str = "") -> tuple[str, ...]:
        """The steps that a settled step opens."""
        step = self.by_slug[slug]
        return step.targets(answer) if step.branch else self.follows[slug]

    @cached_property
    def news(self) -> dict[str, Inject]:
        """What a drill is given, by slug."""
        return {one.slug: one for one in self.injects}

    @cached_property
    def follows(self) -> dict[str, tuple[str, ...]]:
        """Every step that a step may open, whatever the answer."""
        following = [step.slug for step in self.steps[1:]]
        return {step.slug: _edges(step, following[n : n + 1]) for n, step in enumerate(self.steps)}


def _edges(step: Step, following: list[str]) -> tuple[str, ...]:
    if step.branch:
        return tuple(dict.fromkeys(target for answer in step.branch for target in step.targets(answer)))
    return step.next if step.next is not None else tuple(following)


def _step_faults(step: Step) -> Iterator[str]:
    if step.slug in (AGAIN, END):
        yield _("“again” and “end” are no short names of steps, answers use them")
    if any(later.minutes < one.minutes for one, later in pairwise(step.rungs())):
        yield _("the contact tree runs backwards")
    if step.branch and step.next is not None:
        yield _("give the next steps or steps by answer, not both")
    if unnamed := set(step.branch) - set(step.answers) - {"yes", "no"}:
        yield _("answers without a name: %(answers)s") % {"answers": ", ".join(sorted(unnamed))}
    repeating = [answer for answer in step.branch if step.repeats(answer)]
    if repeating and len(repeating) == len(step.branch):
        yield _("it repeats for ever, no answer leads out")
    if bool(repeating) != bool(step.again):
        yield _("a repeating step needs its interval, another must not have one")


def _trigger_faults(book: Playbook) -> Iterator[str]:
    if book.drill_per_year and not book.trigger.schedule:
        yield _("Drills are put on a date: a plan that asks for drills needs “schedule” in its trigger.")
    if book.trigger.case_levels and not book.trigger.case_type:
        yield _("Levels of a case start nothing without the kind of case.")


def _plan_faults(book: Playbook) -> Iterator[str]:
    yield from _trigger_faults(book)
    slugs = [step.slug for step in book.steps]
    if book.time_limit and book.time_limit.until not in ("", *slugs):
        yield _("The limit ends at “%(step)s”, which is no step.") % {"step": book.time_limit.until}
    place = {slug: n for n, slug in enumerate(slugs)}
    reached = {slugs[0]}
    for step, following in zip(book.steps, [*slugs[1:], ""], strict=True):
        for target in _edges(step, [following] if following else []):
            if target not in place:
                yield _("Step %(step)s leads to %(target)s, which does not exist.") % {
                    "step": step.slug,
                    "target": target,
                }
            elif place[target] <= place[step.slug]:
                yield _("Step %(step)s leads back to %(target)s: a plan only goes forward.") % {
                    "step": step.slug,
                    "target": target,
                }
            elif step.slug in reached:
                reached.add(target)
    for slug in slugs:
        if slug not in reached:
            yield _("Step %(step)s is never reached.") % {"step": slug}


def check_example(book: Playbook, example: dict[str, Any]) -> str:
    """`answers` walk the plan from its first step; `steps` are those that come up, in order."""
    came = walk(book, example.get("answers", {}))
    return "" if came == example["steps"] else f"the steps are {came}"


def walk(book: Playbook, answers: Mapping[str, str]) -> list[str]:
    """The steps that come up with these answers (first answer where none is given, never `again`), in order."""
    live = {book.steps[0].slug}
    came = []
    for step in book.steps:
        if step.slug in live:
            came.append(step.slug)
            first = next((answer for answer in step.branch if not step.repeats(answer)), "")
            live |= set(book.opens(step.slug, answers.get(step.slug, first)))
    return came


declare(
    Kind(
        KIND, type=Playbook, check_example=check_example, references=lambda book: book.refers_to(),
        title=gettext_lazy("Playbooks"), labels=PLAYBOOKS,
    )
)  # fmt: skip


def playbook(key: str, on: date, pack: str) -> Item:
    """The version in force; `ContentError` when there is none."""
    return get(KIND, key, on, pack)


def playbooks(on: date, pack: str) -> dict[str, Item]:
    """All plans in force, in their order."""
    found = items(KIND, on, pack)
    return dict(sorted(found.items(), key=lambda pair: (pair[1].value.order, pair[0])))


def pinned(key: str, number: int, pack: str) -> Playbook:
    """Exactly the version that a play started with, whatever is in force today; `ContentError` when it is gone."""
    found: Playbook = version(KIND, key, number, pack).value
    return found
