"""What rooms above bring: words and address of what a piece of evidence came from, and things to do against a gap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope


@dataclass(frozen=True)
class Origin:
    """What a piece of evidence came from: its name and the page that shows it, "" for none."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Thing:
    """Something to do: name, page, minutes, the competencies that it trains (weight 0–1), and what passing it would
    count as (source and size of the evidence)."""

    key: str
    name: str
    url: str
    minutes: float
    trains: Mapping[str, float]
    source: str
    size: float


Tell = Callable[[Scope, UUID, Sequence[str]], Mapping[str, Origin]]
Offer = Callable[[Scope, OrgUnit, UUID, frozenset[str]], Sequence[Thing]]
_tellers: dict[str, Tell] = {}
_offers: list[Offer] = []


def tell_evidence(prefix: str, tell: Tell) -> None:
    """`tell(scope, user, refs)` names what the refs beginning with ``prefix:`` came from, those that the caller may
    know."""
    _tellers[prefix] = tell


def offer_things(offer: Offer) -> None:
    """`offer(scope, unit, user, posts)` lists what the person may still do there, such as lessons not yet passed."""
    if offer not in _offers:
        _offers.append(offer)


def origins(scope: Scope, user: UUID, refs: Sequence[str]) -> dict[str, Origin]:
    """The refs that some room can tell of."""
    found: dict[str, Origin] = {}
    for prefix, tell in _tellers.items():
        mine = [ref for ref in refs if ref.startswith(f"{prefix}:")]
        if mine:
            found |= tell(scope, user, mine)
    return found


def things(scope: Scope, unit: OrgUnit, user: UUID, posts: frozenset[str]) -> list[Thing]:
    """Everything on offer."""
    return [one for offer in _offers for one in offer(scope, unit, user, posts)]
