"""Who is told at once of a grave complaint. Messages name the case by its short name, never the customer's words."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import nearest_holders, notify
from counterpoint.primitives.cases import CaseView
from counterpoint.service.models import Complaint
from counterpoint.service.rules.settings import ComplaintRules


def alarm(row: Complaint, view: CaseView, figures: ComplaintRules, now: datetime, skip: Iterable[UUID] = ()) -> int:
    """Tell the people whom the level's rule names, once per cycle and level; returns how many."""
    told = set(skip)
    for role in figures.alarm.get(view.level, ()):
        for person in nearest_holders(role=role, org_unit=row.org_unit, on=now, skip=frozenset(told)):
            told.add(person.pk)
            notify.send(
                org_unit=row.org_unit,
                dedupe=f"complaint:{row.pk}:{view.cycle}:{view.level}:{person.pk}",
                title=_("%(level)s complaint: act now") % {"level": view.level_name},
                body=_("%(label)s at %(branch)s. Contact the customer and offer a solution within the time.")
                % {"label": view.label, "branch": row.org_unit.name},
                link=reverse("service:complaint", args=[row.pk]),
                now=now,
                recipient=person,
            )
    return len(told) - len(set(skip))
