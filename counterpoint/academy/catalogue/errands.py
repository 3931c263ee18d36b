"""Errands of scenarios: what is to be done on the product's own pages while a drill runs, and how it is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Le, MaxLen, MinLen
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.lessons import Open, Stage, act_fault, probe_fault
from counterpoint.academy.rules.checking import Check, wrong_check
from counterpoint.academy.rules.talking import Dimension
from counterpoint.academy.rules.words import Both

SKIP = "time.skip"  # time follows the drill's clock and nothing else


@dataclass(frozen=True)
class Sought(Check):
    """A check with what it is worth: points of one dimension of the sheet."""

    score: Annotated[dict[Dimension, Annotated[int, Ge(1), Le(5)]], MaxLen(1)] = field(default_factory=dict)


@dataclass(frozen=True)
class Errand:
    """Something to be done on the product's own pages, in a practice branch that keeps the drill's time: the `stage` is
    played when it comes, `open` is the page where it is handled, and after `minutes` at the latest the checks are read,
    once. `play` is its worked example: whoever does this misses nothing."""

    words: Both
    open: Open
    minutes: Annotated[int, Ge(3), Le(240)]
    checks: Annotated[tuple[Sought, ...], MinLen(1), MaxLen(6)]
    play: Annotated[tuple[Stage, ...], MinLen(1), MaxLen(12)]
    stage: Annotated[tuple[Stage, ...], MaxLen(8)] = ()


def errand_faults(slug: str, errand: Errand) -> Iterator[str]:
    """What is wrong with an errand of an inject."""
    told = {"inject": slug}
    slugs = [one.slug for one in errand.checks]
    if "" in slugs or len(set(slugs)) != len(slugs) or any("." in one for one in slugs):
        yield _("Every check of the errand “%(inject)s” needs a short name of its own.") % told
    if any(len(one.score) != 1 for one in errand.checks):
        yield _("Every check of the errand “%(inject)s” is worth points of exactly one dimension.") % told
    if any(wrong_check(one) for one in errand.checks):
        yield _("A check needs the values that its comparison takes, and no more.")
    for check in errand.checks:
        yield probe_fault(check.probe, check.args, [check.field] if check.field else [])
    for one in (*errand.stage, *errand.play):
        yield act_fault(one)
    if any(one.do == SKIP for one in (*errand.stage, *errand.play)):
        yield _("The time of an errand follows the drill; nothing in “%(inject)s” lets it jump.") % told
