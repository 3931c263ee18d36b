"""The watch over all numbers: the tick refreshes states, judges thresholds, listens for silence, compares peers.

Each branch is one transaction. A metric that cannot be judged raises an alarm of its own and does not stop the others.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.db import transaction

from counterpoint.foundation.api import OrgUnit, Scope, roles, scoped, system_scope, tick
from counterpoint.primitives.metrics import alarms, causes, cells, listening, needs, periods, reading, relations, rules
from counterpoint.primitives.metrics.definition import Metric, Threshold
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.models import MetricCover, MetricRound
from counterpoint.primitives.metrics.periods import DAY, HOUR, Period
from counterpoint.primitives.metrics.reading import Board, Value
from counterpoint.primitives.metrics.rules import Facts

log = logging.getLogger("counterpoint.metrics")

EVERY_SECONDS = 60  # how often a branch is looked at
TICK_SECONDS = 5
MOST_AT_ONCE = 20  # branches one tick looks at, so that other rooms' deadlines are not kept waiting
DAYS_AT_ONCE = 2  # ended days that are judged in one look
LATE_DAYS = 10  # how far back a day is judged again when its rows changed
USUAL_WEEKS = 4
ONE_DAY = timedelta(days=1)


def night(path: str = "/") -> Scope:
    """The scope of the watch at a place: it may do there what a breach asks for."""
    return system_scope(tuple(roles.table()), (path,), label="numbers")


@tick.every("primitives.numbers", TICK_SECONDS, atomic=False)
def watch(now: datetime) -> int:
    """Refresh and judge the branches that were looked at longest ago. Returns alarms raised."""
    return tick.each("branch not looked at", due_branches(now), lambda branch: watch_branch(branch, now), atomic=False)


def due_branches(now: datetime) -> list[OrgUnit]:
    """Those whose last look is a minute old, the longest first: as many as serve all within the minute, at most
    MOST_AT_ONCE."""
    with scoped(night()):
        rounds = dict(MetricRound.objects.values_list("org_unit_id", "at"))
        branches = list(OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH).order_by("path"))
    count = min(MOST_AT_ONCE, ceil(len(branches) * TICK_SECONDS / EVERY_SECONDS))
    due = [b for b in branches if b.pk not in rounds or now - rounds[b.pk] >= timedelta(seconds=EVERY_SECONDS)]
    new = datetime.min.replace(tzinfo=now.tzinfo)
    return sorted(due, key=lambda b: rounds.get(b.pk, new))[:count]


def watch_branch(branch: OrgUnit, now: datetime) -> int:
    """One branch: states, thresholds of what is running and of what is over since last time, silence."""
    scope = night(branch.path)
    today = branch.date_at(now)
    wanted = needs.metrics(today, branch.rule_pack, branch.path)
    changed = refresh_branch(scope, branch, wanted, now)
    with scoped(scope):
        held = MetricRound.objects.filter(org_unit=branch).first() or MetricRound(
            org_unit=branch, judged=today - ONE_DAY * 2
        )
    begin = max(held.judged, today - ONE_DAY * LATE_DAYS)
    upto = min(today - ONE_DAY, begin + ONE_DAY * DAYS_AT_ONCE)
    over = {begin + ONE_DAY * n for n in range(1, (upto - begin).days + 1)}
    over |= set(sorted(on for on in changed if begin - ONE_DAY * LATE_DAYS <= on <= begin)[-DAYS_AT_ONCE:])
    raised = judge_branch(scope, branch, list(wanted.values()), sorted(over), now)
    raised += listening.listen(scope, branch, list(wanted.values()), now)
    with scoped(scope), transaction.atomic():
        held.judged, held.at = max(held.judged, upto), now
        held.save()
    return raised


def refresh_branch(scope: Scope, branch: OrgUnit, wanted: Mapping[str, Metric], now: datetime) -> set[date]:
    """All relations' cells; dates that were counted again because rows changed."""
    parts = {key: some for key, some in needs.parts_of(wanted.values()).items() if relations.offered(key)}
    try:
        return cells.refresh(scope=scope, branch=branch, parts=parts, now=now)
    except Exception:  # one room's rows cannot be read: refresh each relation alone, so that the others are not silent
        log.exception("cells not refreshed together", extra={"event": branch.code})
    changed: set[date] = set()
    for key, some in parts.items():
        try:
            changed |= cells.refresh(scope=scope, branch=branch, parts={key: some}, now=now, growth=0)
        except Exception as failure:
            log.exception("cells not refreshed", extra={"event": key, "kind": type(failure).__name__})
    return changed


@dataclass(frozen=True)
class Judged:
    """A threshold with the period that it is judged on."""

    metric: Metric
    threshold: Threshold
    period: Period


def judge_branch(scope: Scope, branch: OrgUnit, wanted: Sequence[Metric], over: Sequence[date], now: datetime) -> int:
    """Judge every threshold on its running period, and those of periods that ended on one of the dates `over`."""
    due = due_at(branch, wanted, over, now)
    if not due:
        return 0
    try:
        board = _board(scope, branch, due, now)
    except Exception:  # one of them breaks the common reading: read each alone
        log.exception("numbers not read together", extra={"event": branch.code})
        board = None
    return sum(_judged(scope, branch, one, board, now) for one in due)


