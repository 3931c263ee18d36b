"""What a label says of time: until when it is valid, when the thing was made and serviced; sure, or said to be unsure.

A date is sure only when its key stands beside it, every letter of it was read with high probability, altered cut-outs
of the same line read the same, nothing on the label contradicts it, and its form allows one meaning.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.photos import grammar
from counterpoint.science.photos.grammar import CYCLE, EXPIRY, MADE, SERVED, UNKNOWN, Stamp, Token
from counterpoint.science.photos.lines import Line, below, beside

LEAST_LETTER = 0.85  # probability of the least sure letter of a date, in every reading of it
LEAST_KEY = 0.50  # of the key's letters: a wrong letter there rarely makes another key
AGREEING = ("wider", "softer", "lighter")
WIDEST_GAP = 0.36  # heights of the line without ink inside a date
LONGEST_LIFE = 20  # years from made to expiry


@dataclass(frozen=True)
class DateFound:
    """A date on a label. `on` is the last day for an expiry (a month is valid to its end), else the first.

    `computed` says that it follows from another date and an interval. `doubts` is empty when the date is sure.
    """

    kind: str
    on: date
    precision: str
    text: str
    confidence: float
    doubts: tuple[str, ...] = ()
    computed: bool = False

    @property
    def sure(self) -> bool:
        """Whether it may be shown as read; otherwise a person types it or takes another photo."""
        return not self.doubts

    def doubted(self, *reasons: str) -> DateFound:
        """The same date with more doubts."""
        more = tuple(r for r in reasons if r and r not in self.doubts)
        return DateFound(
            self.kind, self.on, self.precision, self.text, self.confidence, (*self.doubts, *more), self.computed
        )


@dataclass(frozen=True)
class LabelReading:
    """What a label says; None where it says nothing that was found. `text` is all that was read."""

    expiry: DateFound | None
    made: DateFound | None
    served: DateFound | None
    text: str

    def summary(self) -> dict[str, str]:
        """Dates with their state, for logs and tables."""
        found = {"expiry": self.expiry, "made": self.made, "served": self.served}
        return {
            name: f"{d.on.isoformat()} {'sure' if d.sure else 'unsure: ' + ', '.join(d.doubts)}"
            for name, d in found.items()
            if d is not None
        }


@dataclass(frozen=True)
class _Placed:
    """A date or an interval with its key: the tokens and the numbers of their lines."""

    kind: str
    token: Token
    line: int
    key_line: int = -1
    key: Token | None = None


def read_label(picture: NDArray[np.uint8]) -> LabelReading:
    """Read a photographed label (height × width × 3, blue first)."""
    from counterpoint.science.photos import words

    reading = words.read(picture)
    torn = frozenset(
        (number, token.start)
        for number, line in enumerate(reading.lines)
        for token in grammar.tokens(line.text)
        if token.stamp and reading.blank(number, token.start, token.end) > WIDEST_GAP
    )
    found = interpret(reading.lines, torn)
    if not _dated(reading.lines):
        return found
    numbers = sorted(_dated(reading.lines))
    for how in AGREEING:
        lines = list(reading.lines)
        for number, line in zip(numbers, reading.again(numbers, how), strict=True):
            lines[number] = line
        found = _agreed(found, interpret(tuple(lines)))
    return found


def interpret(lines: Sequence[Line], torn: frozenset[tuple[int, int]] = frozenset()) -> LabelReading:
    """What the lines of a label say, without a second reading of them.

    `torn` names dates (number of the line, first letter) with a gap in which a digit may have stood.
    """
    placed = _place(lines)
    dated = [(p, p.token.stamp) for p in placed if p.token.stamp is not None]
    loose = [(p, stamp) for p, stamp in dated if p.kind == UNKNOWN]
    dated = [(p, _torn(stamp) if (p.line, p.token.start) in torn else stamp) for p, stamp in dated]
    made = _one(lines, dated, MADE)
    served = _one(lines, dated, SERVED)
    expiry = _one(lines, dated, EXPIRY) or _computed(lines, placed, made, served)
    if expiry is None and len(loose) == 1:
        expiry = _found(lines, *loose[0], EXPIRY).doubted("no_key")
    if expiry is not None and any(stamp.last > expiry.on for _, stamp in loose):
        expiry = expiry.doubted("other_date")
    return LabelReading(_plausible(expiry, made, served), made, served, "\n".join(line.text for line in lines))


def _dated(lines: Sequence[Line]) -> set[int]:
    """Numbers of the lines that hold a key, a date or an interval."""
    return {i for i, line in enumerate(lines) if grammar.tokens(line.text)}


def _place(lines: Sequence[Line]) -> list[_Placed]:
    """Every date and interval with the key it belongs to: the one before it in its line, else left of it or above."""
    tokens = [grammar.tokens(line.text) for line in lines]
    placed: list[_Placed] = []
    waiting: list[tuple[int, Token]] = []
    for number, found in enumerate(tokens):
        key: Token | None = None
        for token in found:
            if token.kind:
                key = token
            elif token.ranged:
                continue
            elif key is not None:
                placed.append(_Placed(key.kind, token, number, number, key))
                key = None
            elif token.stamp or (token.start == 0 and token.end >= len(lines[number].text.rstrip())):
                waiting.append((number, token))
    free = [(i, found[-1]) for i, found in enumerate(tokens) if found and found[-1].kind]
    for number, token in waiting:
        choice = _key_for(lines, number, free)
        if choice is None:
            placed.append(_Placed(UNKNOWN, token, number))
            continue
        free.remove(choice)
        placed.append(_Placed(choice[1].kind, token, number, *choice))
    return placed


def _key_for(lines: Sequence[Line], number: int, free: list[tuple[int, Token]]) -> tuple[int, Token] | None:
    """The nearest free key left of the line, else the one right above."""
    own = lines[number]
    left = [(own.box[0] - lines[i].box[2], i, key) for i, key in free if i != number and beside(lines[i], own)]
    if left:
        _, i, key = min(left, key=lambda item: (item[0], item[1]))
        return i, key
    above = [(own.box[1] - lines[i].box[3], i, key) for i, key in free if i != number and below(lines[i], own)]
    if above:
        _, i, key = min(above, key=lambda item: (item[0], item[1]))
        return i, key
    return None


def _torn(stamp: Stamp) -> Stamp:
    return replace(stamp, open=stamp.open or "gap")


def _found(lines: Sequence[Line], placed: _Placed, stamp: Stamp, kind: str) -> DateFound:
    line, token = lines[placed.line], placed.token
    letters, key = line.least(token.start, token.end), _key_sure(lines, placed)
    doubts = [stamp.open] if stamp.open else []
    doubts += ["faint"] if letters < LEAST_LETTER else []
    doubts += ["faint_key"] if key < LEAST_KEY else []
    on = stamp.last if kind == EXPIRY else stamp.first
    precision = "day" if stamp.day else "month"
    return DateFound(kind, on, precision, line.text[token.start : token.end], min(letters, key), tuple(doubts))


def _key_sure(lines: Sequence[Line], placed: _Placed) -> float:
    """Probability of the least sure letter of its key; 1 without one."""
    return 1.0 if placed.key is None else lines[placed.key_line].least(placed.key.start, placed.key.end)


def _one(lines: Sequence[Line], dated: Sequence[tuple[_Placed, Stamp]], kind: str) -> DateFound | None:
    """The date of a kind; with several that differ, the last one, in doubt."""
    found = [_found(lines, p, stamp, kind) for p, stamp in dated if p.kind == kind]
    if not found:
        return None
    chosen = max(found, key=lambda d: d.on)
    return chosen if len({d.on for d in found}) == 1 else chosen.doubted("several")


def _computed(
    lines: Sequence[Line], placed: Sequence[_Placed], made: DateFound | None, served: DateFound | None
) -> DateFound | None:
    """Expiry from a date and an interval: a life counts from the making, a cycle from the last service."""
    found = [p for p in placed if p.token.months and p.kind in (EXPIRY, CYCLE) and not _until(lines, p)]
    if len(found) != 1:
        return None
    start = served if found[0].kind == CYCLE and served is not None else made
    if start is None:
        return None
    sure = min(lines[found[0].line].least(found[0].token.start, found[0].token.end), _key_sure(lines, found[0]))
    on = add_months(start.on, found[0].token.months)
    if start.precision == "month":
        on = on.replace(day=monthrange(on.year, on.month)[1])
    made_up = DateFound(
        EXPIRY, on, start.precision, start.text, min(sure, start.confidence), start.doubts, computed=True
    )
    return made_up.doubted(
        "faint" if sure < LEAST_LETTER else "", "first_cycle" if found[0].kind == CYCLE and start is made else ""
    )


def _until(lines: Sequence[Line], placed: _Placed) -> bool:
    """Whether its key asks for a day, so that what looks like an interval is a day that was read badly."""
    if placed.key is None:
        return True
    return (
        lines[placed.key_line]
        .text[placed.key.start : placed.key.end]
        .endswith(("至", "到", "止", "日期", "时间", "日"))
    )


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day where it has fewer."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _plausible(expiry: DateFound | None, *earlier: DateFound | None) -> DateFound | None:
    if expiry is None:
        return None
    for other in earlier:
        if other is not None and other.on >= expiry.on:
            return expiry.doubted("before_made")
        if other is not None and other.on.year + LONGEST_LIFE < expiry.on.year:
            return expiry.doubted("too_long")
        if other is not None and (expiry.precision, other.precision) == ("month", "day"):
            return expiry.doubted("mixed")  # the day may be gone
    return expiry


def _agreed(first: LabelReading, second: LabelReading) -> LabelReading:
    """The first reading, in doubt where the second differs or has doubts of its own."""

    def one(a: DateFound | None, b: DateFound | None) -> DateFound | None:
        if a is None:
            return b.doubted("differs") if b is not None else None
        if b is None or (a.on, a.precision) != (b.on, b.precision):
            return a.doubted("differs")
        return a.doubted(*b.doubts)

    return LabelReading(
        one(first.expiry, second.expiry), one(first.made, second.made), one(first.served, second.served), first.text
    )
