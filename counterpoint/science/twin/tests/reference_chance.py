"""Chance of the plain reference: the same numbers that the kernel draws, as inputs; what becomes of them is its own.

Only here does the reference ask compiled code, for the hash behind a draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counterpoint.science.twin.customers import CustomerTable
from counterpoint.science.twin.kernel import device_kernel, draws, leg_kernel, minutes_kernel
from counterpoint.science.twin.model import BranchModel, Duration
from counterpoint.science.twin.staffing import Staffing
from counterpoint.science.twin.state import initial_state

LATER = (
    "u_onward", "u_form", "u_authorised", "u_assisted", "form", "authorisation", "remote", "assistance", "alone",
    "cash", "work", "u_ready", "back",
)  # fmt: skip


def later_draws(model: BranchModel, staffing: Staffing, table: CustomerTable) -> Callable[[int, Any, int], Any]:
    """What one customer draws in one leg at the desk of a service, in the order of ``LATER``."""
    state = initial_state(model, staffing, table)

    def of(customer: int, service: Any, leg: int) -> Any:
        number = model.service_codes.index(service.code)
        return leg_kernel(state.st, state.tm, customer, number, leg)

    return of


def device_chances(seed: int, device: int) -> Callable[[str], float]:
    """The uniforms of one device, one after the other."""
    turn = 0

    def chance(purpose: str) -> float:
        nonlocal turn
        turn += 1
        which = {"up": draws.PURPOSE_UP, "repair": draws.PURPOSE_REPAIR}[purpose]
        return float(device_kernel(seed, device, turn, which))

    return chance


def quantile(duration: Duration, u: float) -> float:
    """Minutes of a duration at quantile ``u``."""
    shape, mean, sigma = duration.law()
    return float(minutes_kernel(int(shape), mean, sigma, u))
