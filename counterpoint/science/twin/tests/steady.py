"""Branches that formulas know: servers of one kind, without doors or balking."""

from __future__ import annotations

from counterpoint.science import twin

MINUTES, WARM_UP = 6000.0, 600.0
EVERYBODY = (twin.Tier("all"),)


def steady(
    servers: int,
    service: twin.Duration,
    tiers: tuple[twin.Tier, ...] = EVERYBODY,
    patience: twin.Duration | None = None,
    minutes: float = MINUTES,
) -> twin.BranchModel:
    """A branch that runs for a hundred hours, unless said otherwise."""
    return twin.BranchModel(
        (twin.Service("S", service),),
        tuple(twin.Counter(f"K{i}", ("S",)) for i in range(servers)),
        tiers,
        patience=patience,
        balking=None,
        open_minute=0.0,
        close_minute=minutes,
        overrun_minutes=100_000.0,
    )
