"""Bodies of scenarios: which day, at which branch, and what it throws at whoever plays it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.branch_models import BRANCH_MODELS
from counterpoint.academy.catalogue.dialogues import DIALOGUES, step_fault
from counterpoint.academy.catalogue.errands import Errand, errand_faults
from counterpoint.academy.catalogue.lessons import COMPETENCIES
from counterpoint.academy.catalogue.scoring import SCORING
from counterpoint.academy.rules.errand import DONE, MISSED
from counterpoint.academy.rules.happening import Step
from counterpoint.academy.rules.words import Both
from counterpoint.primitives.content import ClockTime, NotNegative, Role, Share, Text, every

SCENARIOS = "scenarios"
STORY = 800  # letters of the story in Chinese
OWN = "own"
GAP = 100.0  # minutes that skill must be able to save, else the day is no measure of it
NEAR = 0.05  # minutes: losses are sums of many floating-point numbers


@dataclass(frozen=True)
class Day:
    """A day like the usual one or one of the branch model's day types, with so many per cent more customers."""

    like: Text = "usual"
    arrivals: Annotated[int, Ge(-50), Le(200)] = 0


@dataclass(frozen=True)
class When:
    """Once it holds at a whole minute, and `after` minutes later: tickets `waiting`, the `longest` wait, how many are
    `late`, or a `flag`. A flag is `inject:ending` of a dialogue, `inject.node.answer`, or `inject.check.done` and
    `inject.check.missed` of an errand."""

    measure: Literal["waiting", "longest", "late", "flag"]
    op: Literal["at_least", "at_most"] = "at_least"
    value: NotNegative = 0
    after: Annotated[int, Ge(0), Le(240)] = 0
    flag: str = ""


@dataclass(frozen=True)
class Inject:
    """Something that comes at a time (up to `spread` minutes later, drawn by the day's seed) or by a condition. `names`
    say what the player sees; `hall` is what happens, `dialogue` who comes with it, `errand` what is to be done about it
    on the product's own pages. A `silent` one is not told."""

    slug: Text
    names: Both
    at: ClockTime | None = None
    spread: Annotated[int, Ge(0), Le(120)] = 0
    when: When | None = None
    hall: tuple[Step, ...] = ()
    dialogue: str = ""
    errand: Errand | None = None
    silent: bool = False


@dataclass(frozen=True)
class ScenarioBody:
    """A day to be played. `branch` is the player's own, or a branch model's size. `cast` are the posts of a team,
    `solo` that of who plays alone. `begins` is when the player takes over; `lessons` are what to read next."""

    key: Text
    names: Both
    hints: Both
    story: Both
    day: Day
    branch: Literal["own", "model:small", "model:medium", "model:flagship"]
    injects: Annotated[tuple[Inject, ...], MaxLen(20)]
    scoring: Text
    competencies: dict[str, Share]
    level: Annotated[int, Ge(1), Le(5)]
    cast: Annotated[tuple[Role, ...], MinLen(1)]
    solo: Role = "supervisor"
    begins: ClockTime | None = None
    playbooks: tuple[Text, ...] = ()
    lessons: tuple[Text, ...] = field(default_factory=tuple)

    def inject(self, slug: str) -> Inject:
        """An inject by its short name; KeyError otherwise."""
        for one in self.injects:
            if one.slug == slug:
                return one
        raise KeyError(slug)


def wrong_scenario(body: ScenarioBody) -> str:
    """What is wrong with a scenario; empty when nothing is."""
    return next(filter(None, _faults(body)), "")


def _faults(body: ScenarioBody) -> Iterator[str]:
    slugs = [one.slug for one in body.injects]
    if len(set(slugs)) != len(slugs):
        yield _("Two injects have one short name.")
    if len(body.story["zh-hans"]) > STORY:
        yield _("A story has %(most)d Chinese letters at most.") % {"most": STORY}
    if abs(sum(body.competencies.values()) - 1) > 1e-6:
        yield _("The weights of the competencies add up to 1.")
    if body.solo not in body.cast:
        yield _("Who plays alone must be one of the cast.")
    for one in body.injects:
        told = {"inject": one.slug}
        if (one.at is None) == (one.when is None):
            yield _("The inject “%(inject)s” needs either a time or a condition.") % told
        if one.when is not None and (one.when.measure == "flag") != bool(one.when.flag):
            yield _("The condition of “%(inject)s” names a flag exactly when it waits for one.") % told
        if not one.hall and not one.dialogue and one.errand is None:
            yield _("Nothing happens in “%(inject)s”.") % told
        if one.silent and (one.dialogue or one.errand):
            yield _("A dialogue or an errand cannot be silent: “%(inject)s”.") % told
        if one.dialogue and one.errand:
            yield _("An inject has a dialogue or an errand, not both: “%(inject)s”.") % told
        if one.errand is not None:
            yield from errand_faults(one.slug, one.errand)
        yield from (step_fault(step) for step in one.hall)


def scenario_references(body: ScenarioBody) -> list[tuple[str, str]]:
    """Dialogues, scoring, branch model, playbooks, lessons; and in words flags that nothing raises."""
    size = [(BRANCH_MODELS, f"academy.branch.{body.branch.removeprefix('model:')}")] if body.branch != OWN else []
    return [
        *((DIALOGUES, one.dialogue) for one in body.injects if one.dialogue), (SCORING, body.scoring), *size,
        *(("playbooks", one) for one in body.playbooks), *(("lessons", one) for one in body.lessons),
        *((COMPETENCIES, one) for one in body.competencies),
        *(("", _("waits for the flag %(flag)s, which nothing raises") % {"flag": one})
          for one in sorted(_waited(body) - flags_of(body))),
    ]  # fmt: skip


def _waited(body: ScenarioBody) -> set[str]:
    return {one.when.flag for one in body.injects if one.when is not None and one.when.flag}


def flags_of(body: ScenarioBody) -> set[str]:
    """Every flag that a day of the scenario can raise."""
    talks = {item.key: item.value for item in every(DIALOGUES)}
    found: set[str] = set()
    for inject in body.injects:
        if inject.errand is not None:
            found |= {f"{inject.slug}.{one.slug}.{end}" for one in inject.errand.checks for end in (DONE, MISSED)}
        if (talk := talks.get(inject.dialogue)) is None:
            continue
        found |= {f"{inject.slug}:{end.slug}" for end in talk.ends}
        found |= {f"{inject.slug}.{node.slug}.{slug}" for node in talk.nodes for slug in node.slugs}
    return found
