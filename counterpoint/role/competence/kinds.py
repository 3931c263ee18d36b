"""Competencies and what posts need of them, as content: four dimensions, five levels in words, half-lives, weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from annotated_types import Ge, Le, MaxLen, MinLen
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.foundation.api import roles
from counterpoint.primitives.content import Kind, Named, Names, Role, Share, Text, declare, items
from counterpoint.role.rules.competence import Piece, estimate, together

COMPETENCIES, PROFILES = "competencies", "post_profiles"
Dimension = Literal["business", "risk_compliance", "management", "digital"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
DIMENSION_NAMES = {
    "business": pgettext_lazy("dimension", "Business"),
    "risk_compliance": pgettext_lazy("dimension", "Risk and compliance"),
    "management": pgettext_lazy("dimension", "Management and coordination"),
    "digital": pgettext_lazy("dimension", "Digital tools"),
}
SOURCES = ("exam", "simulator", "live", "round360", "learning")
LEVELS = (1, 2, 3, 4, 5)
SPOKEN = ("zh-hans", "en")
NEAR = 0.01  # how far figures of an example may be off, in points


@dataclass(frozen=True)
class Level(Named):
    """What a person of this level does, so that an observer would see it."""

    level: Annotated[int, Ge(1), Le(5)]
    names: Names


@dataclass(frozen=True)
class Live:
    """A figure of daily work that tells about a person: rows of a relation whose `column` begins with `starts`; the
    share whose `good` is `wanted` is the score of a quarter."""

    relation: Text
    good: Text
    wanted: bool = True
    column: str = ""
    starts: str = ""


@dataclass(frozen=True)
class Competency(Named):
    """One of the abilities: dimension, words of five levels, days after which evidence counts half, weights."""

    names: Names
    dimension: Dimension
    half_life_days: Annotated[int, Ge(60), Le(720)]
    levels: Annotated[tuple[Level, ...], MinLen(5), MaxLen(5)]
    evidence: dict[Literal["exam", "simulator", "live", "round360", "learning"], Share]
    live: tuple[Live, ...] = ()


@dataclass(frozen=True)
class PostProfile:
    """What a post asks for: weight of each dimension (percent) and the needed level of competencies."""

    post: Role
    weights: dict[Dimension, Annotated[int, Ge(0), Le(100)]]
    needs: dict[str, Annotated[int, Ge(1), Le(5)]]


def wrong_competency(one: Competency) -> str:
    """What is wrong with a competency; empty when nothing is."""
    return next(filter(None, _faults(one)), "")


def _faults(one: Competency) -> Iterator[str]:
    if tuple(level.level for level in one.levels) != LEVELS:
        yield _("A competency has the levels 1 to 5, each once and in order.")
    if any(
        language not in words for words in (one.names, *(level.names for level in one.levels)) for language in SPOKEN
    ):
        yield _("Names and levels are needed in Chinese and in English.")
    if abs(sum(one.evidence.values()) - 1) > 1e-9:
        yield _("The weights of the sources add up to 1.")


def competency_example(one: Competency, example: Mapping[str, Any]) -> str:
    """A worked example: evidence with ages, and what comes out of it."""
    pieces = [
        Piece(
            float(row["score"]), one.evidence.get(row["source"], 0.0), float(row.get("size", 1)), float(row["age_days"])
        )
        for row in example["evidence"]
    ]
    found = estimate(pieces, one.half_life_days)
    for name in ("value", "low", "high", "quartile", "level"):
        if name in example and abs(getattr(found, name) - float(example[name])) > NEAR:
            return _("%(name)s is %(value).2f") % {"name": name, "value": getattr(found, name)}
    return ""


def wrong_profile(one: PostProfile) -> str:
    """What is wrong with a profile; empty when nothing is."""
    if set(one.weights) != set(DIMENSIONS) or sum(one.weights.values()) != 100:
        return _("The weights of the four dimensions add up to 100.")
    if roles.ROLES[one.post].level != "branch":
        return _("A profile belongs to a post of a branch.")
    return ""


def profile_example(one: PostProfile, example: Mapping[str, Any]) -> str:
    """A worked example: points of the dimensions and the total."""
    found = together([(float(example["levels"][key]), float(weight)) for key, weight in one.weights.items()])
    return "" if abs(found - float(example["total"])) <= NEAR else _("the total is %(value).2f") % {"value": found}


LABELS = {
    "dimension": pgettext_lazy("field", "Dimension"),
    **{f"dimension={key}": words for key, words in DIMENSION_NAMES.items()},
    **DIMENSION_NAMES,
    "half_life_days": pgettext_lazy("field", "Days after which evidence counts half"),
    "levels": pgettext_lazy("field", "Levels in words"),
    "level": pgettext_lazy("field", "One of five levels"),
    "evidence": pgettext_lazy("field", "Weight of each source"),
    "exam": pgettext_lazy("source", "Exams"),
    "simulator": pgettext_lazy("source", "Drills"),
    "live": pgettext_lazy("source", "Daily work"),
    "round360": pgettext_lazy("source", "Observations"),
    "learning": pgettext_lazy("source", "Lessons"),
    "relation": pgettext_lazy("field", "Rows that are counted"),
    "good": pgettext_lazy("field", "What makes a row a good one"),
    "wanted": pgettext_lazy("field", "Its wanted value"),
    "column": pgettext_lazy("field", "Only rows by this column"),
    "starts": pgettext_lazy("field", "that begins with"),
    "post": pgettext_lazy("field", "Post"),
    "weights": pgettext_lazy("field", "Weight of the dimensions in percent"),
    "needs": pgettext_lazy("field", "Needed level of each competency"),
}
PAGES = ((gettext_lazy("What I can do"), "role:competence"),)
declare(
    Kind(
        COMPETENCIES, type=Competency, check=wrong_competency, check_example=competency_example,
        title=gettext_lazy("Competencies"), labels=LABELS, pages=PAGES,
    )
)  # fmt: skip
declare(
    Kind(
        PROFILES, type=PostProfile, check=wrong_profile, check_example=profile_example,
        references=lambda body: [(COMPETENCIES, key) for key in body.needs],
        title=gettext_lazy("What posts need"), labels=LABELS, pages=PAGES,
    )
)  # fmt: skip


def competencies(on: date, pack: str = "cn", bank: str | None = None) -> dict[str, Competency]:
    """Competencies in force on a date, dimension by dimension."""
    held = {key: item.value for key, item in items(COMPETENCIES, on, pack, bank=bank).items()}
    order = sorted(held, key=lambda key: (DIMENSIONS.index(held[key].dimension), key))
    return {key: held[key] for key in order}


def profiles(on: date, pack: str = "cn", bank: str | None = None) -> dict[str, PostProfile]:
    """Profiles in force on a date, by post."""
    return {item.value.post: item.value for item in items(PROFILES, on, pack, bank=bank).values()}
