"""The page of the effect of training: choose figure, branches, day; first what could be found at all, then what was."""

from __future__ import annotations

from math import isfinite
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from counterpoint.academy.effect import records, studies
from counterpoint.academy.rules.words import tell
from counterpoint.academy.verbs import EFFECT
from counterpoint.foundation.api import DomainError, Forbidden, clock, policy
from counterpoint.primitives.metrics import Metric, telling
from counterpoint.ui import reader
from counterpoint.ui.charts import Chart, Limit, Series
from counterpoint.ui.pages import date_in


@policy.allow(EFFECT)
def page(request: Any) -> HttpResponse:
    """The form, and with its answers the result."""
    try:
        units, held = studies.choices(request.scope)
    except Forbidden as refused:
        raise Http404 from refused
    chosen = {one for one in map(_id, request.GET.getlist("trained")) if one}
    metric, since = request.GET.get("metric", ""), date_in(request.GET.get("since", ""))
    context: dict[str, Any] = {
        "branches": [(one, one.pk in chosen) for one in units], "since": since, "metric": metric,
        "metrics": [(key, one.name(reader.language())) for key, one in held.items()], "few": len(units) < 6,
    }  # fmt: skip
    context["proposals"] = [
        (tell(one.names), one.since, _(", ").join(unit.name for unit in one.trained), _query(one, metric))
        for one in records.proposals(request.scope, units, clock.now())
    ]
    if metric and since and chosen:
        try:
            found = studies.study(
                scope=request.scope, metric=metric, treated=chosen, since=since, now=clock.now()
            )  # fmt: skip
            context |= _told(found)
        except DomainError as refused:
            context["refused"] = refused.message
    elif request.GET:
        context["refused"] = _("Choose an indicator, at least one trained branch, and the day from which it holds.")
    return render(request, "academy/effect.html", context)


def _query(one: records.Proposal, metric: str) -> str:
    """The form filled in with a proposal; the indicator stays to be chosen."""
    pairs = [("trained", str(unit.pk)) for unit in one.trained]
    return urlencode([*pairs, ("since", one.since.isoformat()), ("metric", metric)])


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _told(found: studies.Study) -> dict[str, Any]:
    one, told = found.metric, found.effect
    unit = telling.unit_name(one.unit)
    bounded = isfinite(told.low) and isfinite(told.high)
    return {
        "study": found, "told": told, "unit": unit, "chart": _chart(found, unit), "bounded": bounded,
        "estimate": _number(one, told.estimate, sign=True), "low": _number(one, told.low, sign=True),
        "high": _number(one, told.high, sign=True), "detectable": _number(one, told.detectable),
        "known": isfinite(told.detectable), "p": f"{told.p:.3f}", "trend": _number(one, told.trend, sign=True),
        "trend_p": f"{told.trend_p:.3f}", "better": _better(one, told.estimate), "blind": told.least_p > 0.05,
        "name": one.name(reader.language()), "names": _(", ").join(unit.name for unit in found.treated),
        "dropped": _(", ").join(unit.name for unit in found.left_out),
        "alike": [(unit.name, _(", ").join(other.name for other in others)) for unit, others in found.alike],
    }  # fmt: skip


def _number(one: Metric, value: float, *, sign: bool = False) -> str:
    if not isfinite(value):
        return "–"
    digits = max(2, one.digits)
    shown = round(value, digits) + 0.0  # never “-0.00”
    return f"{shown:+.{digits}f}" if sign else f"{shown:.{digits}f}"


def _better(one: Metric, value: float) -> bool | None:
    """Whether the change is a good one; None for a figure without a direction."""
    return {"up": value > 0, "down": value < 0}.get(one.direction)


def _chart(found: studies.Study, unit: str) -> Chart:
    told = found.effect
    title = _("Trained branches less alike ones, week by week")
    return Chart(
        key="effect", kind="line", title=title, unit=unit, source=_("the indicator's own rows"),
        x=[day.strftime("%m-%d") for day in found.weeks], x_label=_("Week from"),
        series=[Series(_("Trained less alike"), [round(gap, 3) for gap in told.gaps])],
        limits=[Limit(0.0, _("as before"))],
        now=found.since.strftime("%m-%d"), now_label=_("from here on"),
    )  # fmt: skip
