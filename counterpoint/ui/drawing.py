"""Small pictures as SVG geometry; attributes only, since the content security policy forbids inline styles."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 72.0
HEIGHT = 24.0


@dataclass(frozen=True)
class Spark:
    """A spark-line in a 72 × 24 box: path, last point, and where the target lies (None when off the picture)."""

    path: str
    last_x: float
    last_y: float
    target_y: float | None


def spark(values: Sequence[float | None], *, target: float | None = None) -> Spark | None:
    """Lay values out evenly; gaps (None) break the line. None when fewer than two values are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = WIDTH / (len(values) - 1)

    def place(value: float) -> float:
        return round(HEIGHT - 3 - (value - low) / span * (HEIGHT - 6), 1)

    parts, pen_up, last = [], True, (0.0, 0.0)
    for index, value in enumerate(values):
        if value is None:
            pen_up = True
            continue
        last = (round(index * step, 1), place(value))
        parts.append(f"{'M' if pen_up else 'L'}{last[0]} {last[1]}")
        pen_up = False
    inside = target is not None and low <= target <= high
    return Spark("".join(parts), *last, place(target) if inside and target is not None else None)