def due_at(branch: OrgUnit, wanted: Sequence[Metric], over: Sequence[date], now: datetime) -> list[Judged]:
    """What is to be judged now: periods that run, where the threshold wants it, and those that ended."""
    local = now.astimezone(ZoneInfo(branch.time_zone))
    today = local.date()
    found: dict[tuple[str, str, Period], Judged] = {}
    for one in wanted:
        for threshold in one.thresholds:
            at = [periods.of(threshold.grain, on) for on in over] if threshold.grain != HOUR else []
            at = [p for p in at if p.until <= today]
            if threshold.running:
                at.append(periods.of(threshold.grain, today, local.hour))
            for period in at:
                found[one.key, threshold.slug, period] = Judged(one, threshold, period)
    return list(found.values())


def _past(one: Judged) -> dict[str, list[Period]]:
    """Periods that the threshold needs beside its own."""
    threshold, period = one.threshold, one.period
    week = 7 if period.grain in (HOUR, DAY) else 1
    found: dict[str, list[Period]] = {"before": [], "against": [], "history": []}
    if threshold.periods > 1:
        found["before"] = [period.back(n) for n in range(1, threshold.periods + 4)]
    if threshold.kind == "percent_change":
        found["against"] = {
            "last_week": [period.week_before], "last_period": [period.back()],
            "usual": [period.back(week * n) for n in range(1, USUAL_WEEKS + 1)],
        }[threshold.against]  # fmt: skip
    if threshold.kind == "computed_sigma":
        step = 7 if threshold.like == "weekday" and period.grain in (HOUR, DAY) else 1
        found["history"] = [period.back(n) for n in range(step, threshold.history + 1, step)]
    return found


def _board(scope: Scope, branch: OrgUnit, due: Sequence[Judged], now: datetime) -> Board:
    """Every value that the thresholds need, read at once."""
    needed = {period for one in due for period in (one.period, *(p for some in _past(one).values() for p in some))}
    metrics = list({one.metric.key: one.metric for one in due}.values())
    return reading.board(scope=scope, units=[branch], metrics=metrics, periods=sorted(needed, key=_order), now=now)


def _order(period: Period) -> tuple[date, str, int]:
    return period.since, period.grain, period.hour or 0


def _judged(scope: Scope, branch: OrgUnit, one: Judged, board: Board | None, now: datetime) -> int:
    try:
        with transaction.atomic():
            found = board if board is not None else _board(scope, branch, [one], now)
            return _judge(scope, branch, one, found, now)
    except Exception as failure:  # an alarm that fails is itself an alarm
        log.exception("threshold not judged", extra={"event": one.metric.key, "kind": type(failure).__name__})
        raised = alarms.alarm_raise(
            scope=scope, branch=branch, metric=one.metric, rule=alarms.FAILURE, level="watch", now=now, cause={},
            period=branch.date_at(now).isoformat(), found={"error": type(failure).__name__, "rule": one.threshold.slug},
        )  # fmt: skip
        return int(raised is not None)


def _judge(scope: Scope, branch: OrgUnit, one: Judged, board: Board, now: datetime) -> int:
    value = board[branch.pk, one.metric.key, one.period]
    past = {
        name: [answer_of(board[branch.pk, one.metric.key, period]) for period in some]
        for name, some in _past(one).items()
    }
    aim = value.target.bounds if value.target else None
    facts = Facts(answer_of(value), past["before"], past["against"], past["history"], aim)
    verdict = rules.judge(one.metric, one.threshold, facts)
    if not verdict.breached:
        if verdict.why in (rules.FINE, rules.UNSURE):
            alarms.alarms_over(
                scope=scope, branch=branch, metric=one.metric.key, rule=one.threshold.slug, now=now,
                but=one.period.slug if one.period.grain == HOUR else "",
            )  # fmt: skip
        return 0
    cause = causes.cause_of(scope=scope, branch=branch, metric=one.metric, period=one.period)
    raised = alarms.alarm_raise(
        scope=scope, branch=branch, metric=one.metric, rule=one.threshold.slug, period=one.period.slug,
        level=one.threshold.level, now=now, cause=cause.as_data(),
        found={
            "value": value.value, "n": value.n, "low": value.low, "high": value.high, "limit": verdict.limit,
            "side": verdict.side, "usual": verdict.usual, "kind": one.threshold.kind, "periods": one.threshold.periods,
        },
    )  # fmt: skip
    return int(raised is not None)


def answer_of(value: Value) -> Answer:
    """A value as the rules read it."""
    return Answer(value.value, value.n, value.low, value.high)


def covered_until(scope: Scope, branches: Sequence[OrgUnit]) -> datetime | None:
    """How old the oldest state of these branches is; None while nothing was refreshed."""
    with scoped(scope):
        rows = MetricCover.objects.filter(org_unit__in=[b.pk for b in branches])
        return min(rows.values_list("at", flat=True), default=None)
