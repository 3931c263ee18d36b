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
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ConfigDict, TypeAdapter

from counterpoint.foundation.api import roles
from counterpoint.primitives.content import Item, Kind, declare, get, items, version
from counterpoint.primitives.playbooks.labels import PLAYBOOKS

KIND = "playbooks"
Words = dict[str, str]
SLUG = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
LANGUAGES = ("zh-hans", "zh-hant", "en")
AGAIN, END = "again", "end"
STRICT = ConfigDict(extra="forbid")
PAGE_GAP = 5  # minutes between the rungs of a contact tree that names roles only


def said(words: Mapping[str, str], language: str) -> str:
    """The words in a language, Chinese when they are missing."""
    return words.get(language) or words.get("zh-hans", "")


@dataclass(frozen=True)
class Within:
    """Minutes allowed, from the moment the step can begin or from the start of the play."""

    minutes: float
    of: Literal["ready", "start"] = "ready"
    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Rung:
    """Who is told, so many minutes after the step can begin, unless somebody has acknowledged it."""

    role: str
    minutes: float = 0
    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Field:
    """One value to write down at a step."""

    slug: str
    names: Words
    kind: Literal["text", "number", "choice", "yes_no", "time"] = "text"
    choices: dict[str, Words] = field(default_factory=dict)
    required: bool = False
    __pydantic_config__ = STRICT

    def name(self, language: str) -> str:
        """What is asked for."""
        return said(self.names, language)


@dataclass(frozen=True)
class Step:
    """One thing that one role does. `next` are the steps it opens (default: the following one); with `branch` the
    answer decides: a step, several, `end`, or `again` for this one once more after `again` minutes."""

    slug: str
    names: Words
    role: str
    do: Words = field(default_factory=dict)
    say: Words = field(default_factory=dict)
    within: Within | None = None
    usual_minutes: float | None = None
    next: tuple[str, ...] | None = None
    question: Words = field(default_factory=dict)
    branch: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    answers: dict[str, Words] = field(default_factory=dict)
    again: Within | None = None
    form: tuple[Field, ...] = ()
    contact: tuple[str | Rung, ...] = ()
    critical: bool = False
    __pydantic_config__ = STRICT

    def name(self, language: str) -> str:
        """What the step is called."""
        return said(self.names, language)

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

    minutes: float
    words: Words = field(default_factory=dict)
    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Inject:
    """News that a drill is given so many minutes after its start, for one role. A real play never gets any."""

    slug: str
    minutes: float
    role: str
    text: Words
    answer: Expected | None = None
    __pydantic_config__ = STRICT

    def name(self, language: str) -> str:
        """What comes in."""
        return said(self.text, language)

    def looked_for(self, language: str) -> str:
        """A good reaction; empty when the plan names none."""
        return said(self.answer.words, language) if self.answer else ""


@dataclass(frozen=True)
class Trigger:
    """What starts the play besides a person: a metric's breach, a case of a type (and level), the drill calendar."""

    manual: bool = True
    metric: str = ""
    case_type: str = ""
    case_levels: tuple[str, ...] = ()
    schedule: bool = False
    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Limit:
    """The time by which the play should be over, or by which its step `until` should be settled, and what that time is
    called."""

    minutes: float
    names: Words
    until: str = ""
    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Figure:
    """A figure that the plan relies on, with its mark and source."""

    names: Words
    mark: Literal["V", "K", "D", "O"]
    source: str
    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Playbook:
    """A plan: when to start it, its steps, its limit, its drills a year. `lesson` is the kind of case that a finding
    becomes, `lesson_level` its level (the lightest when not given)."""

    key: str
    names: Words
    steps: tuple[Step, ...]
    hints: Words = field(default_factory=dict)
    kind: Literal["emergency", "surge", "routine"] = "emergency"
    order: int = 100
    trigger: Trigger = Trigger()
    time_limit: Limit | None = None
    drill_per_year: int = 0
    drill_pass: int = 80
    lesson: str = ""
    lesson_level: str = ""
    rules: tuple[Words, ...] = ()
    wording: tuple[Words, ...] = ()
    figures: tuple[Figure, ...] = ()
    injects: tuple[Inject, ...] = ()
    __pydantic_config__ = STRICT

    def __post_init__(self) -> None:
        for wrong in faults(self):
            raise ValueError(wrong)

    def name(self, language: str) -> str:
        """What the plan is called."""
        return said(self.names, language)

    def hint(self, language: str) -> str:
        """When to start it."""
        return said(self.hints, language)

    def limit_name(self, language: str) -> str:
        """What the time limit is called; empty without one."""
        return said(self.time_limit.names, language) if self.time_limit else ""

    def refers_to(self) -> list[tuple[str, str]]:
        """Other definitions that the plan needs."""
        named = (("metrics", self.trigger.metric), ("case_types", self.trigger.case_type), ("case_types", self.lesson))
        return [(kind, key) for kind, key in named if key]

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


