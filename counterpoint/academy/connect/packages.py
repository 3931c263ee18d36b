"""A lesson as a package for other learning systems: SCORM 1.2, SCORM 2004 or cmi5, one zip with static pages.

It holds the words, the standard and the questions in one language; figures of a branch never leave the house, so the
lesson's own are left out and the exercise leads back to the product.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from counterpoint.academy.catalogue.questions import QuestionBody, right_of
from counterpoint.academy.catalogue.reading import Shelf, question
from counterpoint.academy.learning import shown
from counterpoint.academy.probes import Look
from counterpoint.academy.rules.answering import PASS
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import NotFound
from counterpoint.primitives.content import Item

STANDARDS = {"scorm12": "imsmanifest.xml", "scorm2004": "imsmanifest.xml", "cmi5": "cmi5.xml"}
PARTS = Path(__file__).with_name("package")
WHEN = (2026, 1, 1, 0, 0, 0)  # every file's time: equal lessons make equal packages


def package(held: Shelf, look: Look, lesson: str, standard: str, language: str, home: str) -> bytes:
    """The zip of a lesson; `home` is its address in the product. Raises `NotFound` for what does not exist."""
    item = held.lessons.get(lesson)
    if item is None or standard not in STANDARDS:
        raise NotFound(_("There is no such lesson here."))
    with override(language):
        context = _context(held, look, item, language, home)
        page = render_to_string("academy/package/index.html", context)
        files = {"index.html": page.encode()} | {one.name: one.read_bytes() for one in sorted(PARTS.iterdir())}
        manifest = render_to_string(f"academy/package/{standard}.xml", context | {"files": sorted(files)})
    return _zipped({STANDARDS[standard]: manifest.encode(), **files})


def _context(held: Shelf, look: Look, item: Any, language: str, home: str) -> dict[str, Any]:
    body, course = item.value, held.course_of(item.key)
    held_questions = filter(None, (question(key, look.branch, look.today) for key in body.questions))
    asked = [told(one, look, number) for number, one in enumerate(held_questions, 1)]
    return {
        "item": item, "language": language, "home": home, "name": tell(body.names), "minutes": body.minutes,
        "identifier": item.key.replace(".", "-"), "course": tell(course.value.names) if course else "",
        "mechanism": ", ".join(body.mechanism), "why": tell(body.why), "task": tell(body.exercise.task),
        "standards": [replace(one, url="") for one in shown.standards(body.rules, look)],
        "parts": shown.parts([one for one in body.blocks if one.bank is None], look), "questions": asked,
        "share": PASS, "least": round(100 * PASS),
        "data": {
            "least": PASS,
            "questions": [
                {name: one[name] for name in ("key", "form", "right", "tolerance")} for one in asked
            ],
            "words": {
                "full": _("Right"), "part": _("Partly right"), "none": _("Not right"),
                "far": _("{answered} of {all} answered, {full} right"), "passed": _("The lesson is passed"),
                "failed": _("Not passed yet: answer again"),
            },
        },
    }  # fmt: skip


def told(item: Item, look: Look, number: int) -> dict[str, Any]:
    """A question with its answer and reasons, which the page hides until it was answered."""
    body: QuestionBody = item.value
    right = right_of(body, look.today, look.branch.rule_pack, look.branch.path)
    words = {option.slug: tell(option.words) for option in body.options}
    return {
        "key": item.key, "number": number, "stem": tell(body.stem), "right": list(right),
        "form": "number" if body.form == "rule" and not body.options else body.form, "tolerance": body.tolerance,
        "unit": tell(body.unit) if body.unit else "", "why": tell(body.why),
        "right_words": (" → " if body.form == "order" else _(", ")).join(words.get(slug, slug) for slug in right),
        "places": list(range(1, len(body.options) + 1)),
        "choices": [
            {"slug": o.slug, "words": tell(o.words), "why": tell(o.why), "right": o.slug in right}
            for o in body.options
        ],
    }  # fmt: skip


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, WHEN), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
