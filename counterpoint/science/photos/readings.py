"""Numbers on displays and meters: a number with the unit that was asked for, sure or said to be unsure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.photos.grammar import plain
from counterpoint.science.photos.lines import Line

LEAST_LETTER = 0.85
UNITS = {
    "%": r"%|％",
    "MPa": r"M[P]A",
    "V": r"V(?![A-Z])",
    "A": r"A(?![A-Z])",
    "kVA": r"KVA",
    "℃": r"[°º]?\s*C|℃",
    "lx": r"L[XU]X?",
    "min": r"MIN|分钟|分",
    "h": r"H(?![A-Z])|小时",
}


@dataclass(frozen=True)
class NumberFound:
    """A number with its unit; `doubts` is empty when it is sure."""

    value: float
    text: str
    confidence: float
    doubts: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether it may be shown as read."""
        return not self.doubts


def read_number(picture: NDArray[np.uint8], unit: str) -> NumberFound | None:
    """The number before `unit` (a key of UNITS) in a picture; None when there is none."""
    from counterpoint.science.photos import words

    reading = words.read(picture)
    found = find_number(reading.lines, unit)
    if found is None:
        return None
    everything = range(len(reading.lines))
    for how in words.ALTERATIONS:
        again = find_number(reading.again(everything, how), unit)
        if again is None or again.value != found.value:
            doubts = (*found.doubts, "differs")
            return NumberFound(found.value, found.text, found.confidence, doubts)
    return found


def find_number(lines: Sequence[Line], unit: str) -> NumberFound | None:
    """The number before the unit in lines that were read; in doubt when several differ."""
    pattern = re.compile(rf"(?<![\d.])(-?\d{{1,4}}(?:\.\d{{1,3}})?)\s*(?:{UNITS[unit]})")
    found = []
    for line in lines:
        for match in pattern.finditer(plain(line.text)):
            sure = line.least(match.start(1), match.end(1))
            doubts = ("faint",) if sure < LEAST_LETTER else ()
            found.append(NumberFound(float(match.group(1)), match.group(0), sure, doubts))
    if not found:
        return None
    first = found[0]
    if any(other.value != first.value for other in found):
        return NumberFound(first.value, first.text, first.confidence, (*first.doubts, "several"))
    return first
