"""Where evidence comes from: submitted rounds, finished plays, metrics past their bounds. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.checklists import RoundFilter, rounds
from counterpoint.primitives.metrics import Period, UnknownMetric, UnknownRelation, value
from counterpoint.primitives.playbooks import plays
from counterpoint.risk.models import Risk, RiskIndicator
from counterpoint.risk.register import kinds
from counterpoint.risk.register.assessing import New, body_of
from counterpoint.risk.register.kinds import IndicatorBody, RiskBody
from counterpoint.risk.rules.residual import DRILL, METRIC, TEST

LOOK_BACK = timedelta(days=45)
MOST = 400


def gathered(*, scope: Scope, branch: OrgUnit, rows: Iterable[Risk], now: datetime) -> Iterator[tuple[Risk, list[New]]]:
    """For every risk what its controls' tests, drills and indicators say, known or not; newest of the last weeks."""
    rows = list(rows)
    bodies = {row.pk: body_of(row) for row in rows}
    tests = _rounds(scope, branch, {c.checklist for b in bodies.values() for c in b.controls if c.checklist}, now)
    drills = _plays(scope, branch, {c.playbook for b in bodies.values() for c in b.controls if c.playbook}, now)
    indicators = {(one.risk_id, one.metric): one for one in RiskIndicator.objects.filter(risk__in=rows)}
    for row in rows:
        body = bodies[row.pk]
        mine = {  # one that the definition gained later begins with its first reading
            one.metric: indicators.get((row.pk, one.metric))
            or RiskIndicator(org_unit=branch, risk=row, metric=one.metric)
            for one in body.indicators
        }  # fmt: skip
        new = [*_of_controls(body, tests, drills), *_of_indicators(scope, branch, mine, body, now)]
        yield row, [one for one in new if one.at <= now]


def _rounds(
    scope: Scope, branch: OrgUnit, keys: set[str], now: datetime
) -> dict[str, list[tuple[str, float, datetime]]]:
    """Submitted rounds by checklist: source, how well it went, when. A failed critical item is a failed test."""
    found: dict[str, list[tuple[str, float, datetime]]] = defaultdict(list)
    since = branch.date_at(now - LOOK_BACK)
    for key in sorted(keys):
        with scoped(scope):
            rows = list(rounds(scope=scope, filters=RoundFilter(checklist=key, since=since), org_unit=branch)[:MOST])
        for row in rows:
            if row.done_at is not None and row.passed is not None:
                share = (row.percent if row.percent is not None else 100.0) / 100.0
                found[key].append((f"round:{row.pk}", share if row.passed else 0.0, row.done_at))
    return found


def _plays(
    scope: Scope, branch: OrgUnit, keys: set[str], now: datetime
) -> dict[str, list[tuple[str, float, datetime]]]:
    """Finished plays by playbook, real ones too: source, score, end. Broken off counts nothing."""
    found: dict[str, list[tuple[str, float, datetime]]] = defaultdict(list)
    for key in sorted(keys):
        for one in plays(scope=scope, org_unit=branch, playbook=key, since=now - LOOK_BACK):
            if one.state == "completed" and one.ended_at is not None and one.score is not None:
                found[key].append((f"play:{one.id}", one.score / 100.0, one.ended_at))
    return found


def _of_controls(body: RiskBody, tests: dict[str, list[tuple[str, float, datetime]]],
                 drills: dict[str, list[tuple[str, float, datetime]]]) -> Iterator[New]:  # fmt: skip
    for control in body.controls:
        for source, share, at in tests.get(control.checklist, ()):
            yield New(TEST, round(share, 4), at, source, control.slug)
        for source, share, at in drills.get(control.playbook, ()):
            yield New(DRILL, round(share, 4), at, source, control.slug)


def _of_indicators(
    scope: Scope, branch: OrgUnit, known: Mapping[str, RiskIndicator], body: RiskBody, now: datetime
) -> Iterator[New]:
    """A finished period past its bound presses once; one within bounds says nothing."""
    weight = kinds.scale(branch, now).weights.metric
    for one in body.indicators:
        held = known[one.metric]
        period = last_period(one, branch, now)
        if held.period != period.slug:
            _read(scope, branch, held, one, period, now)
        if held.state == "breached":
            yield New(METRIC, weight, _ended(branch, period), f"metric:{one.metric}:{period.slug}")


def last_period(one: IndicatorBody, branch: OrgUnit, now: datetime) -> Period:
    """The newest period that is over."""
    today = branch.date_at(now)
    if one.grain == "day":
        return Period(today - timedelta(days=1), "day")
    if one.grain == "week":
        return Period(today - timedelta(days=today.weekday() + 7), "week")
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    if one.grain == "month":
        return Period(month, "month")
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
    return Period(date(quarter.year, (quarter.month - 1) // 3 * 3 + 1, 1), "quarter")


def _ended(branch: OrgUnit, period: Period) -> datetime:
    return datetime.combine(period.until, time(), ZoneInfo(branch.time_zone))


def _read(
    scope: Scope, branch: OrgUnit, held: RiskIndicator, one: IndicatorBody, period: Period, now: datetime
) -> None:
    try:
        read = value(scope=scope, org_unit=branch, metric=one.metric, grain=one.grain, period=period, now=now)
    except (UnknownMetric, UnknownRelation):
        held.state, held.value, held.rows = "none", None, 0
    else:
        held.value, held.rows = read.value, read.n
        held.state = _state(one, read.value, read.n)
    held.period, held.read_at, held.org_unit = period.slug, now, branch
    held.save()


def _state(one: IndicatorBody, number: float | None, rows: int) -> str:
    if number is None:
        return "none"
    if rows < one.min_volume:
        return "few"
    past = (one.high is not None and number > one.high) or (one.low is not None and number < one.low)
    return "breached" if past else "fine"
