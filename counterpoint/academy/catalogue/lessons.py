"""Bodies of lessons and courses, and what must hold of them beyond their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from django.utils.translation import gettext as _

from counterpoint.academy import acts, probes
from counterpoint.academy.rules.answering import at
from counterpoint.academy.rules.checking import Ask, Check, compare, judge, wrong_check
from counterpoint.academy.rules.words import Both, BothOrNone
from counterpoint.foundation.api import practice, roles
from counterpoint.primitives.content import ClockTime, ContentError, Count, Share, Text, every, resolve

LESSONS, COURSES, COMPETENCIES = "lessons", "courses", "competencies"
# The outline's mechanisms: every one gets its lesson.
MECHANISMS = tuple(
    f"{chapter}.{number}" for chapter, last in ((1, 8), (2, 9), (3, 9), (4, 7), (5, 12), (6, 8))
    for number in range(1, last + 1)
)  # fmt: skip
LEAST_QUESTIONS = 5
POSTS = frozenset(practice.PUPPETS)  # who is there in a practice branch
PRACTISED = POSTS | {"regional_manager"}
Mechanism = Annotated[str, MinLen(3), MaxLen(4)]


@dataclass(frozen=True)
class Cited:
    """The standard by reference: a version of a rule, and the field of it that the lesson teaches."""

    kind: Text
    key: Text
    version: Annotated[int, Ge(1)]
    words: Both
    field: str = ""


@dataclass(frozen=True)
class Table:
    """A small table; every row has as many cells as there are columns."""

    columns: Annotated[tuple[Both, ...], MinLen(2), MaxLen(6)]
    rows: Annotated[tuple[tuple[Both, ...], ...], MinLen(1), MaxLen(8)]


@dataclass(frozen=True)
class Bank:
    """Figures of the reader's own branch: values of a probe with what they mean."""

    probe: Text
    words: Both
    fields: Annotated[tuple[Text, ...], MinLen(1), MaxLen(6)]
    args: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Wrong:
    """What goes wrong in practice: how it shows, why it happens, what it costs, what to do."""

    sign: Both
    cause: Both
    cost: Both
    remedy: Both


@dataclass(frozen=True)
class Block:
    """One part of a lesson's body; exactly one of its fields besides the heading is filled."""

    head: BothOrNone = field(default_factory=dict)
    text: BothOrNone = field(default_factory=dict)
    steps: tuple[Both, ...] = ()
    table: Table | None = None
    bank: Bank | None = None
    wrong: Wrong | None = None
    ask: BothOrNone = field(default_factory=dict)

    @property
    def parts(self) -> list[str]:
        """Names of the filled fields."""
        return [one for one in ("text", "steps", "table", "bank", "wrong", "ask") if getattr(self, one)]


@dataclass(frozen=True)
class Stage:
    """An act in the practice branch: on the stage before the exercise begins, or in a worked example. `post` is the
    colleague who acts, empty the learner; `words` are what they say or write."""

    do: Text
    post: str = ""
    args: dict[str, str | int | float] = field(default_factory=dict)
    words: BothOrNone = field(default_factory=dict)
    minutes_before: Count = 0


@dataclass(frozen=True)
class Open:
    """The page of the product where the exercise begins: url name, its arguments and query."""

    url: Text
    args: tuple[str, ...] = ()
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exercise:
    """What the learner does in the product. `answer`: read figures of the own branch and tell them. `practice`: act in
    the practice branch; its result is checked there."""

    how: Literal["answer", "practice"]
    task: Both
    open: Open
    asks: Annotated[tuple[Ask, ...], MaxLen(6)] = ()
    checks: Annotated[tuple[Check, ...], MaxLen(8)] = ()
    hints: Annotated[tuple[Both, ...], MaxLen(3)] = ()
    world: Literal["branch", "region", "drill"] = "branch"
    post: str = ""
    day: str = "usual"
    time: ClockTime = "10:00"
    stage: tuple[Stage, ...] = ()


