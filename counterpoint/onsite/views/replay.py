"""Past days lived again: choose a day, look at a minute, decide otherwise, compare."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, calendar, clock, policy
from counterpoint.onsite import api, shown, shown_replay
from counterpoint.onsite.deciding import FIELDS
from counterpoint.onsite.entry import MAX_KEY
from counterpoint.onsite.queries import past, replays
from counterpoint.onsite.verbs import REPLAY
from counterpoint.onsite.views.pages import branch_of, whole
from counterpoint.ui.pages import download
from counterpoint.ui.punctuation import sign

FIRST_YEAR = 1990
LAST_YEAR = 2200
SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def _date(text: str) -> date:
    """A day in an address; anything else is no page."""
    try:
        found = date.fromisoformat(text)
    except ValueError as wrong:
        raise Http404 from wrong
    if text != found.isoformat() or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Http404
    return found


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _minute(text: str, lowest: int, highest: int) -> int:
    asked = whole(text)
    return min(max(asked, lowest), highest) if asked is not None else highest


@policy.allow(REPLAY)
def days(request: Any) -> HttpResponse:
    """The calendar of days that can be lived again, and one's own bookmarks."""
    branch, now = branch_of(request), clock.now()
    here = {"scope": request.scope, "branch": branch}
    try:
        newest = replays.newest(**here, now=now)
        today = now.astimezone(ZoneInfo(branch.time_zone)).date()
        first = _month(request.GET.get("month", "")) or (newest or today).replace(day=1)
        found = replays.month(**here, now=now, first=first)
        mine = replays.bookmarks(**here)
    except DomainError as refused:
        raise Http404 from refused
    named = [(row, row.name or shown_replay.kind_name(row.kind)) for row in mine]
    context = {"month": found, "newest": newest, "mine": named, "weekdays": shown_replay.WEEKDAYS, "branch": branch}
    return render(request, "onsite/replay_days.html", context)


def _past_day(request: Any, day: str) -> replays.PastDay:
    try:
        return replays.past_day(scope=request.scope, branch=branch_of(request), on=_date(day), now=clock.now())
    except DomainError as refused:
        raise Http404 from refused


@policy.allow(REPLAY)
def past_day(request: Any, day: str) -> HttpResponse:
    """One day: its course, its decisions, the hall at a minute, what could have been decided otherwise."""
    try:
        found = replays.past_day(scope=request.scope, branch=branch_of(request), on=_date(day), now=clock.now())
    except api.NoDay as empty:
        messages.error(request, empty.message)
        return redirect("onsite:replay")
    except DomainError as refused:
        raise Http404 from refused
    minute = _minute(request.GET.get("at", ""), found.first, found.until)
    words = shown_replay.Words(found, request.LANGUAGE_CODE)
    branch = request.branch
    mine = replays.bookmarks(scope=request.scope, branch=branch, on=found.on)
    told = [(one, shown_replay.told(one, words)) for one in found.decisions]
    people, windows = replays.free_first(found, minute)
    divertible = [s for s in found.day.hall.content.services.values() if s.divertible > 0]
    context = _hall(request, found, minute) | {
        "found": found, "title": shown_replay.day_title(found.on), "minute": minute,
        "charts": shown_replay.course(found, minute), "strip": shown_replay.strip(found), "told": told,
        "breaks": [pair for pair in told if pair[0].kind == "break" and pair[0].minute >= minute],
        "services": [(s.key, words.services[s.key], s.divertible) for s in divertible],
        "people": people, "windows": [(code, f"{words.windows[code]} {name}".strip()) for code, name in windows],
        "tiers": list(words.tiers.items()), "limits": shown_replay.limits(found.unexpressed),
        "mine": [(row, shown_replay.decided(row.decision, words) if row.kind else "") for row in mine],
        "removed": _removed(request), "shares": SHARES,
    }  # fmt: skip
    return render(request, "onsite/replay_day.html", context)


def _removed(request: Any) -> UUID | None:
    """The bookmark that was removed a moment ago, to be brought back."""
    try:
        return UUID(request.GET.get("removed", ""))
    except ValueError:
        return None


@policy.allow(REPLAY)
def past_hall(request: Any, day: str) -> HttpResponse:
    """The hall at a minute of the day, for the scrubber."""
    found = _past_day(request, day)
    minute = _minute(request.GET.get("at", ""), found.first, found.until)
    return render(request, "onsite/parts/hall.html", _hall(request, found, minute))


def _hall(request: Any, found: replays.PastDay, minute: int) -> dict[str, Any]:
    request.mode = "replay"
    request.mode_detail = f"{found.on:%m-%d} {calendar.wall(minute)}"
    branch = request.branch
    if found.inferred:
        seen = replays.log_snapshot(branch=branch, found=found, minute=minute)
    else:
        seen = past.hall_at(scope=request.scope, branch=branch, at=past.instant(branch, found.on, minute))
    return shown.hall(seen, request.LANGUAGE_CODE, branch) | {"replay": True, "may_run": False, "people": ()}


# --- deeds -----------------------------------------------------------------------------------------------------------


