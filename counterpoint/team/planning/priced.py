"""Ways out of an infeasible week, each with the waits that its roster would bring: the price and what it buys."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from counterpoint.science.rostering import Diagnosis, Relaxation
from counterpoint.team.planning import waits
from counterpoint.team.planning.values import Outlook, WaitDay, Waits

MOST = 6


def chosen(diagnosis: Diagnosis) -> list[Relaxation]:
    """At most MOST ways, cheapest first: the cheapest of every kind, then the next cheapest of any."""
    ranked = sorted(diagnosis.relaxations, key=lambda way: (way.cost, way.words))
    first = {way.kind: way for way in reversed(ranked)}
    kept = [*first.values(), *(way for way in ranked if way is not first[way.kind])][:MOST]
    return sorted(kept, key=lambda way: (way.cost, way.words))


def predicted(
    view: Outlook, diagnosis: Diagnosis | None, *, seed: int, speeds: Mapping[str, float], replications: int
) -> list[dict[str, Any]]:
    """For each of :func:`chosen`: the week's P90 wait, its change against leaving the posts open (None where that is no
    way out), and the day it changes most. The same simulated customers meet every way."""
    if diagnosis is None:
        return []

    def play(way: Relaxation) -> Waits:
        return waits.predict(view, way.roster, seed=seed, speeds=speeds, replications=replications)

    left = [way for way in diagnosis.relaxations if way.kind == "accept"]
    base = play(min(left, key=lambda way: way.cost)) if left else None
    return [_told(play(way), base) for way in chosen(diagnosis)]


def _told(found: Waits, base: Waits | None) -> dict[str, Any]:
    p90 = found.overall()["wait_p90"]
    told: dict[str, Any] = {"p90": _minutes(p90), "change": None, "day": None}
    if base is not None:
        told["change"] = _minutes(p90 - base.overall()["wait_p90"])
        pairs = list(zip(base.days, found.days, strict=True))
        before, after = max(pairs, key=lambda pair: abs(_moved(*pair)))
        told["day"] = {
            "date": after.date, "before": _minutes(before.wait_p90), "after": _minutes(after.wait_p90),
        }  # fmt: skip
    return told


def _moved(before: WaitDay, after: WaitDay) -> float:
    """Minutes; a day on which nobody serves (an endless wait) moves by more than any other."""
    moved = after.wait_p90 - before.wait_p90
    return 0.0 if math.isnan(moved) else moved  # endless less endless is no number


def _minutes(value: float) -> float | None:
    return round(value, 2) if abs(value) < float("inf") else None
