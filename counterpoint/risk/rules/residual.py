"""The published formula: what is left of a risk after its controls, moved by evidence and by nothing else. Pure.

Every piece of evidence has an age and so a weight: half after its kind's half-life, a quarter after two. Age is
counted up to the newest piece (`as_of`), not up to today: time alone moves nothing, and evidence that nobody renews is
said to be old.

A control is as effective as its tests and drills show, shrunk to nothing while there are few:
``cap × Σ w·x / (prior + Σ w)`` with results x from 0 (failed) to 1 (passed whole). Preventive controls take from the
likelihood, all others from the impact. Incidents and breached indicators press the likelihood up again, at most to 5:
half the way for each `load` of weight.

    likelihood = 1 + (L − 1) · Π (1 − effect of each preventive control);  then  + (5 − likelihood) · pressure
    impact     = 1 + (I − 1) · Π (1 − effect of each other control)
    residual   = likelihood × impact

Without evidence the residual is the inherent risk. When new evidence comes, what is older counts less beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import prod

TEST, DRILL, INCIDENT, METRIC = "test", "drill", "incident", "metric"
SHOWN = frozenset({TEST, DRILL})  # evidence about a control
PRESSING = frozenset({INCIDENT, METRIC})  # evidence about the risk itself
PREVENTIVE, DETECTIVE, CORRECTIVE = "preventive", "detective", "corrective"
TOP = 5.0
DAY = 86400.0


@dataclass(frozen=True)
class Scale:
    """The numbers of the formula, as content states them: half-lives in days by kind of evidence, the highest effect of
    a control, how many fresh tests count as much as knowing nothing, and the weight that presses half of the way up."""

    half_life: Mapping[str, float]
    cap: float = 0.9
    prior: float = 1.0
    load: float = 2.0


@dataclass(frozen=True)
class Piece:
    """One piece of evidence. `value` is 0–1 for a test or drill (how well it went) and a weight of at least 0 for an
    incident or breached indicator (how grave). `control` names the control that a test or drill was about."""

    kind: str
    value: float
    at: datetime
    control: str = ""


@dataclass(frozen=True)
class Residual:
    """What is left. `effects` by control, 0–1; `pressure` 0–1."""

    likelihood: float
    impact: float
    effects: Mapping[str, float] = field(default_factory=dict)
    pressure: float = 0.0

    @property
    def score(self) -> float:
        """Likelihood × impact, 1–25."""
        return self.likelihood * self.impact


def weight(scale: Scale, piece: Piece, now: datetime) -> float:
    """How much a piece still counts, 0–1; what lies in the future counts nothing."""
    days = (now - piece.at).total_seconds() / DAY
    return 0.0 if days < 0 else 0.5 ** (days / scale.half_life[piece.kind])


def as_of(evidence: Iterable[Piece], now: datetime) -> datetime:
    """The instant at which the residual is computed: that of the newest piece; `now` without any. So the residual is a
    function of the evidence and of nothing else: without a new piece it stays where it is."""
    return max((piece.at for piece in evidence if piece.at <= now), default=now)


def effect(scale: Scale, pieces: Iterable[Piece], now: datetime) -> float:
    """How effective a control has shown itself, 0 to `cap`."""
    held = [(weight(scale, piece, now), min(1.0, max(0.0, piece.value))) for piece in pieces]
    return scale.cap * sum(w * x for w, x in held) / (scale.prior + sum(w for w, _x in held))


def pressure(scale: Scale, pieces: Iterable[Piece], now: datetime) -> float:
    """How far incidents and breached indicators press upwards, 0–1."""
    total = sum(weight(scale, piece, now) * max(0.0, piece.value) for piece in pieces)
    return 1.0 - 0.5 ** (total / scale.load)


def residual(
    *, likelihood: int, impact: int, controls: Mapping[str, str], evidence: Iterable[Piece], scale: Scale, now: datetime
) -> Residual:
    """The residual of an inherent likelihood and impact (1–5) with controls (slug → kind) on evidence, at an instant.

    A test of a control that the risk does not have counts nothing. The order of the evidence does not matter.
    """
    pieces = sorted(evidence, key=lambda p: (p.at, p.kind, p.control, p.value))
    effects = {
        slug: effect(scale, (p for p in pieces if p.kind in SHOWN and p.control == slug), now) for slug in controls
    }
    pressed = pressure(scale, (p for p in pieces if p.kind in PRESSING), now)
    left = prod(1.0 - effects[slug] for slug, kind in controls.items() if kind == PREVENTIVE)
    softened = prod(1.0 - effects[slug] for slug, kind in controls.items() if kind != PREVENTIVE)
    calm = 1.0 + (likelihood - 1) * left
    return Residual(calm + (TOP - calm) * pressed, 1.0 + (impact - 1) * softened, effects, pressed)


def would_move(
    *, likelihood: int, impact: int, controls: Mapping[str, str], evidence: Iterable[Piece], scale: Scale, now: datetime
) -> dict[str, float]:
    """What one more passed test of each control would make of the score: slug → change, never above zero."""
    known = tuple(evidence)
    given = {"likelihood": likelihood, "impact": impact, "controls": controls, "scale": scale, "now": now}
    here = residual(**given, evidence=known).score  # type: ignore[arg-type]
    return {
        slug: residual(**given, evidence=(*known, Piece(TEST, 1.0, now, slug))).score - here  # type: ignore[arg-type]
        for slug in controls
    }