def _clock_minute(text: str) -> int:
    """10:45 → 645."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


READ: dict[str, Callable[[str], Any]] = {
    "counter": str, "user": str, "service": str, "tier": str, "share": float, "minutes": int, "position": int,
    "to": _clock_minute,
}  # fmt: skip


def _decision(sent: Any) -> api.Decision:
    kind = sent.get("kind", "")
    if kind not in FIELDS or kind in ("surge", "call_first"):  # these come from the advisor, not from a form
        raise Http404
    try:
        given = {name: READ[name](sent[name]) for name in FIELDS[kind] if sent.get(name)}
    except ValueError as wrong:
        raise Http404 from wrong
    return api.Decision(kind, **given)


def _sent(request: Any) -> tuple[int, str, str]:
    minute, key = whole(request.POST.get("minute", "")), request.POST.get("idempotency_key", "")
    if minute is None or len(key) > MAX_KEY:
        raise Http404
    return minute, request.POST.get("name", ""), key


def _back(day: str, minute: int) -> str:
    return f"{reverse('onsite:replay-day', args=[day])}?at={minute}"


@policy.allow(REPLAY)
@require_POST
def bookmark(request: Any, day: str) -> HttpResponse:
    """Remember this minute."""
    on, branch = _date(day), branch_of(request)
    minute, name, key = _sent(request)
    try:
        done = api.bookmark_set(
            scope=request.scope, branch=branch, now=clock.now(), on=on, minute=minute, name=name, key=key
        )
        messages.success(request, _("“%(name)s” is marked") % {"name": done.name})
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect(_back(day, minute))


@policy.allow(REPLAY)
@require_POST
def attempt(request: Any, day: str) -> HttpResponse:
    """Live the day again with another decision, then show both futures."""
    on, branch = _date(day), branch_of(request)
    minute, name, key = _sent(request)
    decision = _decision(request.POST)
    try:
        done = api.future_run(
            scope=request.scope, branch=branch, now=clock.now(), on=on, minute=minute, decision=decision, name=name,
            key=key,
        )  # fmt: skip
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect(_back(day, minute))
    return redirect("onsite:replay-future", bookmark_id=done.id)


@policy.allow(REPLAY)
@require_POST
def mark(request: Any, bookmark_id: UUID, name: str) -> HttpResponse:
    """Remove a bookmark, or bring it back."""
    act = {"remove": api.bookmark_remove, "restore": api.bookmark_restore}.get(name)
    if act is None:
        raise Http404
    try:
        done = act(scope=request.scope, branch=branch_of(request), now=clock.now(), bookmark=bookmark_id)
    except DomainError as refused:
        raise Http404 from refused
    if done.removed:
        messages.success(request, _("Removed. It can be brought back below."))
        return redirect(f"{_back(done.business_date.isoformat(), done.minute)}&removed={done.id}")
    messages.success(request, _("It is back."))
    return redirect(_back(done.business_date.isoformat(), done.minute))


# --- futures ---------------------------------------------------------------------------------------------------------


def _future(request: Any, bookmark_id: UUID) -> Any:
    try:
        row = replays.bookmark(scope=request.scope, branch=branch_of(request), bookmark=bookmark_id)
    except DomainError as refused:
        raise Http404 from refused
    if row.outcome is None:
        raise Http404
    return row


def _sentences(row: Any, words: shown_replay.Words) -> dict[str, str]:
    found = {name: shown_replay.decided(one["decision"], words) for name, one in row.outcome["futures"].items()}
    if row.kind == "advised":
        found["changed"] = shown_replay.decided(row.decision, words) + sign(":") + found["changed"]
    return found


@policy.allow(REPLAY)
def future(request: Any, bookmark_id: UUID) -> HttpResponse:
    """Two futures side by side; with ?with= another one's beside them."""
    row = _future(request, bookmark_id)
    found = _past_day(request, row.business_date.isoformat())
    request.mode = "replay"
    request.mode_detail = f"{row.business_date:%m-%d} {calendar.wall(row.minute)}"
    words = shown_replay.Words(found, request.LANGUAGE_CODE)
    sentences = _sentences(row, words)
    others = [one for one in replays.bookmarks(scope=request.scope, branch=request.branch, on=row.business_date)
              if one.outcome is not None and one.pk != row.pk]  # fmt: skip
    second = next((one for one in others if str(one.pk) == request.GET.get("with", "")), None)
    excel = reverse("onsite:replay-future-excel", args=[row.pk])
    context = {
        "row": row, "outcome": row.outcome, "found": found, "title": shown_replay.day_title(row.business_date),
        "verdict": shown_replay.verdict(row.outcome), "sentences": sentences, "known": shown_replay.known(row.outcome),
        "table": shown_replay.table(row.outcome, excel), "chart": shown_replay.queue_chart(row.outcome),
        "limits": shown_replay.limits(row.outcome["unexpressed"]),
        "others": [(one, one.name or shown_replay.decided(one.decision, words)) for one in others], "second": second,
    }  # fmt: skip
    if second is not None:
        context["second_table"] = shown_replay.beside(row, second, words)
    return render(request, "onsite/replay_future.html", context)


@policy.allow(REPLAY)
def future_excel(request: Any, bookmark_id: UUID) -> HttpResponse:
    """The comparison as a workbook."""
    from counterpoint.ui.excel import workbook

    row = _future(request, bookmark_id)
    found = _past_day(request, row.business_date.isoformat())
    sentences = _sentences(row, shown_replay.Words(found, request.LANGUAGE_CODE))
    title = f"{request.branch.name} · {shown_replay.day_title(row.business_date)} · {sentences['changed']}"
    name = f"replay-{row.business_date.isoformat()}-{row.minute // 60:02d}{row.minute % 60:02d}.xlsx"
    return download(workbook(shown_replay.sheets(row.outcome, title, sentences)), name)
