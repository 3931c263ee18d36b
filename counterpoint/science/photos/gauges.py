"""Reading a round dial with a needle: find the dial, find where the needle points, read the scale between its ends.

The caller says where the scale begins and ends (`Dial`): degrees clockwise from straight down, and the values there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
SIDE = 800
STEPS = 720  # directions looked at: half a degree
CLEAR = 1.6  # how much darker the needle is than the next best direction
NEEDLE = (0.25, 0.62)  # share of the radius along which a needle is looked for, inside the ticks


@dataclass(frozen=True)
class Dial:
    """The scale of a gauge: `low` at `begins` degrees and `high` at `ends`, clockwise from straight down."""

    low: float
    high: float
    begins: float = 45.0
    ends: float = 315.0


@dataclass(frozen=True)
class GaugeReading:
    """`value` in units of the dial, `sure` when one needle stood out and points into the scale."""

    value: float
    confidence: float
    doubts: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether it may be shown as read."""
        return not self.doubts


def read_gauge(picture: Picture, dial: Dial) -> GaugeReading | None:
    """The value a needle shows; None when no dial is found. The camera looks straight at an upright dial."""
    import cv2

    scale = SIDE / max(picture.shape[:2])
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    quiet = cv2.medianBlur(np.asarray(grey, np.uint8), 5)
    least = min(quiet.shape) // 8
    circles = cv2.HoughCircles(quiet, cv2.HOUGH_GRADIENT, 1.5, least, param1=120, param2=60, minRadius=least)
    if circles is None:
        return None
    x, y, radius = (float(v) for v in max(circles[0][:5], key=lambda c: c[2] if _inside(c, quiet.shape) else 0))
    profile = _profile(np.asarray(quiet, np.uint8), x, y, radius)
    return _pointed(profile, dial)


def _inside(circle: NDArray[np.float32], shape: tuple[int, ...]) -> bool:
    x, y, radius = circle
    return bool(x - radius > -5 and y - radius > -5 and x + radius < shape[1] + 5 and y + radius < shape[0] + 5)


def _profile(grey: Picture, x: float, y: float, radius: float) -> NDArray[np.float64]:
    """How dark each direction is, clockwise from straight down, against the face of the dial."""
    import cv2

    angles = np.arange(STEPS) * 2 * np.pi / STEPS
    along = np.linspace(*NEEDLE, 40) * radius
    columns = (x - np.sin(angles)[:, None] * along).astype(np.float32)
    rows = (y + np.cos(angles)[:, None] * along).astype(np.float32)
    values = cv2.remap(grey, columns, rows, cv2.INTER_LINEAR).astype(np.float64)
    return np.maximum(0, np.median(values, axis=0) - values).mean(axis=1)


def _pointed(profile: NDArray[np.float64], dial: Dial) -> GaugeReading:
    best = int(profile.argmax())
    around = (np.arange(STEPS) - best + STEPS // 2) % STEPS - STEPS // 2
    near = np.abs(around) <= 12
    angle = (best + float((around[near] * profile[near]).sum() / max(profile[near].sum(), 1e-9))) * 360 / STEPS % 360
    second = float(profile[np.abs(around) > 40].max())
    clear = float(profile[best]) / max(second, 1.0)
    share = (angle - dial.begins) / (dial.ends - dial.begins)
    doubts = []
    if clear < CLEAR or not math.isfinite(clear):
        doubts.append("faint")
    if not -0.03 <= share <= 1.03:
        doubts.append("off_scale")
    value = dial.low + min(1.0, max(0.0, share)) * (dial.high - dial.low)
    return GaugeReading(value, min(1.0, clear / (2 * CLEAR)), tuple(doubts))
