"""A dialogue as a graph: what somebody says, what one may answer, where it leads, and what each answer costs.

Every path ends, so the best that can still be reached from a node is one number, and what an answer costs is how much
of it is lost: added up along a path these are the distance of the path from the best one. Where chance decides what
follows, an answer is judged by the mean, so that luck costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

from counterpoint.academy.rules.happening import Step
from counterpoint.academy.rules.words import Both, BothOrNone
from counterpoint.primitives.content import Share, Text

Dimension = Literal["service", "risk", "people", "cost"]
DIMENSIONS: tuple[Dimension, ...] = ("service", "risk", "people", "cost")
Points = Annotated[int, Ge(-5), Le(5)]
Speaker = Literal[
    "customer", "family", "teller", "lobby_manager", "wealth_manager", "branch_head", "guard", "region", "headquarters",
    "inspector", "police", "vendor", "reporter", "self",
]  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """A rule that says so: its kind and key."""

    kind: Text
    key: Text


@dataclass(frozen=True)
class Chance:
    """With probability `share` it leads to `to` instead. `name` names the draw; equal names are one draw."""

    name: Text
    share: Share
    to: Text


@dataclass(frozen=True)
class Answer:
    """One answer: its words, what it is worth, what follows in the hall and in the talk, and why it is right or wrong,
    with the rule or the origin that says so. `to` names a node or an ending."""

    slug: Text
    words: Both
    score: dict[Dimension, Points]
    to: Text
    why: Both
    hall: tuple[Step, ...] = ()
    chance: Chance | None = None
    rule: Rule | None = None
    origin: BothOrNone = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """A moment of the talk: who says what, in which mood (−2 … 2), the answers, and which of them counts when nobody
    answers within `wait` minutes. It comes `after` minutes after the answer that leads here."""

    slug: Text
    by: Speaker
    says: Both
    choices: Annotated[tuple[Answer, ...], MinLen(3), MaxLen(5)]
    default: Text
    mood: Annotated[int, Ge(-2), Le(2)] = 0
    wait: Annotated[int, Ge(1), Le(30)] = 4
    after: Annotated[int, Ge(0), Le(240)] = 0
    rule: Rule | None = None
    origin: BothOrNone = field(default_factory=dict)

    @property
    def slugs(self) -> tuple[str, ...]:
        """Short names of the answers."""
        return tuple(one.slug for one in self.choices)

    def choice(self, slug: str) -> Answer:
        """An answer by its short name; KeyError otherwise."""
        for one in self.choices:
            if one.slug == slug:
                return one
        raise KeyError(slug)


@dataclass(frozen=True)
class Ending:
    """How a talk ended, in words."""

    slug: Text
    words: Both


@dataclass(frozen=True)
class Path:
    """One way through: answers as (node, answer), points by dimension, and the ending."""

    answers: tuple[tuple[str, str], ...]
    score: tuple[tuple[str, int], ...]
    ends: str

    @property
    def total(self) -> int:
        """All points together."""
        return sum(points for _, points in self.score)


@dataclass(frozen=True)
class Talk:
    """A dialogue's nodes and endings, with what can be reckoned from them. Check with `faults` first."""

    start: str
    nodes: Sequence[Node]
    ends: Sequence[Ending]

    @cached_property
    def by_slug(self) -> Mapping[str, Node]:
        """Nodes by their short names."""
        return {one.slug: one for one in self.nodes}

    def values(self, weights: Mapping[str, float]) -> dict[str, float]:
        """The best that can be reached from each node, points weighed by dimension; an ending is worth 0."""
        found = {one.slug: 0.0 for one in self.ends}

        def value(slug: str) -> float:
            if slug not in found:
                found[slug] = max(self.worth(one, weights, value) for one in self.by_slug[slug].choices)
            return found[slug]

        for node in self.nodes:
            value(node.slug)
        return found

    def worth(self, one: Answer, weights: Mapping[str, float], value: Callable[[str], float]) -> float:
        """Points of an answer and the best that can follow, in the mean over chance; `value` reads a node's value."""
        own = sum(weights[name] * points for name, points in one.score.items())
        if one.chance is None:
            return own + value(one.to)
        return own + (1 - one.chance.share) * value(one.to) + one.chance.share * value(one.chance.to)

    def costs(self, weights: Mapping[str, float]) -> dict[tuple[str, str], float]:
        """What each answer gives away of the best that its node offers, 0 or more, by node and answer."""
        found = self.values(weights)
        return {
            (node.slug, one.slug): found[node.slug] - self.worth(one, weights, found.__getitem__)
            for node in self.nodes
            for one in node.choices
        }

    def paths(self) -> Iterator[Path]:
        """Every way through, chance going both ways."""
        yield from self._from(self.start, (), {})

    def _from(self, slug: str, so_far: tuple[tuple[str, str], ...], score: Mapping[str, int]) -> Iterator[Path]:
        if slug not in self.by_slug:
            yield Path(so_far, tuple((name, score[name]) for name in DIMENSIONS if name in score), slug)
            return
        for one in self.by_slug[slug].choices:
            added = dict(score)
            for name, points in one.score.items():
                added[name] = added.get(name, 0) + points
            for to in targets(one):
                yield from self._from(to, (*so_far, (slug, one.slug)), added)

    def best(self) -> Path:
        """The path with the most points; the first of equals."""
        return max(self.paths(), key=lambda path: path.total)

    def worst(self) -> Path:
        """The path with the fewest points; the first of equals."""
        return min(self.paths(), key=lambda path: path.total)


def targets(one: Answer) -> tuple[str, ...]:
    """Where an answer may lead."""
    return (one.to,) if one.chance is None else (one.to, one.chance.to)


def loops(nodes: Sequence[Node]) -> bool:
    """Whether some path comes back to a node, and so need not end."""
    left = {one.slug: {to for choice in one.choices for to in targets(choice)} for one in nodes}
    while left:
        free = [slug for slug, leads in left.items() if not leads & set(left)]
        if not free:
            return True
        for slug in free:
            del left[slug]
    return False


def reached(start: str, nodes: Sequence[Node]) -> set[str]:
    """Nodes and endings that some path from the start comes to."""
    by_slug = {one.slug: one for one in nodes}
    found: set[str] = set()
    ahead = [start]
    while ahead:
        slug = ahead.pop()
        if slug in found:
            continue
        found.add(slug)
        if slug in by_slug:
            ahead += [to for choice in by_slug[slug].choices for to in targets(choice)]
    return found
