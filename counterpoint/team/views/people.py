"""People and skills, and the requests that wait for a decision."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, User, clock, colleagues, policy, scoped
from counterpoint.role.api import SKILLS
from counterpoint.team import actions, queries, rules, shown
from counterpoint.team.actions import SkillInput
from counterpoint.team.actions.swaps import impact_of
from counterpoint.team.queries import StaffView
from counterpoint.team.views.frame import opened, word_of
from counterpoint.team.violations import named
from counterpoint.ui.pages import done

SOON = timedelta(days=60)
LARGEST = 2_000_000
SKILL = re.compile(r"[\w.-]{1,32}")
DECISIONS = ("approve", "refuse")


@policy.allow("team.leave.decide")
def approvals(request: Any) -> HttpResponse:
    """Leave and swaps that wait; what each would do to the roster is shown first."""
    opened(request)
    leaves = [
        (row, shown.LEAVE_KINDS[row.kind], _clash(request, row))
        for row in queries.leaves(scope=request.scope, branch=request.branch)
    ]
    swaps = queries.swaps(scope=request.scope, branch=request.branch, states=("asked", "agreed"))
    with scoped(request.scope):
        rows = [(swap, shown.STATES[swap.state], _impact(request, swap)) for swap in swaps]
    return render(request, "team/approvals.html", {"leaves": leaves, "swaps": rows})


def _clash(request: Any, row: Any) -> int:
    """Published shifts that the leave would hit."""
    shifts = queries.shifts_between(
        scope=request.scope, branch=request.branch, since=row.since, until=row.until + timedelta(days=1),
        user=row.profile.user_id,
    )  # fmt: skip
    return sum(shift.start < row.end and row.start < shift.end for shift in shifts)


def _impact(request: Any, swap: Any) -> dict[str, Any] | None:
    published = queries.roster_published_for(scope=request.scope, branch=request.branch, day=swap.week)
    if published is None:
        return None
    found = impact_of(published, str(swap.giver.user_id), str(swap.taker.user_id), swap.date, swap.back_date)
    if found:
        names = {str(one.user_id): one.user.name for one in (swap.giver, swap.taker)}
        found["violations"] = [named(one, names) for one in found["violations"]]
        found["hole_words"] = [
            _("%(skill)s lacks %(n)s at %(time)s on %(date)s")
            % {"skill": shown.skill(h["skill"]), "n": h["missing"], "time": shown.clock(h["minute"]), "date": h["date"]}
            for h in found["holes"][:4]
        ]
    return found


@policy.allow("team.leave.decide")
@require_POST
def leave_decide(request: Any, leave_id: UUID) -> HttpResponse:
    """Approve or refuse leave."""
    approve = word_of(request, "decision", DECISIONS) == "approve"
    return done(
        request,
        lambda: actions.leave_decide(scope=request.scope, now=clock.now(), leave_id=leave_id, approve=approve),
        _("Decided. The person gets a message."), "team:approvals",
    )  # fmt: skip


@policy.allow("team.swap.decide")
@require_POST
def swap_decide(request: Any, swap_id: UUID) -> HttpResponse:
    """Approve a swap (publishing a new version) or refuse it."""
    approve = word_of(request, "decision", DECISIONS) == "approve"
    return done(
        request,
        lambda: actions.swap_decide(scope=request.scope, now=clock.now(), swap_id=swap_id, approve=approve),
        _("Decided. Both get a message."), "team:approvals",
    )  # fmt: skip


@policy.allow("team.staff.view")
def staff(request: Any) -> HttpResponse:
    """Everybody with contract, skills and certificates; what runs out soon; holes that this opens."""
    today = opened(request)
    people = queries.staff(scope=request.scope, branch=request.branch)
    names = {str(p.user): p.name for p in people}
    grants = [(str(p.user), s.skill, s.expires_on) for p in people for s in p.skills]
    ends = {(person, skill): until for person, skill, until in grants if until is not None}
    due = [
        (names[person], shown.skill(skill), ends[person, skill], ends[person, skill] < today.date)
        for person, skill in rules.expiring(grants, today.date, SOON)
    ]
    known = {p.user for p in people}
    with scoped(request.scope):
        others = [
            c for c in colleagues(scope=request.scope, org_unit=request.branch, on=today.date) if c.id not in known
        ]
    context = {
        "people": [
            (p, [(s, shown.skill(s.skill), _state(s.expires_on, today.date)) for s in p.skills]) for p in people
        ],
        "due": due,
        "holes": _holes(request, grants, today.date),
        "others": others,
        "skills": [(key, shown.skill(key)) for key in SKILLS],
        "form": _form(next((p for p in people if str(p.user) == request.GET.get("person")), None)),
        "may_edit": request.scope.may("team.staff.edit", request.branch.path),
    }
    return render(request, "team/staff.html", context)


def _form(one: StaffView | None) -> dict[str, Any]:
    """What the form begins with: the profile of the person shown, in the words in which it is written."""
    if one is None:
        return {}
    ends = {s.skill: f"@{s.expires_on.isoformat()}" if s.expires_on else "" for s in one.skills}
    return {
        "person": one,
        "skills": " ".join(f"{s.skill}:{s.level}{ends[s.skill]}" for s in one.skills),
        "hours": f"{one.contract_minutes / 60:.6g}",
        "speed": f"{one.speed:.6g}",
    }


def _state(until: date | None, today: date) -> str:
    if until is None:
        return "calm"
    return "act" if until < today else "watch" if until < today + SOON else "calm"


def _holes(request: Any, grants: list[tuple[str, str, date | None]], today: date) -> list[str]:
    """Half hours of the newest forecast in which fewer people are qualified than needed, in words; first those of
    skills of which a certificate ends, which a renewal would close."""
    found = queries.forecast_latest(scope=request.scope, branch=request.branch)
    if found is None:
        return []
    days = [date.fromisoformat(d["date"]) for d in found.payload["days"]]
    need = {skill: [n for row in series for n in row] for skill, series in found.payload["need"].items()}
    holes = rules.certificate_holes(need, days, found.payload["start"], 30, grants)
    last = max(days, default=today)
    ending = {skill for _person, skill, until in grants if until is not None and until < last}
    worst: dict[tuple[str, date], rules.CoverageHole] = {}
    for hole in holes:
        key = (hole.skill, hole.day)
        if hole.day >= today and (key not in worst or hole.needed > worst[key].needed):
            worst[key] = hole
    return [
        _("%(day)s: %(skill)s needs %(n)s at %(time)s, %(have)s hold a valid certificate")
        % {"day": shown.day_label(h.day), "skill": shown.skill(h.skill), "n": h.needed, "time": shown.clock(h.minute),
           "have": h.qualified}
        for h in sorted(worst.values(), key=lambda h: (h.skill not in ending, h.day, h.skill))[:12]
    ]  # fmt: skip


@policy.allow("team.staff.edit")
@require_POST
def staff_save(request: Any) -> HttpResponse:
    """Set one person's profile: skills as `cash:3 wealth:2@2027-06-30`, hours, speed, protection."""
    try:
        user = User.objects.filter(pk=UUID(request.POST.get("user", ""))).first()
    except ValueError as wrong:
        raise Http404 from wrong
    today = opened(request).date
    with scoped(request.scope):
        here = {c.id for c in colleagues(scope=request.scope, org_unit=request.branch, on=today)}
    if user is None or user.pk not in here:
        raise Http404
    old = next((p for p in queries.staff(scope=request.scope, branch=request.branch) if p.user == user.pk), None)
    try:
        values = _posted(request, old)
    except ValueError as wrong:
        messages.error(request, str(wrong))
        return redirect("team:staff")
    return done(
        request,
        lambda: actions.staff_profile_set(
            scope=request.scope, now=clock.now(), branch=request.branch, user=user, **values
        ),
        _("Saved."), "team:staff",
    )  # fmt: skip


