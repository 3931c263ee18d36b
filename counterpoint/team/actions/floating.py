"""Help between near branches: travel times, a plan asked for as a job, its rosters put into the branches' drafts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, JobRun, NotFound, OrgUnit, Scope, jobs, journal, scoped
from counterpoint.team import waiting, workbench
from counterpoint.team.actions.plans import new_version, published
from counterpoint.team.errors import NotNow, StaleRevision
from counterpoint.team.models import FloatPlan, Roster, TravelTime

VERB, KIND = "team.floating.make", "team.floating"
FURTHEST = 600


@transaction.atomic
def travel_set(*, scope: Scope, now: datetime, unit: OrgUnit, one: OrgUnit, other: OrgUnit, minutes: int) -> TravelTime:
    """How long it takes from one branch to another and back; kept at the unit above both."""
    scope.require(VERB, unit.path)
    if one.pk == other.pk or not all(_is_branch_below(unit, end) for end in (one, other)):
        raise Invalid(_("Choose two different branches below your unit."), field="other")
    if not 0 <= minutes <= FURTHEST:
        raise Invalid(_("Travel there and back takes 0 to 600 minutes."), field="minutes")
    first, second = sorted((one.code, other.code))
    with scoped(scope):
        row = TravelTime.objects.filter(org_unit=unit, one=first, other=second).first()
        row = row or TravelTime(org_unit=unit, one=first, other=second)
        row.minutes = minutes
        row.save()
        data = {"one": first, "other": second, "minutes": minutes}
        journal.record(scope=scope, org_unit=unit, kind="team.travel_set", subject=str(row.pk), at=now, data=data)
    return row


def _is_branch_below(unit: OrgUnit, one: OrgUnit) -> bool:
    return one.kind == OrgUnit.Kind.BRANCH and one.path.startswith(unit.path)


def float_make(*, scope: Scope, now: datetime, unit: OrgUnit, week: date, seed: int = 1) -> JobRun:
    """Ask who could help where in a week; asking again within the same minute returns the same job."""
    scope.require(VERB, unit.path)
    if week.weekday():
        raise Invalid(_("A roster week begins on a Monday."), field="week")
    key = f"{KIND}:{unit.code}:{week}:{seed}:{now:%Y%m%d%H%M}"
    payload = {"unit": unit.code, "week": week.isoformat(), "seed": seed}
    with scoped(scope):
        return jobs.enqueue(scope=scope, org_unit=unit, kind=KIND, key=key, payload=payload, now=now)


@transaction.atomic
def float_store(
    *, scope: Scope, now: datetime, unit: OrgUnit, week: date, seed: int, payload: Mapping[str, Any],
    rosters: Mapping[str, Any],
) -> FloatPlan:  # fmt: skip
    """Keep a plan of who would help where."""
    scope.require(VERB, unit.path)
    with scoped(scope):
        row = FloatPlan(
            org_unit=unit, week=week, made_at=now, made_by=scope.actor, seed=seed, payload=dict(payload),
            rosters=dict(rosters),
        )  # fmt: skip
        row.save(force_insert=True)
        data = {"week": week.isoformat(), "branches": len(payload["branches"]), "moves": len(payload["moves"])}
        journal.record(scope=scope, org_unit=unit, kind="team.floating_made", subject=str(row.pk), at=now, data=data)
    return row


@transaction.atomic
def float_apply(*, scope: Scope, now: datetime, plan_id: UUID) -> FloatPlan:
    """Give every branch that takes part a new draft with the plan's roster; each branch looks at it and publishes it.

    Raises StaleRevision when a branch changed its roster after the plan was made: then nothing is written.
    """
    with scoped(scope):
        plan = FloatPlan.objects.select_for_update().select_related(None).filter(pk=plan_id).first()
        if plan is None:
            raise NotFound(_("There is no such plan here."))
        scope.require(VERB, plan.org_path)
        if plan.applied_at is not None:
            return plan
        if not plan.rosters:
            raise NotNow(_("This plan moves nobody: there is nothing to put into drafts."))
        units = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=plan.rosters)}
        for code in sorted(plan.rosters):
            _draft(scope, now, plan, units[code], plan.rosters[code])
        plan.applied_at, plan.applied_by = now, scope.actor
        plan.save()
        data = {"week": plan.week.isoformat(), "drafts": len(plan.rosters)}
        journal.record(
            scope=scope, org_unit=plan.org_unit, kind="team.floating_applied", subject=str(plan.pk), at=now, data=data
        )
    return plan


def _draft(scope: Scope, now: datetime, plan: FloatPlan, branch: OrgUnit, held: Mapping[str, Any]) -> None:
    """The next draft of one branch: its newest version with the plan's people and roster."""
    from counterpoint.science.rostering import Roster as Schedule

    before = Roster.objects.filter(org_unit=branch, week=plan.week).order_by("-version").first()
    if before is None or str(before.pk) != held["from"] or before.revision != held["revision"]:
        text = _("%(branch)s changed its roster after this plan was made. Work it out anew.") % {"branch": branch.name}
        raise StaleRevision(text, revision=before.revision if before else 0)
    schedule = Schedule.from_dict(held["roster"])
    row = new_version(
        branch, plan.week, now=now, actor=scope.actor, base=published(branch, plan.week), problem=held["problem"],
        solution=workbench.stored(schedule, before.solution, status="floating"), waits=before.waits, conflict=[],
        forecast=before.forecast, seed=before.seed, inputs_hash=before.inputs_hash,
    )  # fmt: skip
    days = {m["day"] for m in plan.payload["moves"] if branch.code in (m["home"], m["branch"])}
    row.waits = waiting.renewed(row, schedule, sorted(days))
    row.save()
    data = {
        "week": plan.week.isoformat(), "version": row.version, "seed": row.seed, "inputs_hash": row.inputs_hash,
        "status": "floating", "based_on": row.based_on.version if row.based_on else None,
    }  # fmt: skip
    journal.record(scope=scope, org_unit=branch, kind="team.roster_drafted", subject=str(row.pk), at=now, data=data)