def faults(book: Playbook) -> Iterator[str]:
    """Everything that is wrong with a plan, in words."""
    slugs = [step.slug for step in book.steps]
    if not slugs:
        yield _("A plan needs at least one step.")
        return
    if len(set(slugs)) < len(slugs):
        yield _("Two steps have the same short name.")
    for step in book.steps:
        yield from _step_faults(step)
    yield from _graph_faults(book, slugs)
    yield from _inject_faults(book)
    if book.time_limit and book.time_limit.minutes <= 0:
        yield _("The limit of the whole must be more than 0 minutes.")
    if book.time_limit and book.time_limit.until not in ("", *slugs):
        yield _("The limit ends at “%(step)s”, which is no step.") % {"step": book.time_limit.until}
    if not 0 <= book.drill_per_year <= 12 or not 0 <= book.drill_pass <= 100:
        yield _("Drills a year are 0 to 12, the points to pass 0 to 100.")
    for words in (book.names, *(step.names for step in book.steps)):
        if not words.get("zh-hans") or not words.get("en"):
            yield _("Names are needed in Chinese and English: %(words)s.") % {"words": " / ".join(words.values())}


def _step_faults(step: Step) -> Iterator[str]:
    where = _("step %(slug)s") % {"slug": step.slug}
    if not SLUG.match(step.slug) or step.slug in (AGAIN, END):
        yield _("%(where)s: a short name is small letters, digits and underscores.") % {"where": where}
    for role in {step.role, *(rung.role for rung in step.rungs())}:
        if role not in roles.ROLES:
            yield _("%(where)s: there is no role %(role)s.") % {"where": where, "role": role}
    rungs = [rung.minutes for rung in step.rungs()]
    if rungs != sorted(rungs) or rungs[0] < 0:
        yield _("%(where)s: the contact tree runs backwards.") % {"where": where}
    spans = [limit.minutes for limit in (step.within, step.again) if limit] + [step.usual_minutes]
    if any(minutes is not None and minutes <= 0 for minutes in spans):
        yield _("%(where)s: minutes must be more than 0.") % {"where": where}
    for wrong in (*_answer_faults(step), *_form_faults(step)):
        yield f"{where}: {wrong}"


def _inject_faults(book: Playbook) -> Iterator[str]:
    if len(book.news) < len(book.injects):
        yield _("Two pieces of news have the same short name.")
    for one in book.injects:
        where = _("news %(slug)s") % {"slug": one.slug}
        if not SLUG.match(one.slug):
            yield _("%(where)s: a short name is small letters, digits and underscores.") % {"where": where}
        if one.role not in roles.ROLES:
            yield _("%(where)s: there is no role %(role)s.") % {"where": where, "role": one.role}
        if one.minutes < 0 or (one.answer and one.answer.minutes <= 0):
            yield _("%(where)s: it comes some minutes after the start, and its answer some minutes after it.") % {
                "where": where
            }
        if not one.text.get("zh-hans") or not one.text.get("en"):
            yield _("%(where)s: the text is needed in Chinese and English.") % {"where": where}


def _answer_faults(step: Step) -> Iterator[str]:
    if step.branch and step.next is not None:
        yield _("give the next steps or steps by answer, not both")
    if unnamed := set(step.branch) - set(step.answers) - {"yes", "no"}:
        yield _("answers without a name: %(answers)s") % {"answers": ", ".join(sorted(unnamed))}
    repeating = [answer for answer in step.branch if step.repeats(answer)]
    if repeating and len(repeating) == len(step.branch):
        yield _("it repeats for ever, no answer leads out")
    if bool(repeating) != bool(step.again):
        yield _("a repeating step needs its interval, another must not have one")


def _form_faults(step: Step) -> Iterator[str]:
    if any(one.kind == "choice" and not one.choices for one in step.form):
        yield _("a choice needs choices")
    if len({one.slug for one in step.form}) < len(step.form):
        yield _("two fields have the same short name")


def _graph_faults(book: Playbook, slugs: list[str]) -> Iterator[str]:
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


_adapter = TypeAdapter(Playbook)


def parse(body: dict[str, Any]) -> Playbook:
    """A body of YAML; ValueError says what is wrong."""
    return _adapter.validate_python(body)


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
