"""The team on the desk: who is here today, and tomorrow's forecast and roster."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.foundation.api import clock
from counterpoint.role.api import day_at, next_open_day
from counterpoint.team import card, disputing, grouping, nowcasting, queries, shown
from counterpoint.ui.panels import Panel, PanelBody, register

ALL_DAY = frozenset({"pre_open", "open", "lunch", "peak"})
OPEN = frozenset({"open", "lunch", "peak"})
AFTER = frozenset({"peak", "close", "evening"})


def people(request: Any) -> PanelBody | None:
    """Who works today, who is on post now, who is at lunch, who is on leave."""
    if not request.branch:
        return None
    today, minute = queries.now_at(request.branch, clock.now())
    shifts = queries.shifts_on(scope=request.scope, branch=request.branch, day=today)
    if not day_at(request.branch, clock.now()).spans and not shifts:
        return None
    away = queries.absent_on(scope=request.scope, branch=request.branch, day=today)
    if not shifts:
        text = _("No roster is published for today")
        return PanelBody("team/panels/people.html", {"rows": [], "away": away}, "act", text)
    groups: dict[str, list[queries.ShiftView]] = {}
    for shift in sorted(shifts, key=lambda s: (s.post_at(minute) is None, s.name)):
        groups.setdefault(_where(shift, minute), []).append(shift)
    rows = list(groups.items())
    here = sum(s.start <= minute < s.end for s in shifts)
    text = _("%(here)s here now, %(all)s on the roster") % {"here": here, "all": len(shifts)}
    context = {"rows": rows, "away": away}
    return PanelBody("team/panels/people.html", context, "calm", text)


def _where(shift: queries.ShiftView, minute: int) -> str:
    if minute < shift.start:
        return _("comes %(time)s") % {"time": shown.clock(shift.start)}
    if minute >= shift.end:
        return _("gone home")
    if shift.lunch and shift.lunch[0] <= minute < shift.lunch[1]:
        return _("at lunch until %(time)s") % {"time": shown.clock(shift.lunch[1])}
    post = shift.post_at(minute)
    return shown.skill(post) if post else _("no post")


def tomorrow(request: Any) -> PanelBody | None:
    """What is expected on the next open day, and whether its roster is out."""
    if not request.branch:
        return None
    now = clock.now()
    today, _minute = queries.now_at(request.branch, now)
    following = next_open_day(request.branch, today, now)
    day = following.date if following else today + timedelta(days=1)
    forecast = queries.forecast_latest(scope=request.scope, branch=request.branch, on=day)
    roster = queries.roster_published_for(scope=request.scope, branch=request.branch, day=day)
    shifts = queries.shifts_on(scope=request.scope, branch=request.branch, day=day)
    context: dict[str, Any] = {"day": shown.day_label(day), "date": day, "roster": roster, "people": len(shifts)}
    if forecast:
        number = (day - forecast.since).days
        payload = forecast.payload
        context["expected"] = round(payload["day_p50"][number])
        context["low"], context["high"] = round(payload["day_p10"][number]), round(payload["day_p90"][number])
    waits = [
        d for d in ((roster.waits.get("plan") or {}).get("days", []) if roster else []) if d["date"] == day.isoformat()
    ]
    alarm = queries.drift_open(scope=request.scope, branch=request.branch)
    if alarm:
        context["alarm"] = card.alarm_words(alarm)
    context["wait"] = waits[0] if waits and waits[0]["wait_p90"] is not None else None
    if roster is None:
        return PanelBody(
            "team/panels/tomorrow.html",
            context,
            "watch",
            _("%(day)s has no published roster yet") % {"day": shown.day_label(day)},
        )
    if alarm:
        return PanelBody("team/panels/tomorrow.html", context, "watch", context["alarm"][0])
    if "expected" in context:
        text = _("%(day)s: %(n)s customers expected, %(people)s people") % {
            "day": shown.day_label(day), "n": context["expected"], "people": len(shifts),
        }  # fmt: skip
    else:
        text = _("%(day)s: %(people)s people on the roster") % {"day": shown.day_label(day), "people": len(shifts)}
    return PanelBody("team/panels/tomorrow.html", context, "calm", text)


def heading(request: Any) -> PanelBody | None:
    """Where the running day is heading, by the customers who have come; silent without a forecast of today."""
    if not request.branch:
        return None
    found = nowcasting.today(scope=request.scope, branch=request.branch, now=clock.now())
    if found is None:
        return None
    first, second = card.today_words(found)
    day, _minute = queries.now_at(request.branch, clock.now())
    return PanelBody(
        "team/panels/today.html", {"first": first, "date": day, "before": found.before}, found.level, second
    )


def requests(request: Any) -> PanelBody | None:
    """Leave and swaps that wait for a decision; silent when none do."""
    if not request.branch:
        return None
    leaves = queries.leaves(scope=request.scope, branch=request.branch)
    swaps = queries.swaps(scope=request.scope, branch=request.branch)
    if not leaves and not swaps:
        return None
    text = _("%(n)s requests wait for you") % {"n": len(leaves) + len(swaps)}
    return PanelBody("team/panels/requests.html", {"leaves": leaves, "swaps": swaps}, "watch", text)


def disputes(request: Any) -> PanelBody | None:
    """Disputes that wait for this person: to settle, to confirm, to decide; silent when none does."""
    now = clock.now()
    mine = [row for row in disputing.my_disputes(scope=request.scope, now=now) if row.ended_at is None]
    if not mine:
        return None
    late = any(row.late for row in mine)
    text = ngettext("%(n)s dispute waits for you or your colleague", "%(n)s disputes wait for you or your colleague",
                    len(mine)) % {"n": len(mine)}  # fmt: skip
    return PanelBody("team/panels/disputes.html", {"rows": mine[:4]}, "act" if late else "watch", text)


def groups(request: Any) -> PanelBody | None:
    """My cards on the boards of virtual teams; silent without any."""
    cards = grouping.my_cards(scope=request.scope, now=clock.now())
    if not cards:
        return None
    text = ngettext("%(n)s card of a virtual team is yours", "%(n)s cards of virtual teams are yours", len(cards)) % {
        "n": len(cards)
    }
    return PanelBody("team/panels/cards.html", {"rows": cards[:4]}, "calm", text)


register(
    Panel("team.disputes", gettext_lazy("Disputes"), ALL_DAY | AFTER, 34, "team.dispute.open", disputes,
          ("team.dispute_raised", "team.dispute_climbed", "cases.resolved", "cases.closed"), "team:disputes"),
    Panel("team.cards", gettext_lazy("Virtual teams"), ALL_DAY | AFTER, 60, "team.card.handle", groups, (),
          "team:groups"),
    Panel("team.people", gettext_lazy("People today"), ALL_DAY, 20, "team.roster.view", people,
          ("team.roster_published", "team.leave_decided"), "team:roster"),
    Panel("team.tomorrow", gettext_lazy("Tomorrow"), AFTER, 40, "team.forecast.view", tomorrow,
          ("team.roster_published", "team.forecast_made", "team.drift_found", "team.drift_acknowledged"), "team:plan"),
    Panel("team.today", gettext_lazy("Where the day is heading"), OPEN, 46, "team.forecast.view", heading,
          ("team.forecast_made",), "team:forecast"),
    Panel("team.requests", gettext_lazy("Requests"), ALL_DAY | AFTER, 30, "team.leave.decide", requests,
          ("team.leave_requested", "team.swap_consented", "team.leave_decided", "team.swap_decided"), "team:approvals"),
)  # fmt: skip
