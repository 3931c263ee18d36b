"""Certificates in words: what a line asks for, how it stands, what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.academy.catalogue.certificates import BLUEPRINTS, SCENARIOS
from counterpoint.academy.catalogue.lessons import LESSONS
from counterpoint.academy.catalogue.reading import Shelf
from counterpoint.academy.certificates.queries import Judged
from counterpoint.academy.learning.shown import number
from counterpoint.academy.models.certificates import EXPIRED, RENEWED, REVOKED, VALID
from counterpoint.academy.rules import awarding
from counterpoint.academy.rules.awarding import Criterion, Line
from counterpoint.academy.rules.words import tell
from counterpoint.primitives.content import ContentError, get
from counterpoint.role.api import SKILL_NAMES


@dataclass(frozen=True)
class Told:
    """One line of a certificate as the page shows it; `links` lead to what is missing."""

    words: str
    state: str
    level: str
    holds: bool
    links: tuple[tuple[str, str], ...] = ()
    field: str = ""


def states(state: str) -> tuple[str, str]:
    """A state in a word, and how loud it is."""
    return {
        VALID: (_("valid"), "fine"), RENEWED: (_("renewed by a later one"), "calm"), EXPIRED: (_("has ended"), "act"),
        REVOKED: (_("revoked"), "act"),
    }[state]  # fmt: skip


def asked_for(criterion: Criterion, held: Shelf) -> str:
    """What a line asks for, in the reader's language."""
    if criterion.course:
        course = held.courses.get(criterion.course)
        return _("Course “%(name)s”, all lessons passed") % {
            "name": tell(course.value.names) if course else criterion.course
        }
    if criterion.lessons:
        return _("Lessons passed: %(names)s") % {"names": _named(LESSONS, criterion.lessons, held)}
    if criterion.exam:
        name = _named(BLUEPRINTS, (criterion.exam,), held, criterion.words)
        if criterion.score_least:
            return _("Exam “%(name)s” passed with at least %(score)s%%") % {
                "name": name, "score": number(100 * criterion.score_least),
            }  # fmt: skip
        return _("Exam “%(name)s” passed") % {"name": name}
    if criterion.scenarios:
        return _("Drills %(names)s: the last %(days)s days at a mean regret of at most %(most)s minutes") % {
            "names": _named(SCENARIOS, criterion.scenarios, held, criterion.words),
            "days": criterion.days, "most": number(criterion.regret_most),
        }  # fmt: skip
    if criterion.source == awarding.SHADOW:
        return _("Shadow licence: %(days)s days of %(regimes)s kinds, regret at most %(most)s minutes") % {
            "days": criterion.days, "regimes": criterion.regimes, "most": number(criterion.regret_most),
        }  # fmt: skip
    return tell(criterion.words)


def _named(kind: str, keys: tuple[str, ...], held: Shelf, otherwise: Mapping[str, str] | None = None) -> str:
    """Names of items of a kind; where the kind is not installed here yet, what the certificate itself calls them."""
    try:
        found = [get(kind, key, held.on, held.unit.rule_pack, bank=held.unit.path).value.names for key in keys]
    except (ContentError, AttributeError):
        return tell(otherwise) if otherwise else _(", ").join(keys)
    return _(", ").join(tell(one) for one in found)


def line(one: Line, held: Shelf, judged: Judged) -> Told:
    """A line with how it stands and the way to what is missing."""
    source = one.criterion.source
    words, level = _("Done"), "fine"
    if not one.holds and source in judged.unproven:
        words, level = _("Cannot be proven here yet"), "calm"
    elif not one.holds and source == awarding.CONFIRMED:
        words, level = _("Confirmed with the award"), "info"
    elif not one.holds:
        words, level = _still(one), "watch"
    links = tuple(_way(key, held) for key in one.missing) if source == awarding.LESSONS else ()
    field = one.criterion.field if source == awarding.CONFIRMED else ""
    return Told(asked_for(one.criterion, held), words, level, one.holds, links, field)


def _still(one: Line) -> str:
    if one.criterion.source == awarding.LESSONS:
        return _("%(found)s of %(wanted)s") % {"found": one.found, "wanted": one.wanted}
    if one.criterion.source == awarding.EXAM:
        return (
            _("Missing") if one.figure is None else _("Best so far %(score)s%%") % {"score": number(100 * one.figure)}
        )
    days = _("%(found)s of %(wanted)s days") % {"found": one.found, "wanted": one.wanted}
    if one.figure is None:
        return days
    return _("%(days)s, regret %(found)s min") % {"days": days, "found": number(one.figure)}


def _way(key: str, held: Shelf) -> tuple[str, str]:
    """A lesson that is missing: its name, and the page where it is passed."""
    return _named(LESSONS, (key,), held), reverse("academy:lesson", args=[key])


def left(days: int) -> str:
    """How many days a certificate still holds."""
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


def skills(granted: Mapping[str, int]) -> str:
    """Skills of the roster with their level, in words."""
    return _(", ").join(
        _("%(skill)s level %(level)s") % {"skill": SKILL_NAMES.get(f"={key}", key), "level": level}
        for key, level in granted.items()
    )


def outside(words: Mapping[str, str]) -> str:
    """Words for readers outside: Chinese and English in one."""
    return f"{words['zh-hans']} / {words['en']}"


def narrative(criteria: tuple[Criterion, ...], held: Shelf) -> str:
    """What a badge says was asked for, in Chinese and in English."""
    told = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told += [f"{number}. {asked_for(one, held)}" for number, one in enumerate(criteria, 1)]
    return "\n".join(told)


def summary(judged: Judged, held: Shelf) -> dict[str, Any]:
    """One certificate of a person as pages show it."""
    row, body = judged.newest, judged.item.value
    words, level = states(row.state) if row else (_("not held yet"), "calm")
    days = (row.until - held.on).days if row else 0
    if row and row.state == VALID and days <= body.remind_days[0]:
        words, level = left(days), "act" if days <= body.remind_days[-1] else "watch"
    lines = [line(one, held, judged) for one in judged.verdict.lines]
    return {
        "key": judged.item.key, "item": judged.item, "name": tell(body.names), "about": tell(body.about), "row": row,
        "state": words, "level": level, "lines": lines, "missing": sum(not one.holds for one in lines),
        "again": judged.again, "valid": judged.valid, "skills": skills(body.skills), "months": body.valid_months,
        "renewable": judged.valid and judged.opens is not None and held.on >= judged.opens, "opens": judged.opens,
        "to_do": len(judged.verdict.to_do),
    }  # fmt: skip
