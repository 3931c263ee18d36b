"""When a number is off course. Pure: answers in, a verdict out.

Small counts do not alarm: a verdict needs the threshold's minimum volume, and where it asks to be `sure`, the whole
99 % interval beyond the limit: with a thousand numbers a day, 95 % would cry wolf every morning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from counterpoint.primitives.metrics.definition import BAND, DOWN, UP, Bounds, Metric, Threshold
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.intervals import CERTAIN

BREACH, FINE, VOLUME, UNSURE, NO_LIMIT, NO_HISTORY = "breach", "fine", "volume", "unsure", "no_limit", "no_history"
FEWEST = 8  # values of the own history below which no spread is believed
WIDER = 2.575829 / CERTAIN  # from the 95 % interval that is shown to the 99 % one that alarms
ROBUST = 1.4826  # from the median distance to the standard deviation of a normal law
OVER, UNDER = "over", "under"


@dataclass(frozen=True)
class Verdict:
    """What a threshold says: why, the limit that was crossed, on which side, and the value it was compared with."""

    why: str
    limit: float | None = None
    side: str = ""
    usual: float | None = None

    @property
    def breached(self) -> bool:
        """Whether somebody must hear of it."""
        return self.why == BREACH


@dataclass(frozen=True)
class Facts:
    """What a threshold is judged on: this period's answer, the periods before it (newest first), those to compare with
    for percent_change, the own history for computed_sigma, and the target in force."""

    now: Answer
    before: Sequence[Answer] = ()
    against: Sequence[Answer] = ()
    history: Sequence[Answer] = ()
    target: Bounds | None = None


def judge(metric: Metric, threshold: Threshold, facts: Facts) -> Verdict:
    """The verdict of one threshold on one period."""
    if threshold.kind == "percent_change":
        return _change(metric, threshold, facts)
    bounds, usual = _bounds(metric, threshold, facts)
    if bounds is None:
        return Verdict(NO_HISTORY if threshold.kind == "computed_sigma" else NO_LIMIT)
    sure = threshold.sure and threshold.kind != "computed_sigma"
    last = [_one(bounds, answer, threshold.min_volume, sure) for answer in run(threshold, facts)]
    verdict = last[0]
    if len(last) < threshold.periods:
        return Verdict(VOLUME)
    own = threshold.kind == "computed_sigma" and facts.now.value is not None
    if own and not _matters(threshold, facts.now.value or 0.0):
        return Verdict(FINE)
    if all(one.breached and one.side == verdict.side for one in last):
        return Verdict(BREACH, verdict.limit, verdict.side, usual)
    return verdict if not verdict.breached else Verdict(FINE)


def run(threshold: Threshold, facts: Facts) -> list[Answer]:
    """This period and those before it that must all miss; periods without rows (a closed day) do not count."""
    return [facts.now, *(one for one in facts.before if one.value is not None)][: threshold.periods]


def _bounds(metric: Metric, threshold: Threshold, facts: Facts) -> tuple[Bounds | None, float | None]:
    if threshold.kind == "absolute":
        return Bounds(threshold.low, threshold.high), None
    if threshold.kind == "target":
        return facts.target, None
    return _own_limits(metric, threshold, facts)


def _own_limits(metric: Metric, threshold: Threshold, facts: Facts) -> tuple[Bounds | None, float | None]:
    """Median ± so many robust deviations of the own history, never narrower than this period's own uncertainty."""
    values = [a.value for a in facts.history if a.value is not None and a.n >= threshold.min_volume]
    if len(values) < FEWEST:
        return None, None
    middle = float(median(values))
    spread = ROBUST * float(median(abs(value - middle) for value in values))
    reach = threshold.sigmas * sqrt(spread**2 + _error(facts.now) ** 2)
    low = middle - reach if metric.direction in (UP, BAND) else None
    high = middle + reach if metric.direction in (DOWN, BAND) else None
    return Bounds(low, high), middle


def _one(bounds: Bounds, answer: Answer, least: int, sure: bool) -> Verdict:
    if answer.value is None or answer.n < least:
        return Verdict(VOLUME)
    if bounds.high is not None and answer.value > bounds.high:
        certain = answer.low is None or answer.value - WIDER * (answer.value - answer.low) > bounds.high
        return Verdict(BREACH if certain or not sure else UNSURE, bounds.high, OVER)
    if bounds.low is not None and answer.value < bounds.low:
        certain = answer.high is None or answer.value + WIDER * (answer.high - answer.value) < bounds.low
        return Verdict(BREACH if certain or not sure else UNSURE, bounds.low, UNDER)
    return Verdict(FINE)


def _change(metric: Metric, threshold: Threshold, facts: Facts) -> Verdict:
    """Worse by so many per cent than the mean of what it is compared with, and by more than chance explains."""
    now, others = facts.now, [a for a in facts.against if a.value is not None and a.n >= threshold.min_volume]
    if now.value is None or now.n < threshold.min_volume:
        return Verdict(VOLUME)
    if not others:
        return Verdict(NO_HISTORY)
    usual = sum(a.value or 0.0 for a in others) / len(others)
    if usual == 0:
        return Verdict(NO_HISTORY)
    step = abs(usual) * threshold.by / 100
    over = metric.direction in (DOWN, BAND) and now.value > usual + step and _matters(threshold, now.value)
    under = metric.direction in (UP, BAND) and now.value < usual - step and _matters(threshold, now.value)
    if not over and not under:
        return Verdict(FINE, usual=usual)
    error = sqrt(_error(now) ** 2 + sum(_error(a) ** 2 for a in others) / len(others) ** 2)
    limit, side = (usual + step, OVER) if over else (usual - step, UNDER)
    certain = not threshold.sure or abs(now.value - usual) > WIDER * CERTAIN * error
    return Verdict(BREACH if certain else UNSURE, limit, side, usual)


def _matters(threshold: Threshold, value: float) -> bool:
    """Whether a change is worth a word at all: beyond the sides that the threshold gives, if it gives any."""
    if threshold.high is None and threshold.low is None:
        return True
    return Bounds(threshold.low, threshold.high).misses(value)


def _error(answer: Answer) -> float:
    """The standard error behind an interval; 0 where there is none."""
    if answer.low is None or answer.high is None:
        return 0.0
    return (answer.high - answer.low) / (2 * CERTAIN)
