"""Thinking along beside the own live day: choices are kept, judged after the day is closed, and change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.questions import STANDARDS
from counterpoint.academy.catalogue.reading import ruling
from counterpoint.academy.models import ShadowChoice, ShadowDay
from counterpoint.academy.rules import shadow as rules
from counterpoint.academy.verbs import SHADOW
from counterpoint.foundation.api import (
    DomainError,
    Forbidden,
    Invalid,
    OrgUnit,
    Scope,
    enter,
    jobs,
    journal,
    roles,
    scoped,
    system_scope,
)
from counterpoint.onsite import api as onsite
from counterpoint.role import api as role
from counterpoint.team import api as team

KINDS = ("nothing", "open", "close", "lobby", "back_office", "guide")
FIELDS = {"open": ("counter", "user"), "close": ("counter",), "lobby": ("user",), "back_office": ("user",),
          "guide": ("service", "share")}  # fmt: skip
JOB = "academy.shadow"
MOST_DAYS = 40  # handed to the workers at a time
TERMS = {
    "days": "academy.shadow.days", "regimes": "academy.shadow.regimes", "points": "academy.shadow.points",
    "limit": "academy.shadow.limit",
}  # fmt: skip


class NotAsked(DomainError):
    """Nothing is asked at this minute, or it was answered."""

    code = "shadow_not_asked"
    status = 409


@dataclass(frozen=True)
class Asked:
    """The own day as it is asked about: all points, those answered, the open one, and what may be chosen."""

    points: tuple[int, ...]
    answered: tuple[int, ...]
    open: int | None
    there: onsite.Choosable


def asked(*, scope: Scope, branch: OrgUnit, now: datetime, language: str) -> Asked:
    """What is asked of the caller now."""
    enter(scope, branch, SHADOW)
    if scope.actor is None:
        raise Forbidden(_("Only people think along."))
    there = onsite.choosable(scope=_eyes(branch), branch=branch, now=now, language=language)
    on = branch.date_at(now)
    with scoped(scope):
        mine = ShadowChoice.objects.filter(user=scope.actor, business_date=on)
        answered = tuple(mine.values_list("minute", flat=True))
    found = rules.points(scope.actor, on, there.opens, there.closes)
    return Asked(found, answered, rules.asked_now(found, there.minute, answered), there)


def _eyes(branch: OrgUnit) -> Scope:
    """Reads the hall and its record for people whose own post shows them only their window: no more than what is chosen
    from leaves this module."""
    return system_scope(tuple(roles.table()), (branch.path,), label="shadow")


def shadow_choose(
    *, scope: Scope, branch: OrgUnit, given: Mapping[str, str], now: datetime
) -> ShadowChoice:  # fmt: skip
    """Say what one would do now. Nothing happens in the hall. Raises `NotAsked`, `Invalid`."""
    state = asked(scope=scope, branch=branch, now=now, language="zh-hans")
    if state.open is None:
        raise NotAsked(_("Nothing is asked at this minute."))
    return keep(scope=scope, branch=branch, minute=state.open, decision=read(given, state.there), now=now)


def keep(*, scope: Scope, branch: OrgUnit, minute: int, decision: onsite.Decision, now: datetime) -> ShadowChoice:
    """Keep what the caller would do at a minute of the day; `NotAsked` when that was answered."""
    enter(scope, branch, SHADOW)
    if scope.actor is None:
        raise Forbidden(_("Only people think along."))
    row = ShadowChoice(
        org_unit=branch, user_id=scope.actor, business_date=branch.date_at(now), minute=minute,
        decision=decision.plain(), at=now,
    )  # fmt: skip
    try:
        with scoped(scope), transaction.atomic():
            row.save(force_insert=True)
            journal.record(
                scope=scope, org_unit=branch, kind="academy.shadow_chosen", subject=str(row.pk), at=now,
                data={"date": row.business_date.isoformat(), "minute": row.minute},
            )  # fmt: skip
    except IntegrityError as twice:
        raise NotAsked(_("You have answered this already.")) from twice
    return row


def read(given: Mapping[str, str], there: onsite.Choosable) -> onsite.Decision:
    """A form's fields as a decision; `Invalid` for what is not there."""
    kind = given.get("kind", "")
    if kind not in KINDS:
        raise Invalid(_("Choose what you would do."), field="kind")
    known = {
        "counter": {code for code, _name in there.windows}, "user": {code for code, _name in there.people},
        "service": {code for code, _name, _most in there.services},
    }  # fmt: skip
    fields: dict[str, Any] = {}
    for name in FIELDS.get(kind, ()):
        if name == "share":
            continue
        if given.get(name, "") not in known[name]:
            raise Invalid(_("Choose a window, a person or a service that is there."), field=name)
        fields[name] = given[name]
    if kind == "guide":
        fields["share"] = next(most for code, _name, most in there.services if code == fields["service"])
    return onsite.Decision(kind, **fields)


