"""What happened to one machine: when its branch was open, when it was down and how far, when work on it was planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[float, float]
EXTENTS = ("partial", "full", "network")  # a function lost; nothing works; works but has no connection


@dataclass(frozen=True, slots=True)
class Fault:
    """Down from `began` to `ended` (minutes on the record's time line; None while it lasts) to an extent of EXTENTS."""

    began: float
    ended: float | None
    extent: str = "full"

    def __post_init__(self) -> None:
        if self.extent not in EXTENTS:
            raise ValueError(f"extent {self.extent!r} is not one of {EXTENTS}")
        if self.ended is not None and self.ended < self.began:
            raise ValueError(f"a fault that began at {self.began} cannot have ended at {self.ended}")


@dataclass(frozen=True)
class Record:
    """One machine over a stretch of time, all in minutes on one time line.

    `hours` are the spans in which the branch served, in order and apart; `planned` are spans of approved maintenance,
    which count neither as up nor as down. The end of the last span is the end of what is known.
    """

    hours: tuple[Span, ...]
    faults: tuple[Fault, ...] = ()
    planned: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        for begin, end in self.hours:
            if end <= begin:
                raise ValueError(f"hours from {begin} to {end} do not run forward")
        for (_, end), (begin, _) in zip(self.hours, self.hours[1:], strict=False):
            if begin < end:
                raise ValueError("spans of hours overlap or are out of order")

    @property
    def end(self) -> float:
        """The last minute that is known."""
        return self.hours[-1][1] if self.hours else 0.0


def open_minutes(record: Record) -> float:
    """Minutes in which the branch served and no maintenance was planned."""
    return sum(end - begin for begin, end in _served(record))


def down_minutes(record: Record, extents: Iterable[str]) -> float:
    """Minutes of `open_minutes` in which a fault of one of the extents lasted; overlapping faults count once."""
    wanted = frozenset(extents)
    down = merged(
        (fault.began, record.end if fault.ended is None else fault.ended)
        for fault in record.faults
        if fault.extent in wanted
    )
    return sum(end - begin for begin, end in common(_served(record), down))


def _served(record: Record) -> list[Span]:
    return without(record.hours, merged(record.planned))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch joined."""
    out: list[Span] = []
    for begin, end in sorted(spans):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        elif end > begin:
            out.append((begin, end))
    return out


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """What two lists of spans in order share."""
    out: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        begin, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if begin < end:
            out.append((begin, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return out


def without(one: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """What is left of the spans outside the holes."""
    out: list[Span] = []
    for begin, end in one:
        at = begin
        for hole_begin, hole_end in holes:
            if hole_end <= at or hole_begin >= end:
                continue
            if hole_begin > at:
                out.append((at, hole_begin))
            at = max(at, hole_end)
        if at < end:
            out.append((at, end))
    return out
