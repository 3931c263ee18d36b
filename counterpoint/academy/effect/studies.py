"""A study: weeks of one KPI for the branches that the caller may see, and what the comparison says of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from counterpoint.academy.verbs import EFFECT
from counterpoint.foundation.api import Forbidden, Invalid, OrgUnit, Scope, branches
from counterpoint.primitives.metrics import Metric, Period, board, metrics, periods
from counterpoint.science.inference import Effect, Panel, TooLittle, effect

WEEK = periods.WEEK
BEFORE, MOST_AFTER = 12, 26  # weeks
LEAST_KNOWN = 0.75  # share of weeks before and after in which a branch must have a figure
SEED = 20_261_128  # published: everybody's page draws the same sets


@dataclass(frozen=True)
class Study:
    """What was compared and what came out. `left_out` are branches with too few figures."""

    metric: Metric
    weeks: tuple[date, ...]
    since: date
    treated: tuple[OrgUnit, ...]
    controls: tuple[OrgUnit, ...]
    left_out: tuple[OrgUnit, ...]
    effect: Effect
    alike: tuple[tuple[OrgUnit, tuple[OrgUnit, ...]], ...]


def choices(scope: Scope) -> tuple[list[OrgUnit], dict[str, Metric]]:
    """Branches that the caller may compare, and the KPIs that are counted by week."""
    units = [one for one in branches(scope=scope) if scope.may(EFFECT, one.path)]
    if not units:
        raise Forbidden(_("This compares branches; it needs a post above them."), verb=EFFECT)
    on = date(2100, 1, 1)
    held = metrics(on, units[0].rule_pack, units[0].path)
    return units, {key: one for key, one in held.items() if WEEK in one.grains and not one.hide_small}


def study(
    *, scope: Scope, metric: str, treated: Collection[UUID], since: date, now: datetime, before: int = BEFORE
) -> Study:  # fmt: skip
    """Hold the treated branches against the others: `before` whole weeks before the week of `since`, and every whole
    week since. Raises `Invalid` in words when the figures cannot answer."""
    units, held = choices(scope)
    if metric not in held:
        raise Invalid(_("There is no such indicator here."), field="metric")
    first = periods.of(WEEK, since)
    last = periods.of(WEEK, min(one.date_at(now) for one in units))
    after = min(MOST_AFTER, (last.since - first.since).days // 7)
    weeks = [Period(first.since + timedelta(days=7 * step), WEEK) for step in range(-before, after)]
    if after < 2:
        raise Invalid(_("At least two whole weeks have to have passed since then."), field="since")
    one = held[metric]
    found = board(scope=scope, units=units, metrics=[one], periods=weeks, now=now)
    rows = np.array([[_figure(found[unit.pk, one.key, week].value) for week in weeks] for unit in units])
    known = np.isfinite(rows)
    whole = (known[:, :before].mean(axis=1) >= LEAST_KNOWN) & (known[:, before:].mean(axis=1) >= LEAST_KNOWN)
    kept = [unit for unit, fine in zip(units, whole, strict=True) if fine]
    marks = np.array([unit.pk in treated for unit in kept], dtype=bool)
    try:
        told = effect(Panel(rows[whole], marks, before), seed=SEED)
    except TooLittle:
        raise Invalid(
            _("The figures cannot answer: at least one trained branch and one other are needed, each with this "
              "indicator in most of the weeks before and after.")
        ) from None  # fmt: skip
    return Study(
        metric=one, weeks=tuple(week.since for week in weeks), since=first.since,
        treated=tuple(unit for unit in kept if unit.pk in treated),
        controls=tuple(unit for unit in kept if unit.pk not in treated),
        left_out=tuple(unit for unit, fine in zip(units, whole, strict=True) if not fine), effect=told,
        alike=tuple((kept[place], tuple(kept[other] for other in others)) for place, others in told.matched),
    )  # fmt: skip


def _figure(value: float | None) -> float:
    return float("nan") if value is None else float(value)
