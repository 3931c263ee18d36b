"""A forecast told as a sum: a usual day, plus and minus what each driver brings in customers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, floor, log
from typing import Any

OTHER = "other"
LEAST = 0.02  # share of the day below which a driver is counted among the others
MOST = 6  # drivers that are told one by one


@dataclass(frozen=True)
class Told:
    """`usual` + all `effects` = `total`, in whole customers. `effects` are (key, customers), the largest first.

    `weekday` is what a usual day of this weekday brings, None when that is not told apart. It is not `usual` plus the
    weekday's effect: an effect also depends on what else makes this day, a usual one does not.
    """

    usual: int
    effects: tuple[tuple[str, int], ...]
    total: int
    weekday: int | None = None

    @property
    def share(self) -> int:
        """The total in percent of a usual day."""
        return round(100 * self.total / max(1, self.usual))

    @property
    def named(self) -> tuple[tuple[str, int], ...]:
        """The effects that have a name of their own."""
        return tuple(one for one in self.effects if one[0] != OTHER)


def told(payload: Mapping[str, Any], number: int) -> Told | None:
    """The sum of one day of a stored forecast; None where it is closed or was made without drivers."""
    found = payload.get("drivers")
    total = round(payload["day_p50"][number])
    if not found or total < 1 or found["usual"] <= 0:
        return None
    logs = {name: row[number] for name, row in found["parts"].items()}
    if "kind" in logs:  # one thing to a reader: what day it is
        logs["weekday"] = logs.get("weekday", 0.0) + logs.pop("kind")
    usual = round(found["usual"] * exp(logs["weekday"])) if "weekday" in logs else None
    return replace(whole(found["usual"], shared(found["usual"], logs, total), total), weekday=usual)


def shared(usual: float, logs: Mapping[str, float], total: float) -> dict[str, float]:
    """Log effects as customers that lead from `usual` to `total`, whatever order they are taken in.

    Each gets its log times the logarithmic mean of both ends (Ang 2004, LMDI); what the logs leave over is `other`.
    """
    gap = log(total / usual)
    mean = (total - usual) / gap if abs(gap) > 1e-9 else total
    found = {name: mean * value for name, value in logs.items()}
    found[OTHER] = found.get(OTHER, 0.0) + mean * (gap - sum(logs.values()))
    return found


def whole(usual: float, effects: Mapping[str, float], total: int) -> Told:
    """In whole customers that still add up: small effects join the others, remainders are dealt out largest first."""
    least = max(1.0, LEAST * total)
    loud = sorted((k for k, v in effects.items() if k != OTHER and abs(v) >= least), key=lambda k: -abs(effects[k]))
    kept = {key: effects[key] for key in loud[:MOST]}
    kept[OTHER] = sum(v for k, v in effects.items() if k not in kept)
    start = round(usual)
    ends = {key: floor(value) for key, value in kept.items()}
    left = total - start - sum(ends.values())
    order = sorted(kept, key=lambda key: ends[key] - kept[key])
    for step in range(abs(left)):
        key = order[step % len(order)] if left > 0 else order[-1 - step % len(order)]
        ends[key] += 1 if left > 0 else -1
    named = sorted(((k, v) for k, v in ends.items() if k != OTHER and v), key=lambda one: (-abs(one[1]), one[0]))
    rest = ((OTHER, ends[OTHER]),) if ends[OTHER] else ()
    return Told(start, (*named, *rest), total)
