"""Whether a post may use a verb that asks for a certificate, and who should be warned how soon. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

WARN = timedelta(days=42)
HELD, MISSING, ENDED, REVOKED, ENDS, COMING = "held", "missing", "ended", "revoked", "ends", "coming"


@dataclass(frozen=True)
class Held:
    """A certificate of somebody's: first and last day (both included), and whether it was revoked."""

    since: date
    until: date
    revoked: bool = False

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return not self.revoked and self.since <= on <= self.until


@dataclass(frozen=True)
class State:
    """How somebody stands to a certificate that a verb asks for: `withheld` on the day, and why or what is coming, with
    the day that it is about."""

    kind: str
    withheld: bool
    day: date | None = None


def state(begins: date, held: Iterable[Held], on: date) -> State:
    """On a day, for a verb that asks for the certificate from `begins` on. Within `WARN` before it is withheld the
    state says so."""
    rows = sorted(held, key=lambda one: (one.until, one.since))
    valid = [one for one in rows if one.holds(on)]
    if valid:
        last = valid[-1].until
        soon = max(last + timedelta(days=1), begins) - on <= WARN
        return State(ENDS if soon else HELD, False, last)
    if begins > on:
        return State(COMING if begins - on <= WARN else HELD, False, begins)
    newest = rows[-1] if rows else None
    if newest is None:
        return State(MISSING, True)
    return State(REVOKED if newest.revoked else ENDED, True, newest.until)
