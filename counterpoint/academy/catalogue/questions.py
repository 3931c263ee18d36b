"""Bodies of questions, standards and micro lessons, and what must hold of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.lessons import COMPETENCIES, LESSONS, cited_faults
from counterpoint.academy.rules.answering import at, score
from counterpoint.academy.rules.words import Both, BothOrNone
from counterpoint.primitives.content import ContentError, NotNegative, Share, Text, get

QUESTIONS, STANDARDS, MICRO = "questions", "standards", "micro_lessons"
LETTERS = 300  # of a micro lesson in Chinese: three minutes read aloud with a pause


@dataclass(frozen=True)
class Option:
    """An answer to choose, and why it is right or wrong."""

    slug: Text
    words: Both
    why: Both


@dataclass(frozen=True)
class RuleOf:
    """A field of a rule: what is right is what it says on the day of the case."""

    kind: Text
    key: Text
    field: Text
    day: date | None = None


@dataclass(frozen=True)
class QuestionBody:
    """A question with its right answer and reasons. `prior` is the author's difficulty; `pretest` questions are not
    counted in exams until their difficulty has been measured."""

    form: Literal["single", "several", "order", "number", "rule"]
    stem: Both
    why: Both
    lesson: Text
    depth: Literal["know", "apply", "judge"]
    prior: Annotated[int, Ge(1), Le(5)]
    options: Annotated[tuple[Option, ...], MaxLen(6)] = ()
    right: tuple[Text, ...] = ()
    number: float | None = None
    tolerance: NotNegative = 0
    unit: BothOrNone = field(default_factory=dict)
    rule: RuleOf | None = None
    competencies: dict[str, Share] = field(default_factory=dict)
    origin: BothOrNone = field(default_factory=dict)
    exposure: Share = 0.35
    enemies: tuple[Text, ...] = ()
    pretest: bool = True

    @property
    def slugs(self) -> tuple[str, ...]:
        """Short names of the options."""
        return tuple(one.slug for one in self.options)


@dataclass(frozen=True)
class MovedTo:
    """Where a chapter keeps the fact now."""

    kind: Text
    key: Text


@dataclass(frozen=True)
class StandardBody:
    """A dated fact that lessons cite and that no chapter keeps yet: a number, a choice or words."""

    names: Both
    number: float | None = None
    choice: str = ""
    words: BothOrNone = field(default_factory=dict)
    unit: BothOrNone = field(default_factory=dict)
    origin: BothOrNone = field(default_factory=dict)
    moved_to: MovedTo | None = None

    @property
    def held(self) -> Any:
        """What the standard says."""
        return self.number if self.number is not None else self.choice or self.words


@dataclass(frozen=True)
class MicroBody:
    """Three minutes of the morning meeting: words to read out, a question, a line to play. With months or marks of the
    day it is for those days first."""

    names: Both
    lesson: Text
    words: Both
    role_play: Both
    question: Text
    months: tuple[Annotated[int, Ge(1), Le(12)], ...] = ()
    marks: tuple[Text, ...] = ()


def wrong_question(body: QuestionBody) -> str:
    """What is wrong with a question; empty when nothing is."""
    return next(filter(None, _faults(body)), "")


def _faults(body: QuestionBody) -> Iterator[str]:
    slugs = body.slugs
    if len(set(slugs)) != len(slugs):
        yield _("Two options have the same short name.")
    if body.form == "number":
        if body.number is None or body.options:
            yield _("A question for a number needs the number, and no options.")
        return
    if body.form == "rule":
        if body.rule is None or (not body.options and body.number is not None):
            yield _("A question about a rule needs the rule and takes its answer from it.")
        return
    if not 3 <= len(slugs) <= 6:
        yield _("A question needs three to six options.")
    if body.form == "order" and sorted(body.right) != sorted(slugs):
        yield _("The right order names every option once.")
    if not body.right or set(body.right) - set(slugs) or (body.form == "single" and len(body.right) != 1):
        yield _("The right answer must be among the options; a single choice has one.")


def question_references(body: QuestionBody) -> list[tuple[str, str]]:
    """The lesson, the questions that may not stand beside it, and what the question measures."""
    held = [(LESSONS, body.lesson), *((QUESTIONS, one) for one in body.enemies)]
    return [*held, *((COMPETENCIES, one) for one in body.competencies)]


def question_cites(body: QuestionBody) -> list[tuple[str, str]]:
    """The rule that says what is right; while none is in force the question is not asked."""
    return cited_faults(body.rule.kind, body.rule.key, 0, body.rule.field) if body.rule else []


def right_of(body: QuestionBody, on: date, pack: str = "cn", bank: str | None = None) -> tuple[str, ...]:
    """The right answer on a date: written in the question, or what the rule said on the day of the case."""
    if body.rule is None:
        return body.right if body.form != "number" else (f"{body.number:g}",)
    item = get(body.rule.kind, body.rule.key, body.rule.day or on, pack, bank=bank)
    value = at(item.body, body.rule.field)
    return (f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value),)


def worth(body: QuestionBody, given: list[str], on: date, pack: str = "cn", bank: str | None = None) -> float:
    """What an answer is worth, from 0 to 1."""
    right = right_of(body, on, pack, bank)
    if body.form == "number" or (body.form == "rule" and not body.options):
        return score("number", right, given, number=float(right[0]), tolerance=body.tolerance)
    return score(body.form, right, given)


def question_example(body: QuestionBody, example: dict[str, Any]) -> str:
    """A worked answer: what is chosen, what it is worth, on which day."""
    given = example["answer"]
    answers = [str(one) for one in given] if isinstance(given, list) else [str(given)]
    on = example.get("day", date(2026, 12, 1))
    try:
        found = worth(body, answers, on)
    except ContentError as absent:
        return str(absent)
    return "" if abs(found - example["score"]) < 0.01 else _("is worth %(value)s") % {"value": f"{found:.2f}"}


def wrong_standard(body: StandardBody) -> str:
    """What is wrong with a standard; empty when nothing is."""
    filled = [body.number is not None, bool(body.choice), bool(body.words)]
    return "" if sum(filled) == 1 else _("A standard says exactly one thing: a number, a choice or words.")


def standard_example(body: StandardBody, example: dict[str, Any]) -> str:
    """What the standard says, written out."""
    return "" if body.held == example["value"] else _("says %(value)s") % {"value": body.held}


def wrong_micro(body: MicroBody) -> str:
    """What is wrong with a micro lesson; empty when nothing is."""
    letters = len(body.words["zh-hans"])
    if letters > LETTERS:
        return _("A micro lesson has %(most)d Chinese letters at most, not %(found)d.") % {
            "most": LETTERS, "found": letters,
        }  # fmt: skip
    return ""
