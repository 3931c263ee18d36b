"""Whether somebody has what a certificate asks for, and how long it holds: criteria against evidence, line by line."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date, timedelta

from counterpoint.academy.rules.words import BothOrNone
from counterpoint.primitives.content import Count, NotNegative, Share, Text

LESSONS, EXAM, SCENARIOS, SHADOW, CONFIRMED = "lessons", "exam", "scenarios", "shadow", "confirmed"


@dataclass(frozen=True)
class Criterion:
    """One thing that is asked for; exactly one of lessons, course, exam, scenarios and field is filled.

    `scenarios`: the newest `days` plays of them, each scenario among all plays at least once, at a mean regret of at
    most `regret_most` minutes. `field`: `shadow` is the shadow licence (days, regimes, regret_most); any other short
    name is something that the second person confirms in `words`, which otherwise name exam and drills where these are
    not installed.
    """

    lessons: tuple[Text, ...] = ()
    course: str = ""
    exam: str = ""
    scenarios: tuple[Text, ...] = ()
    field: str = ""
    words: BothOrNone = made(default_factory=dict)
    days: Count = 0
    regimes: Count = 0
    regret_most: NotNegative = 0
    score_least: Share = 0

    @property
    def parts(self) -> list[str]:
        """Names of what is filled."""
        return [one for one in ("lessons", "course", "exam", "scenarios", "field") if getattr(self, one)]

    @property
    def source(self) -> str:
        """Where its evidence comes from."""
        part = self.parts[0]
        if part == "field":
            return SHADOW if self.field == SHADOW else CONFIRMED
        return LESSONS if part == "course" else part


@dataclass(frozen=True)
class Evidence:
    """Something that somebody did: where it is kept (`ref` with `digest`), on which day, and its figures.

    `source` says which: lessons (key: lesson; `current` 0 when a rule has changed since), exam (key: blueprint;
    `passed`, `score` 0–1), scenarios (key: scenario; `regret` in minutes), shadow (`days`, `regimes`, `regret`),
    confirmed (key: the field's short name).
    """

    source: str
    key: str
    on: date
    ref: str = ""
    digest: str = ""
    values: Mapping[str, float] = made(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One criterion: whether it holds, how much of how much is there, what is missing by key, and what proves it.
    `figure` is the score or regret that was found, None where there is none."""

    criterion: Criterion
    holds: bool
    found: int
    wanted: int
    missing: tuple[str, ...] = ()
    figure: float | None = None
    proofs: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Whether everything is there, line by line."""

    lines: tuple[Line, ...]

    @property
    def awarded(self) -> bool:
        """Whether every line holds; a certificate that asks for nothing is never awarded."""
        return bool(self.lines) and all(line.holds for line in self.lines)

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the lines that do not hold, from 1."""
        return tuple(number for number, line in enumerate(self.lines, 1) if not line.holds)

    @property
    def to_do(self) -> tuple[Line, ...]:
        """What is missing that the person can do; what a second person confirms comes with the award."""
        return tuple(one for one in self.lines if not one.holds and one.criterion.source != CONFIRMED)


def asked(
    criteria: Sequence[Criterion], recert: Sequence[Criterion], *, again: bool
) -> tuple[Criterion, ...]:  # fmt: skip
    """What is asked for: the first time all criteria; to renew, the lessons, up to date, and what renewing asks for."""
    if not again or not recert:
        return tuple(criteria)
    return (*(one for one in criteria if one.source == LESSONS), *recert)


def judge(
    criteria: Iterable[Criterion], evidence: Iterable[Evidence], *, courses: Mapping[str, Sequence[str]],
    after: date | None = None,
) -> Verdict:  # fmt: skip
    """Every criterion against the evidence. `courses` are the lessons of each course. With `after` (the day of the
    certificate that is renewed) only later evidence counts, but for lessons, which must be up to date, and for what a
    second person confirms now."""
    held = sorted(evidence, key=lambda one: (one.on, one.ref))
    counted = [one for one in held if after is None or one.on > after or one.source in (LESSONS, CONFIRMED)]
    return Verdict(tuple(_line(one, counted, courses) for one in criteria))


def _line(criterion: Criterion, held: Sequence[Evidence], courses: Mapping[str, Sequence[str]]) -> Line:
    mine = [one for one in held if one.source == criterion.source]
    if criterion.source == LESSONS:
        return _lessons(criterion, mine, criterion.lessons or tuple(courses.get(criterion.course, ())))
    if criterion.source == EXAM:
        return _exam(criterion, [one for one in mine if one.key == criterion.exam])
    if criterion.source == SCENARIOS:
        return _scenarios(criterion, [one for one in mine if one.key in criterion.scenarios])
    if criterion.source == SHADOW:
        return _shadow(criterion, mine)
    said = [one for one in mine if one.key == criterion.field][-1:]
    return Line(criterion, bool(said), len(said), 1, () if said else (criterion.field,), None, tuple(said))


def _lessons(criterion: Criterion, held: Sequence[Evidence], wanted: Sequence[str]) -> Line:
    good = {one.key: one for one in held if one.values.get("current", 1)}
    proofs = tuple(good[key] for key in wanted if key in good)
    missing = tuple(key for key in wanted if key not in good)
    return Line(criterion, bool(wanted) and not missing, len(proofs), len(wanted), missing, None, proofs)


def _exam(criterion: Criterion, held: Sequence[Evidence]) -> Line:
    passed = [
        one for one in held if one.values.get("passed") and one.values.get("score", 0) >= criterion.score_least
    ]  # fmt: skip
    best = max((one.values.get("score", 0) for one in held), default=None)
    return Line(
        criterion, bool(passed), len(passed[-1:]), 1, () if passed else (criterion.exam,), best, tuple(passed[-1:])
    )  # fmt: skip


def _scenarios(criterion: Criterion, held: Sequence[Evidence]) -> Line:
    wanted = max(criterion.days, len(criterion.scenarios))
    newest = tuple(held[-wanted:])
    missing = tuple(key for key in criterion.scenarios if key not in {one.key for one in held})
    mean = sum(one.values["regret"] for one in newest) / len(newest) if newest else None
    good = len(newest) == wanted and not missing and mean is not None and mean <= criterion.regret_most
    return Line(criterion, good, len(newest), wanted, missing, mean, newest if good else ())


def _shadow(criterion: Criterion, held: Sequence[Evidence]) -> Line:
    if not held:
        return Line(criterion, False, 0, criterion.days, (SHADOW,))
    newest = held[-1]
    days, regret = int(newest.values.get("days", 0)), newest.values.get("regret")
    good = days >= criterion.days and newest.values.get("regimes", 0) >= criterion.regimes
    good = good and regret is not None and regret <= criterion.regret_most
    return Line(criterion, good, days, criterion.days, () if good else (SHADOW,), regret, (newest,) if good else ())


def last_day(since: date, months: int, previous: date | None = None, window: int = 0) -> date:
    """The last day on which a certificate of `months` holds. Who renews within `window` days before the last day of the
    previous one loses nothing: the new one runs on from there."""
    early = previous is not None and timedelta(0) <= previous - since <= timedelta(days=window)
    start = previous + timedelta(days=1) if early and previous is not None else since
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    if start.day > calendar.monthrange(year, month)[1]:  # from the 31st: to the end of a shorter month
        return date(year, month, calendar.monthrange(year, month)[1])
    return date(year, month, start.day) - timedelta(days=1)


def next_reminder(until: date, today: date, days: Sequence[int]) -> int | None:
    """Days before the last day of the next reminder that lies after today; None when only the end is left."""
    return max((one for one in days if until - timedelta(days=one) > today), default=None)


def due_reminder(until: date, today: date, days: Sequence[int]) -> int | None:
    """The reminder that is due today: of several that were missed the nearest to the end; None before the first."""
    return min((one for one in days if until - timedelta(days=one) <= today <= until), default=None)