def _posted(request: Any, old: StaffView | None) -> dict[str, Any]:
    """The profile that a form asks for. What it does not ask for stays as it was: agreed overtime, certificates; and
    for somebody whom it did not show, all that nobody could see before changing it. ValueError in words."""
    minutes = round(60 * _number(request, "hours", old.contract_minutes / 60 if old else 40, 0, 60))
    speed = _number(request, "speed", old.speed if old else 1, 0.3, 3)
    unseen = old is not None and request.POST.get("shown") != str(old.user)

    def ticked(name: str) -> bool:
        return bool(getattr(old, name)) if unseen else request.POST.get(name) == "1"

    before = old.limits if old else rules.DayLimits()
    limits = rules.day_limits(before, half_days=ticked("half_days"), week=minutes)
    named_before = {skill.skill: skill.certificate for skill in old.skills} if old else {}
    skills = _skills(request.POST.get("skills", ""))
    return {
        "skills": [replace(skill, certificate=named_before.get(skill.skill, "")) for skill in skills],
        "contract_minutes": minutes, "speed": speed, "protected": ticked("protected"), "floats": ticked("floats"),
        "overtime_agreed": old.overtime_agreed if old else 0, "min_week_minutes": limits.min_week,
        "min_day_minutes": limits.min_day, "max_day_minutes": limits.max_day,
    }  # fmt: skip


def _number(request: Any, name: str, usual: float, low: float, high: float) -> float:
    text = request.POST.get(name, "").strip()
    try:
        found = float(text) if text else usual
    except ValueError:
        found = float("nan")
    if not low <= found <= high:
        raise ValueError(_("Hours a week lie between 0 and 60, the speed between 0.3 and 3."))
    return found


def _skills(text: str) -> list[SkillInput]:
    found = []
    for part in unicodedata.normalize("NFKC", text).replace(",", " ").replace("、", " ").replace(";", " ").split():
        key, _at, until = part.partition("@")
        key, _colon, level = key.partition(":")
        try:
            if not SKILL.fullmatch(key):
                raise ValueError(key)
            found.append(SkillInput(key, int(level or 1), date.fromisoformat(until) if until else None))
        except ValueError as wrong:
            raise ValueError(
                _("“%(part)s” is not understood. Write it like cash:3 or cash:3@2027-06-30.") % {"part": part}
            ) from wrong
    return found


@policy.allow("team.staff.edit")
@require_POST
def staff_import(request: Any) -> HttpResponse:
    """Import a staff list; a faulty one is refused whole, with its first rows named."""
    sent = request.FILES.get("file")
    if sent is None or sent.size > LARGEST:
        messages.error(request, _("Choose a CSV or Excel file of at most 2 MB."))
        return redirect("team:staff")
    try:
        count = actions.staff_import(
            scope=request.scope, now=clock.now(), branch=request.branch, name=sent.name, content=sent.read()
        )
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        for problem in list(refused.details.get("problems", []))[:10]:  # type: ignore[call-overload]
            text = _("Row %(row)s, %(column)s: %(message)s")
            messages.error(request, text % {k: problem[k] for k in ("row", "column", "message")})
        return redirect("team:staff")
    messages.success(request, _("%(n)s people imported.") % {"n": count})
    return redirect("team:staff")
