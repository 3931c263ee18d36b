"""Grades that go back to learning systems, once a lesson that somebody came for is passed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from counterpoint.academy.connect import lti
from counterpoint.academy.models import LessonRun, LtiLaunch
from counterpoint.academy.models.learning import PASSED
from counterpoint.academy.verbs import CONNECT
from counterpoint.foundation.api import Scope, fetch, keys, scoped, system_scope, tick

FIRST, LONGEST, TRIES, KEPT = timedelta(seconds=30), timedelta(hours=6), 20, timedelta(days=400)


@tick.every("academy.grades", 15, atomic=False)
def give_grades(now: datetime) -> int:
    """Give every grade that is due; one that is not taken is tried again later, ever more seldom."""
    scope = system_scope((CONNECT,), label="academy.grades")
    with scoped(scope):
        passed = LessonRun.objects.filter(user=OuterRef("user"), lesson=OuterRef("lesson"), state=PASSED)
        due = LtiLaunch.objects.select_related("connection").filter(
            Q(next_at=None) | Q(next_at__lte=now), Exists(passed), graded_at=None, tries__lt=TRIES,
            connection__active=True, at__gte=now - KEPT,
        ).exclude(line_item="").exclude(user=None)  # fmt: skip
        rows = list(due[:50])
    return tick.each("grade not given", rows, lambda row: _given(scope, row, now), atomic=False)


def _given(scope: Scope, row: LtiLaunch, now: datetime) -> bool:
    connection = row.connection
    private = json.loads(keys.decrypt(connection.sealed))["private"]
    try:
        lti.give_grade(
            lti.Platform.of(connection.settings), private, str(connection.pk), line_item=row.line_item,
            account=row.account, nonce=f"{row.pk}-{row.tries}", now=now,
        )  # fmt: skip
        row.graded_at, row.error = now, ""
    except fetch.Unreachable as silent:
        row.tries, row.error = row.tries + 1, silent.message[:200]
        row.next_at = now + min(LONGEST, FIRST * 2 ** min(row.tries - 1, 12))
    with scoped(scope):
        row.save(update_fields=["graded_at", "error", "tries", "next_at", "org_path"])
    return row.graded_at is not None
