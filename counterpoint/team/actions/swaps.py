"""Swaps of published shifts: asked by one, agreed by the other, approved by the supervisor; never below coverage."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, journal, notify, scoped
from counterpoint.team import rules, shown, waiting, workbench
from counterpoint.team.actions.leaves import own_profile
from counterpoint.team.actions.plans import new_version, published
from counterpoint.team.actions.rosters import put_out
from counterpoint.team.errors import CoverageLost, NotNow
from counterpoint.team.models import Roster, StaffProfile, SwapRequest

State = SwapRequest.State


def impact_of(row: Roster, giver: str, taker: str, day: date, back: date | None) -> dict[str, Any] | None:
    """What the swap would do to rules and coverage, in plain JSON; None when there is no such shift to hand over."""
    from counterpoint.science.rostering import pinned

    problem, before = workbench.problem_of(row, fresh=True), workbench.schedule_of(row)
    number = (day - row.week).days
    after = rules.swapped(before, giver, taker, number, (back - row.week).days if back else None)
    if after is None:
        return None
    old, _old = workbench.judgement(problem, before)
    new, _new = workbench.judgement(pinned(problem, after, cells_of(row, giver, taker, day, back)), after)
    verdict = rules.judge_swap(problem, old, new)
    return {
        "clean": verdict.clean,
        "violations": [asdict(v) for v in verdict.violations],
        "holes": [
            {"skill": h.skill, "date": problem.days[h.day].date, "minute": h.minute, "missing": h.missing}
            for h in verdict.holes
        ],
    }


def cells_of(row: Roster, giver: str, taker: str, day: date, back: date | None) -> list[tuple[str, int]]:
    """The person-days that a swap touches."""
    numbers = {(one - row.week).days for one in (day, back) if one}
    return [(person, number) for person in (giver, taker) for number in sorted(numbers)]


@transaction.atomic
def swap_request(
    *, scope: Scope, now: datetime, branch: OrgUnit, day: date, taker_id: UUID, back: date | None = None
) -> SwapRequest:
    """Offer one's own published shift of a day to a colleague, optionally for theirs of `back` in the same week."""
    scope.require("team.swap.request", branch.path)
    with scoped(scope):
        giver = own_profile(scope, branch)
        taker = StaffProfile.objects.filter(org_unit=branch, pk=taker_id, active=True).first()
        if taker is None or taker.pk == giver.pk:
            raise NotFound(_("This colleague cannot be asked. Choose another one."))
        week = rules.monday_of(day)
        today = branch.date_at(now)
        if day < today or (back and (back < today or rules.monday_of(back) != week)):
            raise Invalid(_("Only days to come of one week can be swapped."), field="back")
        row = published(branch, week)
        impact = impact_of(row, str(giver.user_id), str(taker.user_id), day, back) if row else None
        if impact is None:
            raise NotNow(_("There is no published shift of yours on that day, or the colleague works at both times."))
        swap = SwapRequest(
            org_unit=branch, week=week, giver=giver, taker=taker, date=day, back_date=back, impact=impact, asked_at=now
        )
        try:
            with transaction.atomic():
                swap.save(force_insert=True)
        except IntegrityError as twice:
            raise NotNow(_("You already asked a colleague to take this shift. Withdraw that request first.")) from twice
        data = {
            "giver": str(giver.user_id), "taker": str(taker.user_id), "date": day.isoformat(),
            "back_date": back.isoformat() if back else None,
        }  # fmt: skip
        journal.record(scope=scope, org_unit=branch, kind="team.swap_asked", subject=str(swap.pk), at=now, data=data)
        _tell(swap, taker, now, "asked", _("A colleague asks you to swap a shift"))
    return swap


def _swap(swap_id: UUID) -> SwapRequest:
    found = SwapRequest.objects.select_for_update().filter(pk=swap_id).first()
    if found is None:
        raise NotFound(_("There is no such swap request here."))
    return found


@transaction.atomic
def swap_consent(*, scope: Scope, now: datetime, swap_id: UUID, agree: bool) -> SwapRequest:
    """The colleague's answer; only theirs counts."""
    with scoped(scope):
        swap = _swap(swap_id)
        scope.require("team.swap.request", swap.org_path)
        if swap.taker.user_id != scope.actor:
            raise NotFound(_("There is no such swap request here."))
        state = State.AGREED if agree else State.DECLINED
        if swap.state == state:
            return swap
        if swap.state != State.ASKED:
            raise NotNow(_("This swap was already answered or withdrawn."))
        swap.state, swap.consented_at = state, now
        swap.save()
        _note(scope, swap, "team.swap_consented", now, {"state": state.value})
        _tell(swap, swap.giver, now, state.value, _("Your swap request was answered"))
    return swap


