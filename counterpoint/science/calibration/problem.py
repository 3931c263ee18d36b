"""What a calibration may assume: smallest counts, cuts and rules, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass


class CalibrationError(ValueError):
    """The log cannot be calibrated as given; the message says what to change."""


@dataclass(frozen=True)
class Params:
    """Cuts and smallest counts of a calibration.

    Services shorter than `short_seconds` are no service (a call dropped, a button pressed by mistake): they leave the
    choice and goodness of the law, and stay in the minutes a counter is busy. `min_service`, `min_server`,
    `min_walkouts` are the tickets (or walk-outs) below which a service, server or tier borrows from all others.
    A walk-out within `at_once_seconds` is one "at once": the customer turned round rather than lost patience.
    A pause counts as absence when it lasts `absence_minutes` or longer and at least `passed_over` calls that the server
    could have taken went to colleagues who became free later; it never looks at how long anybody waited. Where tellers
    call and not a machine, chance passes somebody over too: idle minutes are lost then, which hardly moves the waits.
    A turnaround counts up to `longest_turnaround` minutes. A server has a skill after `skill_tickets` tickets of the
    service. `bootstrap` resamples and `confidence` give the intervals. `zone` (IANA name) lets clock changes be found.
    A half hour with `outage_tickets` tickets or more, over `outage_share` of which left at once, is an outage of the
    ticket system, and those who left at once before anybody stayed met shut doors: set aside (share 1: nothing is).
    Minutes and seconds as named.
    """

    short_seconds: float = 10.0
    at_once_seconds: float = 1.0
    min_service: int = 30
    min_server: int = 30
    min_walkouts: int = 20
    min_turnarounds: int = 50
    skill_tickets: int = 2
    absence_minutes: float = 1.0
    longest_turnaround: float = 10.0
    passed_over: int = 1
    bootstrap: int = 200
    confidence: float = 0.95
    outage_share: float = 0.5
    outage_tickets: int = 20
    zone: str | None = None

    def __post_init__(self) -> None:
        for name in ("min_service", "min_server", "min_walkouts", "min_turnarounds", "skill_tickets", "passed_over"):
            if getattr(self, name) < 1:
                raise CalibrationError(f"{name} must be 1 or more, not {getattr(self, name)}.")
        for name in ("short_seconds", "at_once_seconds"):
            if not 0 <= getattr(self, name) < 600:
                raise CalibrationError(f"{name} must lie in 0..600 seconds, not {getattr(self, name)}.")
        for name in ("absence_minutes", "longest_turnaround"):
            if getattr(self, name) <= 0:
                raise CalibrationError(f"{name} must be positive, not {getattr(self, name)}.")
        if not 0.5 <= self.confidence < 1:
            raise CalibrationError(f"confidence must lie in 0.5..1, not {self.confidence}.")
        if self.bootstrap < 20:
            raise CalibrationError(f"bootstrap needs at least 20 resamples, not {self.bootstrap}.")
