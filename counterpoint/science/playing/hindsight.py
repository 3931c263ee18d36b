"""Which decision cost what, on the day that came: a telescope of best losses still reachable, so the parts add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from counterpoint.science import advice
from counterpoint.science.playing.game import Game
from counterpoint.science.playing.orders import Order
from counterpoint.science.playing.play import Played, begun, play
from counterpoint.science.playing.search import GAIN, Best, Tries, greedy

QUIET = 15
EACH = 150


@dataclass(frozen=True, slots=True)
class Point:
    """A moment that is judged: the orders of one second, or none in the quarter of an hour that begins there."""

    second: int
    orders: tuple[Order, ...]


@dataclass(frozen=True)
class Hindsight:
    """``reachable[k]`` is the best loss found from just before ``points[k]`` on, the last one the loss that came.

    ``regret(k)`` is the difference of neighbours, 0 or more; all together are the loss less ``reachable[0]``.
    """

    points: tuple[Point, ...]
    reachable: tuple[float, ...]
    tried: int

    @property
    def regrets(self) -> tuple[float, ...]:
        """Minutes that each point cost on this day."""
        return tuple(b - a for a, b in pairwise(self.reachable))

    @property
    def total(self) -> float:
        """Minutes that the day cost beyond the best found."""
        return self.reachable[-1] - self.reachable[0]


def points_of(game: Game, orders: Sequence[Order], quiet: int = QUIET) -> tuple[Point, ...]:
    """Every second with orders, the opening, and each ``quiet`` minutes without an order until closing."""
    by_second: dict[int, list[Order]] = {}
    for order in sorted(orders, key=lambda order: order.second):
        by_second.setdefault(order.second, []).append(order)
    first, last, width = int(game.opens * 60), int(game.closes * 60), quiet * 60
    found = {second: Point(second, tuple(some)) for second, some in by_second.items()}
    cursor = first
    for second in [*sorted(by_second), last]:
        while cursor + width <= second:
            found.setdefault(cursor, Point(cursor, ()))
            cursor += width
        cursor = max(cursor, second + width)
    begin = min(first, *found) if found else first
    found.setdefault(begin, Point(begin, ()))
    return tuple(found[second] for second in sorted(found))


def before(game: Game, orders: Sequence[Order], points: Sequence[Point]) -> list[Played]:
    """The day as it stood just before each point."""
    at, found = begun(game), []
    for point in points:
        at = play(game, [o for o in orders if o.minute >= at.now], point.second / 60, begin=at, log=False)
        found.append(at)
    return found


def hindsight(
    game: Game, orders: Sequence[Order], reference: Best, *, replans: int = 12, each: int = EACH,
    rules: advice.Rules | None = None, quiet: int = QUIET,
) -> Hindsight:  # fmt: skip
    """What each point cost, the people being those that came.

    From before every point two ways on are tried: nothing more, and the reference's later orders. From ``replans``
    points the advisor's greedy search looks on, ``each`` tries long: from the opening, then always from the middle of
    the stretch that costs most, so that it comes down to its point. What is reachable from a point is the least of
    what was found there and at later points, since those lie on the way: so no regret is negative and they add up.
    """
    points = points_of(game, orders, quiet)
    loss = play(game, orders, log=False).loss.total
    tries = Tries(game, 10**9)
    stands = before(game, orders, points)
    found = []
    for point, at in zip(points, stands, strict=True):
        rest = [o for o in reference.orders if o.second >= point.second]
        found.append(min(tries.of((), "nothing", begin=at), tries.of(rest, "reference", begin=at)))
    found[0] = min(found[0], reference.loss)
    looked: list[int] = []
    while len(looked) < replans:
        k = _next(_telescope(found, loss), looked)
        if k < 0:
            break
        looked = sorted([*looked, k])
        own = Tries(game, each)
        found[k] = min(found[k], greedy(own, stands[k], rules))
        tries.tried += own.tried
    return Hindsight(points, _telescope(found, loss), tries.tried)


def _next(reachable: Sequence[float], looked: Sequence[int]) -> int:
    """The point in the middle of the dearest stretch between points looked on from; -1 when none costs anything."""
    if 0 not in looked:
        return 0
    ends = [*looked, len(reachable) - 1]
    stretches = [
        (reachable[j] - reachable[i], -i, (i + j) // 2) for i, j in pairwise(ends) if j > i + 1
    ]  # fmt: skip
    cost, _, middle = max(stretches, default=(0.0, 0, -1))
    return middle if cost > GAIN else -1


def _telescope(found: Sequence[float], loss: float) -> tuple[float, ...]:
    reachable = [loss]
    for value in reversed(found):
        reachable.append(min(reachable[-1], value))
    return tuple(reversed(reachable))