# --- after the day ---------------------------------------------------------------------------------------------------


def due(now: datetime) -> int:
    """Hand days with choices that are over to the workers; returns how many."""
    with scoped(system_scope(tuple(roles.table()), label="shadow")):
        open_rows = ShadowChoice.objects.filter(regret={}).select_related("org_unit").order_by("business_date")
        found: dict[tuple[UUID, date], OrgUnit] = {}
        for row in open_rows[:1000]:
            if row.business_date < row.org_unit.date_at(now):
                found.setdefault((row.user_id, row.business_date), row.org_unit)
    handed = 0
    for (user, on), unit in list(found.items())[:MOST_DAYS]:
        with scoped(_eyes(unit)):
            payload = {"user": str(user), "date": on.isoformat(), "branch": str(unit.pk)}
            key = f"{JOB}:{user}:{on.isoformat()}"
            jobs.enqueue(scope=_eyes(unit), org_unit=unit, kind=JOB, key=key, payload=payload, now=now)
            handed += 1
    return handed


def shadow_job(payload: dict[str, Any], *, scope: Scope, now: datetime, **_more: Any) -> dict[str, Any]:
    """Judge one person's choices of one closed day. Runs again harmlessly."""
    with scoped(scope):
        unit = OrgUnit.objects.get(pk=payload["branch"])
    row = judged(scope=scope, branch=unit, user=UUID(payload["user"]), on=date.fromisoformat(payload["date"]), now=now)
    return {"points": row.points if row else 0}


def judged(*, scope: Scope, branch: OrgUnit, user: UUID, on: date, now: datetime) -> ShadowDay | None:
    """What each choice of a closed day was worth, and the day as a whole; None when none could be pictured."""
    with scoped(scope):
        rows = list(ShadowChoice.objects.filter(org_unit=branch, user=user, business_date=on).order_by("minute"))
        held = ShadowDay.objects.filter(user=user, business_date=on).first()
    if held is not None or not rows:
        return held
    choices = [(row.minute, decision_of(row)) for row in rows]
    try:
        worth = onsite.worth(scope=scope, branch=branch, on=on, now=now, choices=choices)
        kinds = _regimes(scope, branch, on, now)
    except onsite.NoDay:
        worth, kinds = [None] * len(rows), ()
    with scoped(scope), transaction.atomic():
        for row, found in zip(rows, worth, strict=True):
            names = ("value", "low", "high")
            row.regret = dict(zip(names, found, strict=True)) if found else {"none": True}
            row.save(update_fields=["regret", "org_path"])
        known = [found[0] for found in worth if found]
        if not known:
            return None
        day = ShadowDay(
            org_unit=branch, user_id=user, business_date=on, points=len(known), mean=sum(known) / len(known),
            regimes=list(kinds), at=now,
        )  # fmt: skip
        day.save(force_insert=True)
        journal.record(
            scope=scope, org_unit=branch, kind="academy.shadow_judged", subject=str(day.pk), at=now,
            data={"date": on.isoformat(), "points": len(known)},
        )  # fmt: skip
    return day


def decision_of(row: ShadowChoice) -> onsite.Decision:
    """The stored choice."""
    return onsite.Decision(**row.decision)


def _regimes(scope: Scope, branch: OrgUnit, on: date, now: datetime) -> tuple[str, ...]:
    lent = onsite.recorded_day(scope=scope, branch=branch, on=on, now=now)
    planned = team.planned_day(scope=scope, branch=branch, day=on)
    record = lent.recorded
    return rules.regimes(
        marked=bool(role.marks_of(on, branch.rule_pack)),
        machine_out=bool(record.down) or any(event.kind == "down" for event in record.events),
        came=sum(event.kind == "take" for event in record.events), expected=sum(sum(row) for row in lent.rates),
        there=len({event.person for event in record.events if event.person}),
        planned=len(planned.shifts) if planned and not record.inferred else 0,  # inferred: only who served is known
    )  # fmt: skip


# --- the licence -----------------------------------------------------------------------------------------------------


def terms(unit: OrgUnit, on: date) -> rules.Terms:
    """What the licence asks for, from content in force."""
    found = {name: ruling(STANDARDS, key, unit, on) for name, key in TERMS.items()}
    told = {name: float(item.value.number) for name, item in found.items() if item is not None}
    return rules.Terms(
        int(told.get("days", 20)), int(told.get("regimes", 4)), int(told.get("points", 8)), told.get("limit", 6.0)
    )


def own_days(scope: Scope) -> list[ShadowDay]:
    """The caller's judged days, newest first."""
    with scoped(scope):
        return list(ShadowDay.objects.filter(user=scope.actor).order_by("-business_date"))


def licence_of(days: list[ShadowDay], held: rules.Terms) -> rules.Licence:
    """How far a person is, from the days as `own_days` gives them, the newest first."""
    return rules.licence([(day.points, day.mean, day.regimes) for day in days], held)