@dataclass(frozen=True)
class Told:
    """In human words what is new since a version, and which parts of the lesson say it."""

    since_version: Annotated[int, Ge(1)]
    words: Both
    blocks: tuple[Count, ...] = ()


@dataclass(frozen=True)
class LessonBody:
    """A lesson: why, the standard by reference, worked figures, what goes wrong, an exercise and questions."""

    names: Both
    course: Text
    mechanism: Annotated[tuple[Mechanism, ...], MinLen(1)]
    minutes: Annotated[int, Ge(8), Le(30)]
    roles: Annotated[tuple[Text, ...], MinLen(1)]
    competencies: dict[str, Share]
    why: Both
    rules: Annotated[tuple[Cited, ...], MinLen(1)]
    blocks: Annotated[tuple[Block, ...], MinLen(4), MaxLen(20)]
    exercise: Exercise
    questions: Annotated[tuple[Text, ...], MinLen(LEAST_QUESTIONS)]
    review_by: date
    changes: tuple[Told, ...] = ()


@dataclass(frozen=True)
class CourseBody:
    """A course: lessons in order, for whom it is obligatory, and the hours it takes. `replaces` are courses that went
    into this one: whoever was assigned to them finds this one."""

    names: Both
    chapter: Annotated[int, Ge(1), Le(7)]
    lessons: Annotated[tuple[Text, ...], MinLen(1)]
    posts: tuple[Text, ...]
    hours: Annotated[float, Ge(0.1), Le(80)]
    replaces: tuple[Text, ...] = ()


def wrong_lesson(body: LessonBody) -> str:
    """What is wrong with a lesson; empty when nothing is."""
    return next(filter(None, _faults(body)), "")


def _faults(body: LessonBody) -> Iterator[str]:
    yield _unknown(body.mechanism, MECHANISMS, _("These are no mechanisms of the outline: %(names)s."))
    yield _unknown(body.roles, roles.ROLES, _("These are no roles: %(names)s."))
    if len(set(body.questions)) != len(body.questions):
        yield _("A question stands twice.")
    for number, block in enumerate(body.blocks, 1):
        yield from _block_faults(number, block)
    yield from _exercise_faults(body.exercise)
    if any(place >= len(body.blocks) for one in body.changes for place in one.blocks):
        yield _("A change names a part that the lesson does not have.")


def _unknown(names: Iterable[str], known: Iterable[str], words: str) -> str:
    strange = sorted(set(names) - set(known))
    return words % {"names": ", ".join(strange)} if strange else ""


def _block_faults(number: int, block: Block) -> Iterator[str]:
    if len(block.parts) != 1:
        yield _("Part %(number)d of the lesson needs exactly one of text, steps, table, figures, what goes wrong, or a "
                "question to oneself.") % {"number": number}  # fmt: skip
    if block.table and any(len(row) != len(block.table.columns) for row in block.table.rows):
        yield _("Every row of a table has as many cells as it has columns.")
    if block.bank:
        yield probe_fault(block.bank.probe, block.bank.args, block.bank.fields)


def probe_fault(key: str, args: dict[str, str | int], fields: Iterable[str]) -> str:
    """What is wrong with reading fields of a probe; empty when nothing is."""
    one = probes.known().get(key)
    if one is None:
        return _("There is no probe “%(key)s”.") % {"key": key}
    return _unknown([*args, *fields], {*one.takes, *one.gives}, _("The probe does not know: %(names)s."))


