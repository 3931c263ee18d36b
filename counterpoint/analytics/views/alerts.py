"""Alerts: the list, one with its cause, action and story, and the deeds on it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.analytics.forms import MuteForm
from counterpoint.analytics.views.frame import frame
from counterpoint.foundation.api import DomainError, User, clock, policy
from counterpoint.primitives.metrics import ALARM, HANDLE, Metric, alarm_get, alarm_list, alarm_see, mutes, telling
from counterpoint.primitives.metrics import metrics as metrics_in_force
from counterpoint.ui import reader
from counterpoint.ui.pages import done

LATELY = timedelta(days=30)
WORDS = {"act": "act", "watch": "watch"}
STARTED = {"case": "primitives:case", "play": "primitives:play"}  # whose page shows what an alert has started


@dataclass(frozen=True)
class Entry:
    """One line of an alert's story."""

    when: Any
    text: str
    who: str = ""
    level: str = "calm"
    symbol: str = "point"
    detail: str = ""


@policy.allow(ALARM)
def alerts(request: Any) -> HttpResponse:
    """Open ones, or those of the last thirty days."""
    place = frame(request)
    which = request.GET.get("which", "open")
    if which not in ("open", "all"):
        raise Http404
    found = alarm_list(scope=request.scope, unit=place.unit, open_only=which == "open", since=place.now - LATELY)
    known = metrics_in_force(place.today, place.unit.rule_pack)
    lines = [line(request, row, known[row.metric]) for row in found if row.metric in known]
    url = reverse("analytics:alerts")
    context = {
        "place": place, "rows": lines, "current": which,
        "tabs": [("open", _("Not over"), f"{url}?unit={place.unit.code}"),
                 ("all", _("Last 30 days"), f"{url}?unit={place.unit.code}&which=all")],
        "mutes": [(one, known[one.metric].name(reader.language()))
                  for one in mutes(scope=request.scope, org_unit=place.unit, now=place.now) if one.metric in known],
    }  # fmt: skip
    return render(request, "analytics/alerts.html", context)


def line(request: Any, row: Any, one: Metric) -> dict[str, Any]:
    """An alert as a page shows it."""
    period = telling.period_of(row.period)
    query = f"unit={row.org_unit.code}&grain={period.grain}&on={period.since.isoformat()}"
    if period.hour is not None:
        query += f"&hour={period.hour}"
    causes = telling.causes(one, row.cause)
    kind, _colon, key = row.started.partition(":")
    found = row.found
    low, high = found.get("low"), found.get("high")
    return {
        "alarm": row, "name": one.name(reader.language()), "text": telling.headline(one, row),
        "when": telling.when(row),
        "level": row.level if row.state == "open" else "calm", "word": state_word(row), "n": found.get("n"),
        "cause": causes[0] if causes else "", "causes": causes, "action": telling.action(one, row),
        "page": telling.page(one, row),
        "value": telling.number(one, found["value"]) if found.get("value") is not None else "",
        "interval": f"{telling.number(one, low, unit=False)}–{telling.number(one, high)}" if low is not None else "",
        "limit": telling.number(one, found["limit"]) if found.get("limit") is not None else "",
        "usual": telling.number(one, found["usual"]) if found.get("usual") is not None else "",
        "started_url": reverse(STARTED[kind], args=[key]) if kind in STARTED else "",
        "started_text": {"case": _("Open the case"), "play": _("The plan that runs")}.get(kind, ""),
        "may_see": row.state == "open" and request.scope.may(HANDLE, row.org_path),
        "url": reverse("analytics:alert", args=[row.pk]), "silent": silent(row), "todo": todo(row),
        "kpi": f"{reverse('analytics:kpi', args=[row.metric])}?{query}",
        "drill": f"{reverse('analytics:drill', args=[row.metric])}?{query}",
    }  # fmt: skip


def state_word(row: Any) -> str:
    """How an alert stands, in a word."""
    if row.state == "over":
        return _("over")
    if row.state == "seen":
        return _("in hand")
    return _("act now") if row.level == "act" else _("watch")


def silent(row: Any) -> str:
    """What is known of an alert without a cause."""
    if text := telling.unheard(row):
        return text
    if row.rule == "failure":
        return _("The rule %(rule)s ended with %(error)s; the log has the details.") % {
            "rule": row.found.get("rule"), "error": row.found.get("error"),
        }  # fmt: skip
    return _("The rows tell no cause.")


def todo(row: Any) -> str:
    """What to do where the content proposes nothing."""
    if row.rule in telling.UNHEARD:
        return _("Find out why nothing comes: whoever delivers or enters it, the device, the network.")
    if row.rule == "failure":
        return _("Tell the system administrator; this number is not watched until it is put right.")
    return _("Look at the rows behind it, then decide.")


@policy.allow(ALARM)
def alert(request: Any, alarm_id: UUID) -> HttpResponse:
    """Why, what to do, what happened."""
    now = clock.now()
    try:
        row = alarm_get(scope=request.scope, alarm=alarm_id)
    except DomainError as absent:
        raise Http404 from absent
    one = metrics_in_force(row.org_unit.date_at(now), row.org_unit.rule_pack).get(row.metric)
    if one is None:
        raise Http404
    before = alarm_list(scope=request.scope, unit=row.org_unit, metric=row.metric, limit=12)
    context: dict[str, Any] = {
        "line": line(request, row, one), "story": story(row),
        "earlier": [(other, telling.headline(one, other)) for other in before
                    if other.pk != row.pk and other.rule == row.rule][:6],
    }  # fmt: skip
    if request.scope.may(HANDLE, row.org_path):
        context["mute_form"] = MuteForm(initial={"until": row.org_unit.date_at(now) + timedelta(days=7)})
    return render(request, "analytics/alert.html", context)


def story(row: Any) -> list[Entry]:
    """Raised, told, started, seen, over; newest first."""
    entries = [Entry(row.raised_at, _("Raised"), level=row.level, symbol="bell")]
    if row.muted:
        entries.append(Entry(row.raised_at, _("Nobody was told: it is muted"), symbol="bell"))
    elif row.started:
        entries.append(Entry(row.raised_at, _("A case or plan was started"), symbol="list-check"))
    if row.seen_at:
        who = User.objects.filter(pk=row.seen_by).values_list("name", flat=True).first() or ""
        entries.append(Entry(row.seen_at, _("Somebody takes care"), who=who, symbol="eye"))
    if row.over_at:
        entries.append(Entry(row.over_at, _("The number is back on course"), level="fine", symbol="circle-check"))
    return entries[::-1]


@policy.allow(HANDLE)
@require_POST
def see(request: Any, alarm_id: UUID) -> HttpResponse:
    """A person takes care of it."""
    to = reverse("analytics:alert", args=[alarm_id])
    return done(
        request, lambda: alarm_see(scope=request.scope, alarm=alarm_id, now=clock.now()), _("It is yours now."), to
    )
