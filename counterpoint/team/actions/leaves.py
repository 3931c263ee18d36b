"""Leave requests and standing wishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, hours_of, journal, notify, scoped
from counterpoint.team import rules, shown
from counterpoint.team.errors import NotNow
from counterpoint.team.models import LeaveRequest, Preference, StaffProfile

BACK, AHEAD = timedelta(days=365), timedelta(days=730)


def own_profile(scope: Scope, branch: OrgUnit) -> StaffProfile:
    """The caller's profile at the branch; `NotFound` says who can set one up."""
    found = StaffProfile.objects.filter(org_unit=branch, user_id=scope.actor, active=True).first()
    if found is None:
        raise NotFound(_("You have no staff profile at this branch yet. Ask the supervisor to set it up."))
    return found


@transaction.atomic
def leave_request(
    *,
    scope: Scope,
    now: datetime,
    branch: OrgUnit,
    kind: str,
    since: date,
    until: date,
    start: int = 0,
    end: int = 1440,
    half: str = "",
    reason: str = "",
) -> LeaveRequest:
    """Ask for leave for oneself; `until` is the last day; `half` (morning or afternoon of one day) stands for `start`
    and `end` by the branch's hours of that day. The reason is kept as erasable private text."""
    scope.require("team.leave.request", branch.path)
    if kind not in LeaveRequest.KINDS:
        raise Invalid(_("This kind of leave is not known."), field="kind")
    if half and (half not in rules.HALVES or since != until):
        text = _("Half a day is the morning or the afternoon of one day. Leave the last day empty.")
        raise Invalid(text, field="half")
    today = branch.date_at(now)
    if since < today - BACK or until > today + AHEAD:
        raise Invalid(_("Leave lies between a year ago and two years ahead. Check the dates."), field="since")
    with scoped(scope):
        profile = own_profile(scope, branch)
        if half:
            spans = hours_of(branch).on(since, provisional=True)
            start, end = rules.half_of(half, *((spans[0][0], spans[-1][1]) if spans else (None, None)))
        if until < since or not 0 <= start < end <= 1440:
            raise Invalid(_("The leave ends before it begins. Check the dates and times."), field="until")
        overlapping = LeaveRequest.objects.filter(
            profile=profile, since__lte=until, until__gte=since, start__lt=end, end__gt=start,
            state__in=("requested", "approved"),
        )  # fmt: skip
        if overlapping.exists():
            raise NotNow(_("You already asked for leave on some of these days. Withdraw that request first."))
        leave = LeaveRequest(
            org_unit=branch, profile=profile, kind=kind, since=since, until=until, start=start, end=end, half=half,
            requested_at=now,
        )  # fmt: skip
        leave.save(force_insert=True)
        data = {
            "user": str(scope.actor), "since": since.isoformat(), "until": until.isoformat(), "kind": kind,
            "half": half,
        }  # fmt: skip
        journal.record(
            scope=scope, org_unit=branch, kind="team.leave_requested", subject=str(leave.pk), at=now, data=data,
            private={"reason": reason} if reason else None,
        )  # fmt: skip
    return leave


def _leave(leave_id: UUID) -> LeaveRequest:
    found = LeaveRequest.objects.select_for_update().filter(pk=leave_id).first()
    if found is None:
        raise NotFound(_("There is no such leave request here."))
    return found


@transaction.atomic
def leave_decide(*, scope: Scope, now: datetime, leave_id: UUID, approve: bool) -> LeaveRequest:
    """Approve or refuse; not one's own. Repeating the same decision changes nothing."""
    with scoped(scope):
        leave = _leave(leave_id)
        scope.require("team.leave.decide", leave.org_path)
        state = LeaveRequest.State.APPROVED if approve else LeaveRequest.State.REFUSED
        if leave.state == state:
            return leave
        if leave.state != LeaveRequest.State.REQUESTED:
            raise NotNow(_("This request was already decided or withdrawn."))
        if leave.profile.user_id == scope.actor:
            raise NotNow(_("Your own leave is decided by somebody else. Ask the branch head or a deputy."))
        leave.state, leave.decided_at, leave.decided_by = state, now, scope.actor
        leave.save()
        data = {
            "user": str(leave.profile.user_id),
            "since": leave.since.isoformat(),
            "until": leave.until.isoformat(),
            "half": leave.half,
            "state": state.value,
        }
        unit = leave.org_unit
        journal.record(scope=scope, org_unit=unit, kind="team.leave_decided", subject=str(leave.pk), at=now, data=data)
        title = _("Leave approved") if approve else _("Leave refused")
        notify.send(
            org_unit=unit, dedupe=f"team.leave:{leave.pk}:{state}", title=title,
            body=" · ".join(filter(None, (f"{leave.since.isoformat()} – {leave.until.isoformat()}",
                                          shown.leave_part(leave)))), now=now, recipient=leave.profile.user,
            link=reverse("team:my"),
        )  # fmt: skip
    return leave


@transaction.atomic
def leave_withdraw(*, scope: Scope, now: datetime, leave_id: UUID) -> LeaveRequest:
    """Take back one's own request before it is decided."""
    with scoped(scope):
        leave = _leave(leave_id)
        scope.require("team.leave.request", leave.org_path)
        if leave.profile.user_id != scope.actor:
            raise NotFound(_("There is no such leave request here."))
        if leave.state == LeaveRequest.State.WITHDRAWN:
            return leave
        if leave.state != LeaveRequest.State.REQUESTED:
            raise NotNow(_("This request was already decided. Speak to the supervisor."))
        leave.state = LeaveRequest.State.WITHDRAWN
        leave.save()
        journal.record(
            scope=scope, org_unit=leave.org_unit, kind="team.leave_withdrawn", subject=str(leave.pk), at=now,
            data={"user": str(scope.actor)},
        )  # fmt: skip
    return leave


@transaction.atomic
def preferences_set(
    *, scope: Scope, now: datetime, branch: OrgUnit, wishes: Sequence[tuple[int, str, int, int]]
) -> int:
    """Replace one's own standing wishes: (weekday, kind, minute, weight 1–5) each. Returns how many are kept."""
    scope.require("team.shift.own", branch.path)
    for weekday, kind, minute, weight in wishes:
        if kind not in Preference.KINDS or not 0 <= weekday <= 6 or not 1 <= weight <= 5 or not 0 <= minute <= 1440:
            raise Invalid(_("A wish needs a weekday, a kind and a weight from 1 to 5."), field="kind")
    if len({(weekday, kind) for weekday, kind, _minute, _weight in wishes}) != len(wishes):
        raise Invalid(_("A weekday holds each kind of wish once."), field="kind")
    with scoped(scope):
        profile = own_profile(scope, branch)
        Preference.objects.filter(profile=profile).delete()
        Preference.objects.bulk_create(
            Preference(org_unit=branch, profile=profile, weekday=weekday, kind=kind, minute=minute, weight=weight)
            for weekday, kind, minute, weight in wishes
        )
        data = {"user": str(scope.actor), "count": len(wishes)}
        journal.record(
            scope=scope, org_unit=branch, kind="team.preference_set", subject=str(profile.pk), at=now, data=data
        )
    return len(wishes)