def _exercise_faults(exercise: Exercise) -> Iterator[str]:
    if exercise.how == "answer":
        if not exercise.asks or exercise.checks or exercise.stage:
            yield _("An exercise to be answered needs figures to read, and nothing that is checked by practice.")
        for ask in exercise.asks:
            yield probe_fault(ask.probe, ask.args, [ask.field])
            if (ask.form == "choice") != bool(ask.choices):
                yield _("Only a choice has answers to choose from, and it needs them.")
        return
    if not exercise.checks or exercise.asks:
        yield _("An exercise in the practice branch needs checks of its result, and no figures to read.")
    if exercise.world != "branch":
        yield _("So far exercises are practised in a branch only.")
    yield _unknown([exercise.post], PRACTISED, _("These are no posts to practise: %(names)s."))
    for check in exercise.checks:
        yield probe_fault(check.probe, check.args, [check.field] if check.field else [])
    for one in exercise.stage:
        yield act_fault(one)
    if any(wrong_check(one) for one in exercise.checks):
        yield _("A check needs the values that its comparison takes, and no more.")


def act_fault(one: Stage) -> str:
    """What is wrong with an act of a practice branch; empty when nothing is."""
    known = acts.known().get(one.do)
    if known is None:
        return _("There is no act “%(key)s”.") % {"key": one.do}
    strange = _unknown(one.args, known.takes, _("The act does not know: %(names)s."))
    return strange or _unknown([one.post] if one.post else [], POSTS, _("Nobody with this post practises: %(names)s."))


def lesson_references(body: LessonBody) -> list[tuple[str, str]]:
    """What a lesson needs: course, questions and the competencies that it trains."""
    held = [(COURSES, body.course), *(("questions", one) for one in body.questions)]
    return [*held, *((COMPETENCIES, one) for one in body.competencies)]


def lesson_cites(body: LessonBody) -> list[tuple[str, str]]:
    """Every rule that it tells of, in its version and with its field."""
    return [found for one in body.rules for found in cited_faults(one.kind, one.key, one.version, one.field)]


def cited_faults(kind: str, key: str, version: int, field: str) -> list[tuple[str, str]]:
    """The reference itself, and in words what of the cited version is missing."""
    try:
        if not resolve(kind, key):
            return [(kind, key)]
        held = [one for one in every(kind) if one.key == key and version in (0, one.version)]
    except ContentError:  # a kind that nobody declared
        return [(kind, key)]
    words = {"kind": kind, "key": key, "version": version, "field": field}
    if not held:
        return [(kind, key), ("", _("cites version %(version)s of %(kind)s “%(key)s”, which does not exist") % words)]
    if field and any(at(one.body, field) is None for one in held):
        return [(kind, key), ("", _("cites the field %(field)s of %(kind)s “%(key)s”, which is not there") % words)]
    return [(kind, key)]


def lesson_example(body: LessonBody, example: dict[str, Any]) -> str:
    """A worked example of the exercise: what is found, what is answered, whether it passes and which check fails. What
    is played in the practice branch is run by the tests; here only its acts must exist."""
    exercise = body.exercise
    if exercise.how == "answer":
        given = {slug: str(one) for slug, one in example.get("answers", {}).items()}
        verdict = compare(exercise.asks, given, example["found"])
    else:
        if "play" in example:
            return _play_fault(exercise, example)
        verdict = judge(exercise.checks, list(example["found"]))
    if verdict.passed is not example["passes"]:
        return _("passes is %(value)s") % {"value": verdict.passed}
    failing = [line.slug for line in verdict.lines if not line.holds]
    wanted = example.get("failing")
    return "" if wanted is None or wanted in failing else _("failing are: %(names)s") % {"names": ", ".join(failing)}


def _play_fault(exercise: Exercise, example: Mapping[str, Any]) -> str:
    named = {one.slug or one.probe for one in exercise.checks}
    strange = _unknown(example.get("failing", ()), named, _("There are no such checks: %(names)s."))
    return next(filter(None, map(act_fault, played(example))), strange)


def played(example: Mapping[str, Any]) -> tuple[Stage, ...]:
    """The acts of a worked example, as its lines say."""
    return tuple(Stage(**one) for one in example["play"])


def wrong_course(body: CourseBody) -> str:
    """What is wrong with a course; empty when nothing is."""
    return _unknown(body.posts, roles.ROLES, _("These are no roles: %(names)s."))
