"""What a day's tickets say: counts, waits, promises. Pure: a frame in, frozen values out.

The frame is that of the metric source `onsite.tickets`: one row a ticket with `service`, `tier`, `arrived`, `called`,
`finished`, `left` (branch-local wall clock or NaT) and `outcome` (served, abandoned; waiting or unknown while it is
not over).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TierPromise:
    """How a tier was served: tickets called, and those within the promise. Waits are minutes: P90 and the worst."""

    tier: str
    promise: float
    called: int
    kept: int
    p90: float
    worst: float

    @property
    def share(self) -> float | None:
        """Kept share 0–1; None before the first call."""
        return self.kept / self.called if self.called else None


@dataclass(frozen=True)
class LongWait:
    """A single wait over its promise."""

    label: str
    service: str
    tier: str
    arrived: pd.Timestamp
    minutes: float
    promise: float


@dataclass(frozen=True)
class DayNumbers:
    """A day in numbers. Waits are minutes from ticket to call of those called."""

    arrivals: int
    served: int
    left: int
    waiting: int
    median: float | None
    p90: float | None
    tiers: tuple[TierPromise, ...]
    longest: tuple[LongWait, ...]

    @property
    def called(self) -> int:
        """Tickets called so far."""
        return sum(tier.called for tier in self.tiers)

    @property
    def kept_share(self) -> float | None:
        """Share of the called within their tier's promise; None before the first call."""
        return sum(tier.kept for tier in self.tiers) / self.called if self.called else None

    @property
    def left_share(self) -> float:
        """Share of the arrivals that walked out."""
        return self.left / self.arrivals if self.arrivals else 0.0


OPEN = ("waiting", "unknown")  # not over yet; a room that cannot tell says unknown
EMPTY = DayNumbers(0, 0, 0, 0, None, None, (), ())


def numbers_of(frame: pd.DataFrame, promises: Mapping[str, float], longest: int = 5) -> DayNumbers:
    """Read a day off its tickets. `promises`: minutes by tier, in the order in which tiers are shown."""
    if frame.empty:
        return EMPTY
    minutes = (frame["called"] - frame["arrived"]).dt.total_seconds() / 60
    waits = minutes.dropna()
    outcome = frame["outcome"]
    return DayNumbers(
        arrivals=len(frame),
        served=int((outcome == "served").sum()),
        left=int((outcome == "abandoned").sum()),
        waiting=int((frame["called"].isna() & frame["left"].isna() & outcome.isin(OPEN)).sum()),
        median=_quantile(waits, 0.5),
        p90=_quantile(waits, 0.9),
        tiers=tuple(_tier(name, limit, waits[frame["tier"] == name]) for name, limit in promises.items()),
        longest=_longest(frame, minutes, promises, longest),
    )


def by_half_hour(frame: pd.DataFrame, column: str = "arrived") -> dict[int, int]:
    """Tickets by local half hour: minute after midnight → count."""
    if frame.empty:
        return {}
    when = frame[column].dropna()
    slots = (when.dt.hour * 60 + when.dt.minute) // 30 * 30
    return {int(slot): int(count) for slot, count in slots.value_counts().sort_index().items()}


def _quantile(waits: pd.Series, q: float) -> float | None:
    return float(waits.quantile(q)) if len(waits) else None


def _tier(name: str, promise: float, waits: pd.Series) -> TierPromise:
    kept = int((waits <= promise).sum())
    worst = float(waits.max()) if len(waits) else 0.0
    return TierPromise(name, promise, len(waits), kept, _quantile(waits, 0.9) or 0.0, worst)


def _longest(
    frame: pd.DataFrame, minutes: pd.Series, promises: Mapping[str, float], count: int
) -> tuple[LongWait, ...]:
    limits = frame["tier"].map(dict(promises)).astype(float)
    late = minutes[minutes > limits].sort_values(ascending=False, kind="stable").head(count)
    labels = frame["ticket"] if "ticket" in frame else frame.index.to_series().astype(str)
    return tuple(
        LongWait(
            str(labels.loc[at]), str(frame["service"].loc[at]), str(frame["tier"].loc[at]), frame["arrived"].loc[at],
            float(value), float(limits.loc[at]),
        )
        for at, value in late.items()
    )  # fmt: skip
