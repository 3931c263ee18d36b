"""Lessons become cases: one press for each finding of a report, and by itself for a missing drill."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import Invalid, OrgUnit, Scope
from counterpoint.primitives.cases import CaseView, case_open
from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.engine import opened, told
from counterpoint.primitives.playbooks.models import DrillDuty
from counterpoint.primitives.playbooks.reporting import Finding, report
from counterpoint.primitives.playbooks.verbs import LEAD

CHINESE = "zh-hans"
LONGEST = 60  # letters of a name within a sentence; news of a drill may be a paragraph
FINDINGS = {
    "limit": gettext_lazy("The whole was over its limit by %(n)d minutes"),
    "late": gettext_lazy("“%(step)s” was late by %(n)d minutes"),
    "slower": gettext_lazy("“%(step)s” took %(n)d minutes longer than usual"),
    "skipped": gettext_lazy("“%(step)s” was skipped"),
    "unfilled": gettext_lazy("“%(step)s”: required values are missing"),
    "nobody": gettext_lazy("“%(step)s”: nobody could be told, the role is vacant"),
    "unanswered": gettext_lazy("“%(step)s”: the whole contact tree was told and nobody answered"),
    "inject_late": gettext_lazy("Drill news “%(step)s”: the reaction came %(n)d minutes late"),
    "inject_none": gettext_lazy("Drill news “%(step)s”: nobody reacted"),
    "bottleneck": gettext_lazy("“%(step)s” is the bottleneck"),
}


def finding_text(book: Playbook, finding: Finding, language: str) -> str:
    """What was found, in words."""
    named = book.news if finding.kind.startswith("inject") else book.by_slug
    name = named[finding.step].name(language) if finding.step else ""
    name = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return str(FINDINGS[finding.kind]) % {"step": name, "n": max(1, round(finding.number))}


def lesson_open(*, scope: Scope, play: UUID, finding: str, now: datetime) -> CaseView:
    """Open the improvement that a finding asks for, as a case of the plan's `lesson` type; once for each finding."""
    found = report(scope=scope, play=play, now=now)
    one = next((one for one in found.findings if one.key == finding), None)
    if one is None or not found.book.lesson:
        raise Invalid(_("There is no such finding in the report."), field="finding")
    with opened(scope, play, LEAD) as row, translation.override(CHINESE):
        plan = found.book.name(CHINESE)
        title = _("%(plan)s: %(finding)s") % {"plan": plan, "finding": finding_text(found.book, one, CHINESE)}
        case = case_open(
            scope=scope, org_unit=row.org_unit, type=found.book.lesson, level=found.book.lesson_level, now=now,
            title=title[:120], source=f"primitives.play:{row.pk}", key=f"lesson:{row.pk}:{one.key}",
        )  # fmt: skip
        told(scope, row, "play_lesson", now, finding=one.key, case=str(case.id))
        return case


def missed_drill(scope: Scope, unit: OrgUnit, book: Playbook, duty: DrillDuty, now: datetime) -> CaseView:
    """A missing drill as a case: plan it, hold it, report it."""
    with translation.override(CHINESE):
        title = _("Drill missing: %(plan)s, number %(number)d of %(year)d") % {
            "plan": book.name(CHINESE), "number": duty.number, "year": duty.year,
        }  # fmt: skip
        return case_open(
            scope=scope, org_unit=unit, type=book.lesson, level=book.lesson_level, now=now, title=title,
            source=f"primitives.drill:{duty.pk}", key=f"drill:{duty.pk}",
        )  # fmt: skip
