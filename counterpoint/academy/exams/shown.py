"""Sittings as pages and the exam's script show them: questions without what would tell the answer, results with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.blueprints import BlueprintBody
from counterpoint.academy.catalogue.questions import QUESTIONS
from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.exams import chains
from counterpoint.academy.exams.grading import blueprint_of, graded
from counterpoint.academy.exams.sitting import is_final
from counterpoint.academy.learning.shown import Asked, number, one_asked
from counterpoint.academy.models import AnswerSave, Grade, Sitting
from counterpoint.academy.models.exams import DEADLINE, OPEN, VOID
from counterpoint.academy.probes import Look
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import Scope


def question_for(sitting: Sitting, slot: int, body: BlueprintBody) -> dict[str, Any]:
    """A question as the exam's page gets it: stem and options in the sitting's order. No key, no reasons, no names of
    options or of the question, and nothing of its difficulty."""
    held = sitting.form[slot - 1]
    item = pinned(QUESTIONS, held["question"], held["version"], sitting.org_unit)
    section = next((tell(one.names) for one in body.sections if one.slug == held["section"]), "")
    if item is None:
        return {"slot": slot, "form": "gone", "stem": "", "options": [], "unit": "", "section": section}
    words = {one.slug: tell(one.words) for one in item.value.options}
    form = item.value.form if item.value.options else "number"
    return {
        "slot": slot, "form": "single" if form == "rule" else form, "stem": tell(item.value.stem),
        "options": [words[one] for one in held["options"]],
        "unit": tell(item.value.unit) if item.value.unit else "", "section": section,
        "final": is_final(body, sitting.form, slot),
    }  # fmt: skip


def state_for(sitting: Sitting, saves: Iterable[AnswerSave], token: str, now: datetime) -> dict[str, Any]:
    """All that the exam's page needs to go on: its questions, what the server holds, and the server's clock."""
    body: BlueprintBody = blueprint_of(sitting).value
    rows = list(saves)
    return {
        "token": token, "state": sitting.state, "adapts": body.adapts, **clock_for(sitting, now),
        "seq": max((one.seq for one in rows), default=0),
        "questions": [question_for(sitting, slot, body) for slot in range(1, len(sitting.form) + 1)],
        "answers": {
            str(slot): {"seq": one.seq, "value": sent_as(sitting.form[slot - 1], one.value)}
            for slot, one in chains.counted(rows).items()
        },
    }  # fmt: skip


def clock_for(sitting: Sitting, now: datetime) -> dict[str, Any]:
    """The server's now and the deadline, in milliseconds."""
    return {"now": _ms(now), "deadline": _ms(sitting.deadline_at), "closes": _ms(sitting.closes_at)}


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def sent_as(slot: dict[str, Any], value: Sequence[str]) -> list[Any]:
    """An answer as the page sends it: places of the shown options, or the text."""
    options = slot["options"]
    return [options.index(one) + 1 for one in value if one in options] if options else list(value)


def state_words(sitting: Sitting, grade: Grade | None) -> tuple[str, str]:
    """A sitting in a word, and how loud it is."""
    if sitting.state == OPEN:
        return _("Running"), "info"
    if sitting.state == VOID:
        return _("Set aside"), "calm"
    return (_("Has passed"), "fine") if grade and grade.passed else (_("Not passed"), "watch")


@dataclass(frozen=True)
class Outcome:
    """A result in words: share with its limits, ability, by cell; `close` when chance could have turned it."""

    right: int
    of: int
    percent: int
    low: int
    high: int
    theta: str
    sd: str
    cut: int
    theta_cut: str
    close: bool
    cells: tuple[tuple[str, int, int], ...]
    ended: str


def outcome(sitting: Sitting, grade: Grade) -> Outcome:
    """The newest grade in words."""
    body: BlueprintBody = blueprint_of(sitting).value
    found = graded(sitting, grade.basis, grade.worths, grade.day)
    names = {one.slug: tell(one.names) for one in body.sections}
    sections: dict[str, list[int]] = {}
    dropped = set(grade.basis.get("dropped", ()))
    for slot, worth in zip(sitting.form, grade.worths, strict=True):
        if slot["counts"] and slot["question"] not in dropped:
            held = sections.setdefault(slot["section"], [0, 0])
            held[0] += int((worth or 0) >= 1.0)
            held[1] += 1
    theta = body.cut.theta
    return Outcome(
        grade.right, grade.of, round(100 * found.share), round(100 * found.low), round(100 * found.high),
        number(found.theta), number(found.sd), round(100 * body.cut.theory), "" if theta is None else number(theta),
        found.close, tuple((names.get(slug, slug), held[0], held[1]) for slug, held in sections.items()),
        _("handed in by itself at the deadline") if sitting.submitted_by == DEADLINE else _("handed in"),
    )  # fmt: skip


