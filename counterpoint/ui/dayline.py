"""The day-line: phases of a branch day with their place on a line, computed from opening hours and now. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

PHASES = ("pre_open", "open", "lunch", "peak", "close", "evening")
BEFORE_OPENING = timedelta(minutes=60)
BEFORE_CLOSING = timedelta(minutes=30)
AFTER_CLOSING = timedelta(minutes=210)
# Lunch rotation of the branch handbook; the afternoon peak follows it.
LUNCH_HOURS = ((11, 0), (13, 30))


@dataclass(frozen=True)
class BranchDay:
    """Today's hours of one branch, in the branch's time zone. `opens` is None on a closed day."""

    now: datetime
    opens: datetime | None
    closes: datetime | None
    lunch: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class PhaseSpan:
    """One phase: times, and its place in per cent of the line's width."""

    key: str
    starts: datetime
    ends: datetime
    left: float
    width: float
    state: str  # past, current or ahead


@dataclass(frozen=True)
class DayLine:
    """All phases of the day, where now stands (0–100) and which phase the desk serves."""

    spans: tuple[PhaseSpan, ...]
    now: datetime
    now_at: float
    phase: str


def day_line(day: BranchDay) -> DayLine | None:
    """Lay the phases out; None on a closed day. Before the first phase the desk serves it; after the last, the last."""
    if day.opens is None or day.closes is None:
        return None
    if not day.opens < day.closes:
        raise ValueError(f"Closing time {day.closes:%H:%M} must be after opening time {day.opens:%H:%M}.")
    bounds = _bounds(day.opens, day.closes, day.lunch or _usual_lunch(day.opens))
    first, last = bounds[0][1], bounds[-1][2]
    length = (last - first).total_seconds()

    def at(moment: datetime) -> float:
        return round(min(max((moment - first).total_seconds() / length, 0.0), 1.0) * 100, 2)

    serving = _serving(bounds, day.now)
    spans = tuple(
        PhaseSpan(key, starts, ends, at(starts), round(at(ends) - at(starts), 2), _state(key, serving, ends, day.now))
        for key, starts, ends in bounds
    )
    return DayLine(spans=spans, now=day.now, now_at=at(day.now), phase=serving)


def phase_of(day: BranchDay | None) -> str:
    """The phase for the desk. A closed day or an unknown one has the evening's quiet desk."""
    line = day_line(day) if day else None
    return line.phase if line else "evening"


def _bounds(
    opens: datetime, closes: datetime, lunch: tuple[datetime, datetime]
) -> list[tuple[str, datetime, datetime]]:
    """Phases in order without the empty ones: a short morning has no lunch and no peak."""
    closing = max(opens, closes - BEFORE_CLOSING)
    lunch_from, lunch_to = (min(max(edge, opens), closing) for edge in lunch)
    cuts = (
        ("pre_open", opens - BEFORE_OPENING, opens),
        ("open", opens, lunch_from),
        ("lunch", lunch_from, lunch_to),
        ("peak", lunch_to, closing),
        ("close", closing, closes),
        ("evening", closes, closes + AFTER_CLOSING),
    )
    return [cut for cut in cuts if cut[1] < cut[2]]


def _usual_lunch(opens: datetime) -> tuple[datetime, datetime]:
    (from_hour, from_minute), (to_hour, to_minute) = LUNCH_HOURS
    day = opens.replace(second=0, microsecond=0)
    return day.replace(hour=from_hour, minute=from_minute), day.replace(hour=to_hour, minute=to_minute)


def _serving(bounds: list[tuple[str, datetime, datetime]], now: datetime) -> str:
    begun = [key for key, starts, _ in bounds if starts <= now]
    return begun[-1] if begun else bounds[0][0]


def _state(key: str, serving: str, ends: datetime, now: datetime) -> str:
    if key == serving:
        return "current"
    return "past" if ends <= now else "ahead"
