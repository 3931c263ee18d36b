"""The forecast with its track record, and the people it takes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import clock, policy
from counterpoint.team import actions, card, drivers, nowcasting, queries, record, rules, shown
from counterpoint.team.models import Forecast
from counterpoint.team.views.frame import day_of, opened, running
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import done, download


def _tabs(found: Forecast, chosen: date, page: str) -> list[tuple[str, str, str]]:
    days = [date.fromisoformat(d["date"]) for d in found.payload["days"] if d["open"]]
    first = next((n for n, day in enumerate(days) if day >= chosen), len(days) - 1)
    around = days[max(0, first - 3) : max(0, first - 3) + 7]
    return [(d.isoformat(), shown.day_label(d), f"{reverse(page)}?day={d.isoformat()}") for d in around]


def _found(request: Any, default: date) -> tuple[Forecast | None, date, int]:
    day = day_of(request, default)
    found = queries.forecast_latest(scope=request.scope, branch=request.branch, on=day)
    return found, day, (day - found.since).days if found else 0


@policy.allow("team.forecast.view")
def forecast(request: Any) -> HttpResponse:
    """One day of the newest forecast, its assumptions, and how past forecasts did."""
    today = opened(request)
    found, day, number = _found(request, today.date + timedelta(days=1))
    days = record.track_record(scope=request.scope, branch=request.branch, today=today.date)
    context: dict[str, Any] = {
        "found": found,
        "day": day,
        "record": record.summary_of(days),
        "alarm": _alarm(request),
        "may_make": request.scope.may("team.forecast.make", request.branch.path),
        "week": rules.monday_of(today.date) + timedelta(days=7),  # so that a new forecast learns up to yesterday
        "jobs": running(request),
        "coverage": card.coverage_words(record.coverage_of(days)),
        "record_chart": shown.record_chart(days),
    }
    if found:
        context |= _card(request, found, day, number, today.date)
        payload = found.payload
        actual = _actual(request, day) if day <= today.date else None
        running_day = _today(request, found, number, actual) if day == today.date else None
        excel = f"{reverse('team:forecast-excel')}?day={day.isoformat()}"
        context |= {
            "now": running_day,
            "chart": running_day["chart"] if running_day else shown.forecast_chart(payload, number, actual, excel),
            "services": shown.services_chart(payload, number),
            "notes": [shown.note(one) for one in payload["notes"]],
            "scores": payload["scores"],
            "error": round(100 * payload["scores"].get("wape", 0)),
            "inside": round(100 * payload["scores"].get("coverage", 0)),
            "history": payload["history"],
            "tabs": _tabs(found, day, "team:forecast"),
            "current": day.isoformat(),
        }
    return render(request, "team/forecast.html", context)


def _card(request: Any, found: Forecast, day: date, number: int, today: date) -> dict[str, Any]:
    """The card's parts: expected customers, drivers, words, like days, coming days."""
    branch, payload = request.branch, found.payload
    told = drivers.told(payload, number)
    past = card.history(scope=request.scope, branch=branch, day=day, today=today)
    return {
        "open": payload["day_p50"][number] > 0,
        "expected": round(payload["day_p50"][number]),
        "low": round(payload["day_p10"][number]),
        "high": round(payload["day_p90"][number]),
        "told": told,
        "bars": card.bars(told, day, branch.rule_pack) if told else (),
        "sentences": card.sentences(told, day, branch.rule_pack) if told else (),
        "history_chart": card.history_chart(past, day, payload["day_p50"][number], branch.rule_pack),
        "coming": card.coming_chart(payload, number, branch.rule_pack),
        "provisional": card.provisional(day, branch.rule_pack),
        "peers": payload["history"].get("peers", 0),
        "day_text": shown.day_label(day),
    }


def _today(request: Any, found: Forecast, number: int, actual: dict[int, int] | None) -> dict[str, Any] | None:
    """The running day's correction with its words and chart."""
    now = nowcasting.today(scope=request.scope, branch=request.branch, now=clock.now())
    if now is None:
        return None
    return {
        "found": now,
        "says": card.today_words(now),
        "chart": card.today_chart(found.payload, number, actual or {}, now),
    }


def _alarm(request: Any) -> dict[str, Any] | None:
    """The open alarm of drift in words."""
    found = queries.drift_open(scope=request.scope, branch=request.branch)
    if found is None:
        return None
    what, todo = card.alarm_words(found)
    return {"pk": found.pk, "what": what, "todo": todo}


@policy.allow("team.forecast.make")
@require_POST
def acknowledge(request: Any, alarm_id: UUID) -> HttpResponse:
    """A person has seen the alarm of drift."""
    return done(
        request, lambda: actions.drift_acknowledge(scope=request.scope, now=clock.now(), alarm_id=alarm_id),
        _("The alarm is acknowledged."), "team:forecast",
    )  # fmt: skip


def _actual(request: Any, day: date) -> dict[int, int]:
    frame = queries.actual_arrivals(
        scope=request.scope, branch=request.branch, since=day, until=day + timedelta(days=1)
    )
    if frame is None or frame.empty:
        return {}
    return {int(k): int(v) for k, v in frame.groupby("minute")["arrivals"].sum().items()}


@policy.allow("team.forecast.view")
def forecast_excel(request: Any) -> HttpResponse:
    """The whole forecast that covers the day, as a workbook."""
    today = opened(request)
    found, _day, _number = _found(request, today.date)
    if found is None:
        raise Http404
    payload = found.payload
    rows = []
    for number, info in enumerate(payload["days"]):
        for k in shown.open_cells(payload, number):
            at = shown.clock(payload["start"] + 30 * k)
            for s, service in enumerate(payload["services"]):
                cells = [payload[name][s][number][k] for name in ("mean", "p10", "p50", "p90")]
                rows.append([info["date"], at, service["name"], *cells])
            cells = [payload[f"total_{name}"][number][k] for name in ("mean", "p10", "p50", "p90")]
            rows.append([info["date"], at, _("All services"), *cells])
    headings = [_("Date"), _("Time"), _("Service"), _("Mean"), "P10", "P50", "P90"]
    note = _("Made %(at)s, seed %(seed)s, inputs %(hash)s") % {
        "at": f"{found.made_at:%Y-%m-%d %H:%M} UTC", "seed": found.seed, "hash": found.inputs_hash[:12],
    }  # fmt: skip
    content = workbook([Sheet(_("Forecast"), headings, rows, title=request.branch.name, note=note)])
    return download(content, f"forecast-{found.since.isoformat()}.xlsx")


@policy.allow("team.forecast.view")
def need(request: Any) -> HttpResponse:
    """People per skill and half hour of a day, each with its reason, and certificate gaps."""
    today = opened(request)
    found, day, number = _found(request, today.date + timedelta(days=1))
    context: dict[str, Any] = {"found": found, "day": day}
    if found:
        context |= {
            "chart": shown.need_chart(found.payload, number),
            "table": shown.need_table(found.payload, number),
            "promise": found.payload["promise"],
            "share": round(100 * found.payload["promise"]["share"]),
            "tabs": _tabs(found, day, "team:need"),
            "current": day.isoformat(),
        }
    return render(request, "team/need.html", context)