@dataclass
class Given:
    """What was answered, as lessons show it."""

    given: list[str]
    score: float
    at: datetime


def reviewed(sitting: Sitting, grade: Grade, saves: Iterable[AnswerSave], which: str, scope: Scope) -> list[Asked]:
    """Questions with what is right and why, as far as the exam shows them: `none`, `wrong` ones or `all`."""
    if which == "none":
        return []
    look, held, found = Look(scope, sitting.org_unit, sitting.started_at), chains.counted(saves), []
    for slot, (form, worth) in enumerate(zip(sitting.form, grade.worths, strict=True), 1):
        if which == "wrong" and (worth or 0.0) >= 1.0:
            continue
        version = grade.basis.get("versions", {}).get(form["question"], form["version"])
        item = pinned(QUESTIONS, form["question"], version, sitting.org_unit)
        if item is not None:
            given = list(held[slot].value) if slot in held else []
            found.append(one_asked(item, slot, look, Given(given, worth or 0.0, sitting.started_at)))
    return found


SIGN_WORDS = {
    "away": (
        lambda: _("left the page"),
        lambda: _("a call, a message, another program in front, the screen locking, the day of the exam"),
    ),
    "back": (lambda: _("came back"), lambda: ""),
    "pasted": (lambda: _("pasted text"), lambda: _("a figure copied from the own calculation")),
    "window": (
        lambda: _("opened the exam again"),
        lambda: _("a reload, a crash, a change to another device, the way back from the day"),
    ),
    "conflict": (lambda: _("two answers under one number"), lambda: _("two tabs, or the browser's memory was emptied")),
    "fast": (lambda: _("answers within 3 seconds"), lambda: _("saved up without a network and sent at once")),
    "late": (lambda: _("answers after the end"), lambda: _("the network came back after the deadline")),
}  # fmt: skip


def signs(found: Iterable[tuple[str, int]]) -> list[tuple[str, int, str]]:
    """Signs in words, how often, and what innocently explains them."""
    return [(SIGN_WORDS[kind][0](), count, SIGN_WORDS[kind][1]()) for kind, count in found]


FLAG_WORDS = {
    "few": lambda: _("fewer than 50 answers"), "easy": lambda: _("surely too easy"),
    "hard": lambda: _("surely too hard"),
    "weak": lambda: _("surely tells nobody apart"), "backwards": lambda: _("abler people miss it more"),
    "sure": lambda: _("nobody missed it"), "unchosen": lambda: _("a wrong option that nobody chose"),
    "skipped": lambda: _("often left open"), "tempting": lambda: _("a wrong option draws abler people"),
}  # fmt: skip


def page_words() -> dict[str, str]:
    """Words of the exam's script."""
    return {
        "unsaved": _("not saved yet"),
        "saved": _("saved"),
        "open": _("unanswered"),
        "question": _("Question {n}"),
        "question_state": _("Question {n}: {state}"),
        "all_saved": _("All answers are saved."),
        "some_unsaved": _("{n} answers are not saved yet; they are kept here."),
        "offline": _("No connection. Go on: your answers are kept on this device and sent by themselves."),
        "signed_out": _("You are signed out. Sign in again in another tab; your answers are kept here."),
        "elsewhere": _("This exam was opened in another window. This one saves nothing any more."),
        "memory": _("This browser keeps nothing on the device; do not close the page before everything is saved."),
        "choose_one": _("Choose one"),
        "choose_all": _("Choose all that are right"),
        "order": _("Give each its place"),
        "number": _("Your number"),
        "final": _("The next question followed from this answer; it can no longer be changed."),
        "gone": _("This question can no longer be shown."),
        "next": _("Next question"),
        "wait": _("The next question needs the connection; your answer is kept."),
        "none_left": _("These were all questions. You may hand in."),
        "hand_in_open": _("{n} questions are still open."),
        "hand_in_all": _("Every question has an answer."),
        "hand_in_unsaved": _("Some answers are not saved yet. Wait for the connection, then hand in."),
        "time_up": _("Time is up. Your answers are being handed in."),
    }
