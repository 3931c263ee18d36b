"""What a day cost, in minutes of waiting: one definition for the drill and for the advisor of the live hall."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from counterpoint.science import advice, twin
from counterpoint.science.twin.kernel import layout as lay

QUEUED = (lay.SERVED, lay.ABANDONED, lay.DISMISSED, lay.NO_CASH, lay.AT_COUNTER, lay.HAS_TICKET, lay.FILLING)
GONE = (lay.ABANDONED, lay.BALKED, lay.DISMISSED, lay.NO_CASH)


@dataclass(frozen=True, slots=True)
class DayLoss:
    """Parts of the loss of a day.

    ``waited`` minutes of all who took a ticket (served, left or sent home; of who still waits so far), ``gone`` how
    many left unserved (walked out, turned round at the door, sent home at the end, no cash), ``late`` how many of the
    served waited beyond their tier's promise, ``staff_minutes`` that windows were manned beyond the same day without
    orders (never below 0), ``moves`` people sent to another place or break, ``points`` of the answers.
    """

    waited: float
    gone: int
    late: int
    staff_minutes: float
    moves: int
    points: float
    total: float

    def summary(self) -> dict[str, float]:
        """The parts by name."""
        return asdict(self)


def waits_of(state: twin.State) -> tuple[float, int, int, float]:
    """Minutes waited, number gone, number late, minutes that windows were manned."""
    result = twin.outcome(state)
    status = result.codes[:, 4]
    queued = ~np.isnan(result.times[:, 2]) & np.isin(status, QUEUED)
    waited = result.times[:, 1].copy()
    if np.isfinite(state.now):
        waiting = status == lay.HAS_TICKET
        waited[waiting] += state.now - state.customer_times()[waiting, lay.T_SINCE]
    promise = np.array([tier.promise for tier in state.model.tiers])[result.codes[:, 3]]
    late = queued & np.isin(status, (lay.SERVED, lay.AT_COUNTER)) & (waited > promise)
    gone = np.isin(status, GONE)
    manned = float(result.by_counter[0, :, 1].sum())
    return float(waited[queued].sum()), int(gone.sum()), int(late.sum()), manned


def day_loss(state: twin.State, weights: advice.Loss, manned: float, moves: int, points: float) -> DayLoss:
    """The loss of a state; ``manned`` is what windows were manned without orders, in minutes, up to the same minute."""
    waited, gone, late, ready = waits_of(state)
    staff = max(0.0, ready - manned)
    total = (
        waited + weights.walkout * gone + weights.breach * late + weights.staff_minute * staff
        + weights.move * moves + points
    )  # fmt: skip
    return DayLoss(waited, gone, late, staff, moves, points, total)
