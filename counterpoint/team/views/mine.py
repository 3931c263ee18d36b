"""A person's own page, made for the phone: shifts, requests, wishes, the fairness ledger, the calendar feed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import User, clock, policy
from counterpoint.team import actions, feeds, queries, rules, shown
from counterpoint.team.models import LeaveRequest, Preference
from counterpoint.team.views.frame import opened, word_of
from counterpoint.ui.pages import date_in, done

LEDGER_BACK = timedelta(weeks=8)
HALF_WISHES = {"morning": ("early", 840), "afternoon": ("late", 720)}  # gone by 14:00, or not here before noon
ANSWERS = ("agree", "decline", "withdraw")


@policy.allow("team.shift.own")
def mine(request: Any) -> HttpResponse:
    """This week and next, what is asked of me, what I asked for."""
    today = opened(request)
    branch, user = request.branch, request.scope.actor
    monday = rules.monday_of(today.date)
    profile = queries.profile_of(scope=request.scope, branch=branch, user=user)
    until = monday + timedelta(days=14)
    shifts = queries.shifts_between(scope=request.scope, branch=branch, since=monday, until=until, user=user)
    colleagues = [p for p in queries.staff(scope=request.scope, branch=branch) if p.user != user]
    swaps = queries.swaps(
        scope=request.scope, branch=branch, states=("asked", "agreed", "approved", "refused", "declined"), user=user
    )
    context = {
        "profile": profile,
        "weeks": [_week(monday, shifts, today.date), _week(monday + timedelta(days=7), shifts, today.date)],
        "coming": [s for s in shifts if s.date >= today.date],
        "today": today.date,
        "colleagues": colleagues,
        "to_answer": [s for s in swaps if s.state == "asked" and s.taker.user_id == user],
        "my_swaps": [(s, shown.STATES[s.state]) for s in swaps if s.giver.user_id == user],
        "leaves": [
            (row, shown.LEAVE_KINDS[row.kind], shown.STATES[row.state])
            for row in (_leaves(request, profile) if profile else [])
        ],
        "halves": [
            ("morning", _("only the morning (one day)")),
            ("afternoon", _("only the afternoon (one day)")),
        ],
        "kinds": [(key, shown.LEAVE_KINDS[key]) for key in LeaveRequest.KINDS],
        "ledger": queries.fairness(scope=request.scope, branch=branch, since=monday - LEDGER_BACK, until=until),
        "user": user,
        "feed": _feed_url(request),
        "wishes": _wishes(request, profile),
        "weekdays": list(enumerate(shown.WEEKDAYS)),
        "wish_kinds": (
            ("off", _("off")),
            ("early", _("early shift")),
            ("late", _("late shift")),
            ("morning", _("only the morning")),
            ("afternoon", _("only the afternoon")),
        ),
    }
    return render(request, "team/my.html", context)


def _week(monday: date, shifts: Any, today: date) -> list[dict[str, Any]]:
    held = {s.date: s for s in shifts}
    days = [monday + timedelta(days=n) for n in range(7)]
    return [{"date": d, "label": shown.day_label(d), "shift": held.get(d), "today": d == today, "past": d < today,
             "text": _text(held[d]) if d in held else ""} for d in days]  # fmt: skip


def _text(shift: queries.ShiftView) -> str:
    posts: list[str] = []
    for start, _end, key in shift.segments:
        if not posts:
            posts.append(shown.skill(key))
        elif not posts[-1].endswith(shown.skill(key)):
            posts.append(_("%(post)s from %(time)s") % {"post": shown.skill(key), "time": shown.clock(start)})
    if shift.lunch:
        posts.append(
            _("lunch %(from)s to %(to)s") % {"from": shown.clock(shift.lunch[0]), "to": shown.clock(shift.lunch[1])}
        )
    return " · ".join(posts)


def _leaves(request: Any, profile: Any) -> list[LeaveRequest]:
    return queries.leaves(
        scope=request.scope, branch=request.branch, states=("requested", "approved", "refused"), profile=profile.pk
    )[-10:]


def _wishes(request: Any, profile: Any) -> dict[int, str]:
    if profile is None:
        return {}
    half = {(kind, minute): name for name, (kind, minute) in HALF_WISHES.items()}
    found = queries.wishes(scope=request.scope, profile=profile.pk)
    return {w.weekday: half.get((w.kind, w.minute), w.kind) for w in found}


def _feed_url(request: Any) -> str:
    user = User.objects.filter(pk=request.scope.actor).first()
    if user is None or not user.feed_token:
        return ""
    return str(request.build_absolute_uri(reverse("team:feed", args=[user.feed_token])))


def _date(request: Any, name: str) -> date | None:
    return date_in(request.POST.get(name, ""))


def _needed(request: Any, name: str) -> date:
    found = _date(request, name)
    if found is None:
        raise Http404
    return found


@policy.allow("team.leave.request")
@require_POST
def leave(request: Any) -> HttpResponse:
    """Ask for leave."""
    since = _needed(request, "since")
    until = _date(request, "until") or since
    return done(
        request,
        lambda: actions.leave_request(
            scope=request.scope, now=clock.now(), branch=request.branch, kind=request.POST.get("kind", ""),
            since=since, until=until, half=request.POST.get("half", "")[:9],
            reason=request.POST.get("reason", "")[:500],
        ),
        _("Asked. The supervisor decides, and you get a message."), "team:my",
    )  # fmt: skip


@policy.allow("team.leave.request")
@require_POST
def leave_withdraw(request: Any, leave_id: UUID) -> HttpResponse:
    """Take back an own request."""
    return done(
        request, lambda: actions.leave_withdraw(scope=request.scope, now=clock.now(), leave_id=leave_id),
        _("Withdrawn."), "team:my",
    )  # fmt: skip


@policy.allow("team.swap.request")
@require_POST
def swap(request: Any) -> HttpResponse:
    """Offer a shift to a colleague."""
    try:
        taker = UUID(request.POST.get("taker", ""))
    except ValueError as wrong:
        raise Http404 from wrong
    return done(
        request,
        lambda: actions.swap_request(
            scope=request.scope, now=clock.now(), branch=request.branch, day=_needed(request, "day"), taker_id=taker,
            back=_date(request, "back"),
        ),
        _("Your colleague has been asked."), "team:my",
    )  # fmt: skip


@policy.allow("team.swap.request")
@require_POST
def swap_answer(request: Any, swap_id: UUID) -> HttpResponse:
    """Agree or decline as the colleague; withdraw as the one who asked."""
    now, word = clock.now(), word_of(request, "answer", ANSWERS)
    if word == "withdraw":
        return done(
            request,
            lambda: actions.swap_withdraw(scope=request.scope, now=now, swap_id=swap_id),
            _("Withdrawn."),
            "team:my",
        )
    return done(
        request,
        lambda: actions.swap_consent(scope=request.scope, now=now, swap_id=swap_id, agree=word == "agree"),
        _("Answered."), "team:my",
    )  # fmt: skip


@policy.allow("team.shift.own")
@require_POST
def wishes(request: Any) -> HttpResponse:
    """Standing wishes by weekday."""
    minutes = {"early": 1020, "late": 570}
    found = []
    for weekday in range(7):
        sent = request.POST.get(f"wish-{weekday}", "")
        kind, minute = HALF_WISHES.get(sent, (sent, minutes.get(sent, 0)))
        if kind in Preference.KINDS:
            found.append((weekday, kind, minute, 2))
    return done(
        request,
        lambda: actions.preferences_set(scope=request.scope, now=clock.now(), branch=request.branch, wishes=found),
        _("Kept. The next draft takes your wishes into account."), "team:my",
    )  # fmt: skip


@policy.allow("team.shift.own")
@require_POST
def feed_address(request: Any) -> HttpResponse:
    """A new calendar address, or none any more."""
    revoke = request.POST.get("revoke") == "1"
    return done(
        request,
        lambda: actions.feed_issue(scope=request.scope, now=clock.now(), branch=request.branch, revoke_only=revoke),
        _("The old address no longer works.") if revoke else _("Copy the address into your phone's calendar."),
        "team:my",
    )  # fmt: skip


@policy.public("A calendar app has no session; the address holds an unguessable, revocable token.")
def feed(request: Any, token: str) -> HttpResponse:  # noqa: ARG001
    """The owner's shifts as iCalendar."""
    content = feeds.feed(token, clock.now())
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=900"
    return answer


@policy.allow("team.shift.own")
def home(request: Any) -> HttpResponse:
    """The team's front page: planners plan, everybody else sees their shifts."""
    planner = request.scope.may("team.roster.edit")
    return redirect("team:plan" if planner else "team:my")
