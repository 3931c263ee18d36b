"""Typed error statistics: counts with exact limits, and rates per 10,000 deals where deals are known. Pure."""

from dataclasses import dataclass

from counterpoint.science import inference

PER = 10_000
FEW = 5  # below this many cases a rate is shown with its interval but not ranked or compared


@dataclass(frozen=True)
class Rate:
    """`count` events over `deals` (None when unknown): the rate per 10,000 with its 95 % limits."""

    slug: str
    count: int
    deals: int | None
    value: float | None
    low: float | None
    high: float | None

    @property
    def few(self) -> bool:
        """Whether there are too few cases to compare."""
        return self.count < FEW


def rate(slug: str, count: int, deals: int | None) -> Rate:
    """The rate per 10,000 deals; without deals only the count."""
    if not deals:
        return Rate(slug, count, None, None, None, None)
    low, high = inference.count_limits(count)
    return Rate(slug, count, deals, PER * count / deals, PER * low / deals, PER * high / deals)