@transaction.atomic
def swap_withdraw(*, scope: Scope, now: datetime, swap_id: UUID) -> SwapRequest:
    """Take back one's own open request."""
    with scoped(scope):
        swap = _swap(swap_id)
        scope.require("team.swap.request", swap.org_path)
        if swap.giver.user_id != scope.actor:
            raise NotFound(_("There is no such swap request here."))
        if swap.state == State.WITHDRAWN:
            return swap
        if swap.state not in SwapRequest.OPEN:
            raise NotNow(_("This swap was already decided."))
        swap.state = State.WITHDRAWN
        swap.save()
        _note(scope, swap, "team.swap_consented", now, {"state": State.WITHDRAWN.value})
    return swap


@transaction.atomic
def swap_decide(
    *, scope: Scope, now: datetime, swap_id: UUID, approve: bool, waivers: dict[str, str] | None = None
) -> SwapRequest:
    """Approve (a new roster version is published in the same transaction) or refuse.

    A swap that leaves a post emptier below its need is refused (CoverageLost); hard rules as in publishing.
    """
    with scoped(scope):
        swap = _swap(swap_id)
        scope.require("team.swap.decide", swap.org_path)
        wanted = State.APPROVED if approve else State.REFUSED
        if swap.state == wanted:
            return swap
        if swap.state != State.AGREED and (approve or swap.state != State.ASKED):
            raise NotNow(_("Both colleagues must agree before the supervisor decides."))
        if scope.actor in (swap.giver.user_id, swap.taker.user_id):
            raise NotNow(_("Your own swap is decided by somebody else. Ask the branch head or a deputy."))
        if approve and min(swap.date, swap.back_date or swap.date) < swap.org_unit.date_at(now):
            raise NotNow(_("This day is over: a roster that was worked is not changed any more. Refuse the swap."))
        if approve:
            swap.result = _carry_out(scope, now, swap, dict(waivers or {}))
        swap.state, swap.decided_at, swap.decided_by = wanted, now, scope.actor
        swap.save()
        data = {
            "state": wanted.value,
            "version": swap.result.version if swap.result else None,
            "waived": sorted(swap.result.waivers) if swap.result else [],
        }
        _note(scope, swap, "team.swap_decided", now, data)
        for profile in (swap.giver, swap.taker):
            _tell(swap, profile, now, wanted.value, _("Your swap was decided"))
    return swap


def _carry_out(scope: Scope, now: datetime, swap: SwapRequest, waivers: dict[str, str]) -> Roster:
    from counterpoint.science.rostering import pinned

    row = published(swap.org_unit, swap.week, lock=True)
    giver, taker = str(swap.giver.user_id), str(swap.taker.user_id)
    impact = impact_of(row, giver, taker, swap.date, swap.back_date) if row else None
    if row is None or impact is None:
        raise NotNow(_("The roster changed meanwhile: this shift can no longer be swapped."))
    if impact["holes"]:
        first = impact["holes"][0]
        text = _("After this swap %(skill)s lacks %(n)s at %(time)s on %(date)s. Find another colleague.")
        skill, at = shown.skill(first["skill"]), shown.clock(first["minute"])
        values = {"skill": skill, "n": first["missing"], "time": at, "date": first["date"]}
        raise CoverageLost(text % values, holes=impact["holes"])
    back = (swap.back_date - swap.week).days if swap.back_date else None
    after = rules.swapped(workbench.schedule_of(row), giver, taker, (swap.date - swap.week).days, back)
    if after is None:
        raise NotNow(_("The roster changed meanwhile: this shift can no longer be swapped."))
    swap.impact = impact
    touched = cells_of(row, giver, taker, swap.date, swap.back_date)
    problem = pinned(workbench.problem_of(row), after, touched)
    waits = waiting.renewed(row, after, sorted({day for _person, day in touched}))
    draft = new_version(
        swap.org_unit, swap.week, now=now, actor=scope.actor, base=row, problem=problem.to_dict(),
        solution=workbench.stored(after, row.solution, status="swapped"), waits=waits, forecast=row.forecast,
        seed=row.seed, inputs_hash=row.inputs_hash,
    )  # fmt: skip
    return put_out(scope=scope, now=now, row=draft, waivers={**row.waivers, **waivers})


def _note(scope: Scope, swap: SwapRequest, kind: str, now: datetime, data: dict[str, Any]) -> None:
    people = {"giver": str(swap.giver.user_id), "taker": str(swap.taker.user_id)}
    journal.record(
        scope=scope, org_unit=swap.org_unit, kind=kind, subject=str(swap.pk), at=now, data={**people, **data}
    )


def _tell(swap: SwapRequest, profile: StaffProfile, now: datetime, step: str, title: str) -> None:
    notify.send(
        org_unit=swap.org_unit, dedupe=f"team.swap:{swap.pk}:{step}:{profile.user_id}", title=title,
        body=swap.date.isoformat(), now=now, recipient=profile.user, link=reverse("team:my"),
    )  # fmt: skip
