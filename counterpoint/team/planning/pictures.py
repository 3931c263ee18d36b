"""Charts for the printed report as plain SVG: pure geometry, no scripts, greys and one accent that print well."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 720.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 36.0, 8.0, 14.0, 22.0
ACCENT, SOFT, GRID, BAND = "#17568f", "#55616e", "#d9dee4", "#c8d9ea"
FONT = "Noto Sans SC"


def band_chart(
    labels: Sequence[str], middle: Sequence[float], low: Sequence[float], high: Sequence[float], *, every: int = 4
) -> str:
    """A line with its P10–P90 band."""
    frame = _Frame(labels, max([*high, *middle, 1.0]), every)
    upper = " ".join(frame.point(n, v) for n, v in enumerate(high))
    lower = " ".join(frame.point(n, v) for n, v in reversed(list(enumerate(low))))
    line = " ".join(frame.point(n, v) for n, v in enumerate(middle))
    return frame.svg(
        f'<polygon points="{upper} {lower}" fill="{BAND}"/>'
        f'<polyline points="{line}" fill="none" stroke="{ACCENT}" stroke-width="1.6"/>'
    )


def step_chart(
    labels: Sequence[str], staffed: Sequence[float], needed: Sequence[float], high: Sequence[float], *, every: int = 2
) -> str:
    """Need as bars (P90 behind, pale) and people on posts as a step line."""
    frame = _Frame(labels, max([*staffed, *high, 1.0]), every, steps=True)
    bars = "".join(frame.bar(n, v, GRID) for n, v in enumerate(high))
    bars += "".join(frame.bar(n, v, BAND) for n, v in enumerate(needed))
    points = " ".join(
        f"{frame.x(n):.1f},{frame.y(v):.1f} {frame.x(n + 1):.1f},{frame.y(v):.1f}" for n, v in enumerate(staffed)
    )
    return frame.svg(bars + f'<polyline points="{points}" fill="none" stroke="{ACCENT}" stroke-width="1.8"/>')


def lines_chart(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None], bool]], *, every: int = 4
) -> str:
    """Lines (name, values, dashed); a gap (None) breaks the line. The names stand at the top."""
    known = [v for _, values, _ in series for v in values if v is not None]
    frame = _Frame(labels, max([*known, 1.0]), every)
    body = ""
    for number, (name, values, dashed) in enumerate(series):
        colour = SOFT if dashed else ACCENT
        dash = ' stroke-dasharray="5 3"' if dashed else ""
        for run in _runs(values):
            points = " ".join(frame.point(n, v) for n, v in run)
            body += f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>'
        x = LEFT + 150 * number
        body += f'<line x1="{x}" y1="7" x2="{x + 22}" y2="7" stroke="{colour}" stroke-width="1.6"{dash}/>'
        body += _text(x + 27, 10, name, "start")
    return frame.svg(body)


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((n, value))
    return [run for run in runs if run]


class _Frame:
    """Axes and the mapping from data to the page."""

    def __init__(self, labels: Sequence[str], top: float, every: int, *, steps: bool = False) -> None:
        self.labels, self.every, self.steps = labels, every, steps
        self.unit = next(u for u in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000) if top / u <= 5 or u == 5000)
        self.top = max(self.unit * -(-top // self.unit), 1.0)
        self.slots = max(1, len(labels) if steps else len(labels) - 1)

    def x(self, n: float) -> float:
        return LEFT + n * (WIDTH - LEFT - RIGHT) / self.slots

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - min(value, self.top) / self.top * (HEIGHT - TOP - BOTTOM)

    def point(self, n: int, value: float) -> str:
        return f"{self.x(n):.1f},{self.y(value):.1f}"

    def bar(self, n: int, value: float, colour: str) -> str:
        high = self.y(0) - self.y(value)
        width = self.x(1) - self.x(0)
        place = f'x="{self.x(n):.1f}" y="{self.y(value):.1f}" width="{width:.1f}" height="{high:.1f}"'
        return f'<rect {place} fill="{colour}"/>'

    def svg(self, body: str) -> str:
        grid, value = "", 0.0
        while value <= self.top + 1e-9:
            y = self.y(value)
            grid += (
                f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{GRID}" stroke-width="0.7"/>'
            )
            grid += _text(LEFT - 5, y + 3, f"{value:g}", "end")
            value += self.unit
        shift = 0.5 if self.steps else 0.0
        for n in range(0, len(self.labels), self.every):
            grid += _text(
                self.x(n + (0 if self.steps else shift)), HEIGHT - 7, self.labels[n], "middle" if n else "start"
            )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" '
            f'height="{HEIGHT:g}">{grid}{body}</svg>'
        )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="9" fill="{SOFT}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )
