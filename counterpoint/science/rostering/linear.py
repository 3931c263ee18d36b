"""HiGHS, silent and reproducible, for linear programmes that grow while they are solved."""

from __future__ import annotations

from typing import Any

from highspy.highs import _Highs

DUAL, PRIMAL = 1, 4  # HiGHS' names of the simplex methods


def quiet() -> Any:
    """A solver that prints nothing: the public class prints a banner as it sets up its callbacks, its base has none."""
    highs = _Highs()
    for option, value in (
        ("output_flag", False), ("solver", "simplex"), ("simplex_strategy", PRIMAL), ("threads", 1),
        ("random_seed", 0), ("presolve", "off"),
    ):  # fmt: skip
        highs.setOptionValue(option, value)
    return highs
