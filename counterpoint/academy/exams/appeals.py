"""Appeals: a case that headquarters training decides; whoever sat or invigilated the exam does not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.blueprints import BlueprintBody
from counterpoint.academy.exams.grading import blueprint_of
from counterpoint.academy.models import Sitting
from counterpoint.academy.models.exams import SUBMITTED
from counterpoint.academy.verbs import APPEAL
from counterpoint.foundation.api import Invalid, Scope
from counterpoint.primitives.cases import CaseFilter, CaseView, case_open, cases
from counterpoint.ui import reader

LEVELS = ("item", "procedure", "day")
WITHIN = timedelta(days=30)
LETTERS = 2000


def appeal_open(
    *, scope: Scope, sitting: Sitting, level: str, slot: int, text: str, now: datetime
) -> CaseView:  # fmt: skip
    """Open the case: against a question of the form (`item`, with its number), its `day` or the `procedure`. The same
    question is appealed once. Raises `Invalid`."""
    if sitting.state != SUBMITTED or sitting.submitted_at is None:
        raise Invalid(_("Only an exam that is over can be appealed against."))
    if now - sitting.submitted_at > WITHIN:
        raise Invalid(_("An appeal comes within 30 days."))
    if level not in LEVELS:
        raise Invalid(_("Say what the appeal is about."), field="level")
    if level == "day" and not sitting.day:
        raise Invalid(_("This exam has no day to be played."), field="level")
    if not text.strip():
        raise Invalid(_("Say what was wrong."), field="text")
    if level == "item" and not 0 < slot <= len(sitting.form):
        raise Invalid(_("Say which question."), field="slot")
    body: BlueprintBody = blueprint_of(sitting).value
    fields = {"exam": sitting.blueprint, "question": sitting.form[slot - 1]["question"] if level == "item" else "–"}
    return case_open(
        scope=scope, org_unit=sitting.org_unit, type=APPEAL, now=now, level=level, text=text.strip()[:LETTERS],
        title=_("Appeal: %(exam)s") % {"exam": reader.said(body.names, "zh-hans")}, fields=fields,
        source=source_of(sitting),
        involved=[sitting.user_id], watchers=[sitting.user_id],
        key=f"appeal:{sitting.pk}:{level}:{slot if level == 'item' else 0}",
    )  # fmt: skip


def source_of(sitting: Sitting) -> str:
    """How a case names the sitting."""
    return f"academy.sitting:{sitting.pk}"


def opened(scope: Scope, sitting: Sitting, now: datetime) -> list[CaseView]:
    """Appeals against a sitting, as far as the caller may see cases."""
    return cases(scope=scope, now=now, filters=CaseFilter(type=APPEAL, source=source_of(sitting))).rows
