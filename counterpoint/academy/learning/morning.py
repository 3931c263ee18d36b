"""The morning's three minutes: on the academy's home page and on the morning sheet of chapter 1."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from counterpoint.academy.catalogue.reading import micro_of, question, shelf
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import OrgUnit
from counterpoint.role import api as role


def micro(unit: OrgUnit, on: date) -> role.MorningLesson | None:
    """Words to read out, a line to play, a question with its answer; None while the whole lesson is not in force."""
    marks = frozenset(one.key for one in role.marks_of(on, unit.rule_pack)) if unit.kind == "branch" else frozenset()
    item = micro_of(unit, on, marks)
    if item is None or item.value.lesson not in shelf(unit, on).lessons:
        return None
    body, asked = item.value, question(item.value.question, unit, on)
    return role.MorningLesson(
        name=tell(body.names), words=tell(body.words), role_play=tell(body.role_play),
        stem=tell(asked.value.stem) if asked else "", why=tell(asked.value.why) if asked else "",
        options=tuple(tell(one.words) for one in asked.value.options) if asked else (),
        key=body.lesson, mark=item.mark, url=reverse("academy:lesson", args=[body.lesson]),
    )  # fmt: skip


role.offer_lesson(micro)
