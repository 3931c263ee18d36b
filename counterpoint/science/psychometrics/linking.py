"""New parameters on the old scale, by items that stand on both (mean and sigma of difficulties, Marco 1977)."""

from __future__ import annotations

import numpy as np

from counterpoint.science.psychometrics.items import Items

FEWEST_ANCHORS = 10


def linked(new: Items, old: Items, fewest: int = FEWEST_ANCHORS) -> Items:
    """All of `new` on the scale of `old`. ValueError with fewer common items than `fewest`, or all alike."""
    place = {name: i for i, name in enumerate(old.names)}
    both = [(i, place[name]) for i, name in enumerate(new.names) if name in place]
    if len(both) < fewest:
        raise ValueError(f"{len(both)} items stand on both scales, {fewest} are needed")
    here, there = (np.array(part) for part in zip(*both, strict=True))
    spread = new.difficulty[here].std()
    if spread < 1e-6 or old.difficulty[there].std() < 1e-6:
        raise ValueError("the common items are all equally hard: they carry no scale")
    factor = float(old.difficulty[there].std() / spread)
    shift = float(old.difficulty[there].mean() - factor * new.difficulty[here].mean())
    return Items(
        new.names,
        new.slope / factor,
        factor * new.difficulty + shift,
        new.slope_error / factor,
        factor * new.difficulty_error,
    )
