"""The gate: thresholds fixed before any data was judged, with a version and a date."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Gate:
    """Thresholds of trust in a branch's twin; registered once, changed only with a new version and date.

    Errors of waits are relative to the logged wait and judged by their bootstrap upper bound at `confidence`:
    `median` and `p90` over customers who queued (waited longer than `queued_seconds`) and were called, `mean` over all
    who queued, walk-outs included. `walkout` is a difference of shares, judged by its value. `unexplained` is the
    share of staffed minutes in which a server neither served nor was away nor within `turnaround_seconds` of the last
    customer, while a ticket waited that it could take. `out_of_order` is the share of logged moments that contradict
    their order. Below `min_days`, `min_queued`, `min_called` (called after queueing) nothing is judged. A pause of
    `absence_minutes` or more counts as absence when `passed_over` calls went to colleagues who became free later (for
    the unexplained minutes; the replayed staff follow the calibration's own rule).
    """

    version: str = "1"
    registered: str = "2026-11-28"
    median: float = 0.20
    p90: float = 0.30
    mean: float = 0.20
    walkout: float = 0.03
    unexplained: float = 0.02
    out_of_order: float = 0.01
    confidence: float = 0.95
    min_days: int = 5
    min_queued: int = 200
    min_called: int = 100
    queued_seconds: float = 5.0
    turnaround_seconds: float = 30.0
    absence_minutes: float = 5.0
    passed_over: int = 3
    replications: int = 100
    resamples: int = 1000

    def to_dict(self) -> dict[str, float | int | str]:
        """Plain values, to be stored beside the verdict."""
        return asdict(self)


GATE = Gate()
