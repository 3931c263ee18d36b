"""How sharp a picture is: the width of its sharpest edges in pixels, which noise does not pass off as detail.

The variance of the Laplacian calls a noisy shake sharp and a clean dim label blurred; the width over which a strong
edge rises does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
SIDE = 1280  # pixels of the longer side on which widths are measured
STRONGEST = 400  # edges that are measured
FEWEST = 40
REACH = 20  # pixels to each side of an edge
SHARP = 4.0  # pixels from 10 to 90 % of the rise: letters of a label stay apart
BLURRED = 9.0
SHARE = 25  # percentile of the widths: many edges of a scene are soft by nature


@dataclass(frozen=True)
class Sharpness:
    """`width`: pixels (longer side 1280) in which the sharper quarter of the strong edges rises; NaN without edges."""

    width: float
    edges: int

    @property
    def verdict(self) -> str:
        """`sharp`, `soft` (may do), `blurred` (take it again) or `unsure` (too little to see)."""
        if self.edges < FEWEST:
            return "unsure"
        return "sharp" if self.width <= SHARP else "blurred" if self.width > BLURRED else "soft"


def sharpness(picture: Picture) -> Sharpness:
    """Measure a picture (height × width × 3, 8 bits).

    Shake blurs edges across one direction only, so edges that rise left-right and up-down are measured apart and the
    worse of the two counts.
    """
    import cv2

    scale = SIDE / max(picture.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), None, fx=scale, fy=scale, interpolation=how)
    quiet = cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.float32)
    widths = [_widths(quiet), _widths(np.ascontiguousarray(quiet.T))]
    enough = [w for w in widths if len(w) >= FEWEST // 2]
    edges = sum(len(w) for w in widths)
    if not enough:
        return Sharpness(float("nan"), edges)
    return Sharpness(round(max(float(np.percentile(w, SHARE)) for w in enough), 2), edges)


def _widths(grey: NDArray[np.float32]) -> NDArray[np.float64]:
    """Widths of the strongest left-right edges: pixels from 10 to 90 % of the rise between the flat sides."""
    import cv2

    slope = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3) / 8
    across = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3) / 8
    strength = np.abs(slope)
    strength[np.abs(across) > 0.7 * strength] = 0  # slanted edges would look wide
    strength[:, : REACH + 1] = 0
    strength[:, -REACH - 1 :] = 0
    peak = strength == cv2.dilate(strength, np.ones((5, 9), np.uint8))
    rows, columns = np.nonzero(peak & (strength > max(3.0, 0.25 * float(np.percentile(strength, 99.9)))))
    order = np.argsort(-strength[rows, columns])[:STRONGEST]
    return np.array([_rise(grey[r], c, float(slope[r, c])) for r, c in zip(rows[order], columns[order], strict=True)])


def _rise(row: NDArray[np.float32], column: int, slope: float) -> float:
    """Pixels between 10 and 90 % of one edge: followed both ways while it keeps rising."""
    line = row if slope > 0 else -row
    left = right = column
    while left > column - REACH and line[left - 1] < line[left]:
        left -= 1
    while right < column + REACH and line[right + 1] > line[right]:
        right += 1
    piece = line[left : right + 1]
    low, high = float(piece[0]), float(piece[-1])
    if high <= low:
        return float(2 * REACH)
    level = (piece - low) / (high - low)
    at = np.interp((0.1, 0.9), level, np.arange(len(piece)))
    return float(at[1] - at[0])
