"""The heat map as geometry: where each risk stood before its controls, and where the evidence has moved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from counterpoint.risk.register.kinds import ScaleBody
from counterpoint.risk.register.queries import RiskLine

CELL, LEFT, TOP, FOOT = 92.0, 64.0, 12.0, 44.0
WIDTH, HEIGHT = LEFT + 5 * CELL + 8, TOP + 5 * CELL + FOOT
DOT = 11.0


@dataclass(frozen=True)
class Cell:
    """A cell of the picture with the band of its grades."""

    x: float
    y: float
    band: str


@dataclass(frozen=True)
class Arrow:
    """A risk: a ring at the inherent grades, a numbered dot at the residual, a line between unless they are one."""

    number: int
    line: RiskLine
    from_x: float
    from_y: float
    x: float
    y: float
    moved: bool


@dataclass(frozen=True)
class HeatMap:
    """The picture."""

    width: float
    height: float
    cells: tuple[Cell, ...]
    arrows: tuple[Arrow, ...]
    columns: tuple[tuple[float, str], ...]
    rows: tuple[tuple[float, str], ...]
    cell: float
    left: float
    foot: float


def place(likelihood: float, impact: float) -> tuple[float, float]:
    """Grades (1–5, also between) as a point: likelihood to the right, impact upwards."""
    return LEFT + (likelihood - 0.5) * CELL, TOP + (5.5 - impact) * CELL


def heat_map(lines: Sequence[RiskLine], scale: ScaleBody, tongue: str) -> HeatMap:
    """Lay the risks out; those at one place stand beside each other. Deterministic: by residual, then key."""
    taken: list[tuple[float, float]] = []
    arrows = []
    for number, line in enumerate(lines, 1):
        x, y = _free(place(line.residual_likelihood, line.residual_impact), taken)
        taken.append((x, y))
        from_x, from_y = place(line.likelihood, line.impact)
        arrows.append(Arrow(number, line, from_x, from_y, x, y, hypot(x - from_x, y - from_y) > 2 * DOT))
    cells = tuple(
        Cell(LEFT + (column - 1) * CELL, TOP + (5 - row) * CELL, scale.band(column * row))
        for row in range(1, 6) for column in range(1, 6)
    )  # fmt: skip
    columns = tuple((LEFT + (n + 0.5) * CELL, grade.name(tongue)) for n, grade in enumerate(scale.likelihood))
    rows = tuple((TOP + (4.5 - n) * CELL, grade.name(tongue)) for n, grade in enumerate(scale.impact))
    return HeatMap(WIDTH, HEIGHT, cells, tuple(arrows), columns, rows, CELL, LEFT, HEIGHT - FOOT + 18)


def _free(point: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The nearest place of a small spiral that no other dot covers."""
    steps = [(0.0, 0.0)] + [
        (dx * 2 * DOT, dy * 2 * DOT)
        for ring in range(1, 5)
        for dx in range(-ring, ring + 1) for dy in range(-ring, ring + 1) if max(abs(dx), abs(dy)) == ring
    ]  # fmt: skip
    for dx, dy in sorted(steps, key=lambda s: (s[0] ** 2 + s[1] ** 2, s)):
        x, y = round(point[0] + dx, 1), round(point[1] + dy, 1)
        inside = LEFT + DOT <= x <= LEFT + 5 * CELL - DOT and TOP + DOT <= y <= TOP + 5 * CELL - DOT
        if inside and all(hypot(x - a, y - b) >= 2 * DOT - 1 for a, b in taken):
            return x, y
    return round(point[0], 1), round(point[1], 1)
