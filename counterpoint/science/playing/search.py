"""The best policy that a published, deterministic search finds on the very people that came: clairvoyant, not optimal.

The budget is counted in tries (days played to the end), not in seconds, so that every machine finds the same. In this
order: nothing; what people have played (``own``); the advisor's options each ten minutes, each tried to the end of the
day, the best kept; the same with several days side by side and pairs of options; then coordinate search from the best:
leave an order out, shift it, change it with the next, add one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from counterpoint.science import advice
from counterpoint.science.playing.game import Game
from counterpoint.science.playing.orders import ANSWER, Order, OrderError, orders_of
from counterpoint.science.playing.play import Played, begun, play
from counterpoint.science.playing.policies import EVERY, answered, kindest, moments, rules_of
from counterpoint.science.twin.model import ModelError, require

BUDGET = 15_000
BEAM = 4
SHIFTS = (-300, 300, -900, 900)
GRIDS = (30, 10, 5)  # minutes between the moments where an order is tried to be added, finer once nothing gains
GAIN = 1e-9  # less is no gain: the first found stays


@dataclass(frozen=True)
class Best:
    """Its ``orders`` and ``loss``, the loss of doing ``nothing``, days ``tried``, and the way it was found."""

    orders: tuple[Order, ...]
    loss: float
    nothing: float
    tried: int
    way: str

    def summary(self) -> dict[str, object]:
        """The figures by name."""
        return {
            "loss": self.loss, "nothing": self.nothing, "orders": len(self.orders), "tried": self.tried, "way": self.way
        }  # fmt: skip


@dataclass
class Tries:
    """A game's days tried, counted against a budget; the best of them is kept."""

    game: Game
    budget: int
    tried: int = 0
    loss: float = float("inf")
    orders: tuple[Order, ...] = ()
    way: str = ""
    known: dict[tuple[Order, ...], float] = field(default_factory=dict)

    @property
    def spent(self) -> bool:
        """Whether no try is left."""
        return self.tried >= self.budget

    def of(self, orders: Sequence[Order], way: str, begin: Played | None = None) -> float:
        """The loss of a day; infinite for orders that cannot be given, or when no try is left.

        With ``begin`` only the orders that follow it are given. A day that was tried already costs nothing.
        """
        whole = tuple(sorted((*(begin.orders if begin else ()), *orders), key=lambda order: order.second))
        if whole in self.known:
            return self.known[whole]
        if self.spent:
            return float("inf")
        self.tried += 1
        try:
            found = play(self.game, orders, begin=begin, log=False).loss.total
        except (OrderError, ModelError):
            found = float("inf")
        self.known[whole] = found
        if found < self.loss - GAIN:
            self.loss, self.orders, self.way = found, whole, way
        return found


def best(
    game: Game, *, budget: int = BUDGET, own: Sequence[Sequence[Order]] = (), rules: advice.Rules | None = None
) -> Best:
    """Search a game; ``own`` are the orders of days that people played: none of them beats what is found.

    ``budget`` counts on top of them. Where the day asks questions, the hall is searched as if silence were the best
    answer, then the best answers are given. Raises ModelError below one try.
    """
    require(budget >= 1, f"A search needs at least one try, not {budget}.")
    tries = Tries(kindest(game), budget + len(own))
    nothing = tries.of((), "nothing")
    for orders in own:
        tries.of(orders, "own")
    greedy(tries, begun(tries.game), rules)
    _beam(tries, rules)
    _polish(tries)
    if tries.game is game:
        return Best(tries.orders, tries.loss, nothing, tries.tried, tries.way)
    return _asked(game, own, tries)


def _asked(game: Game, own: Sequence[Sequence[Order]], tries: Tries) -> Best:
    """What the search found, with its answers given on the game itself."""
    days = [("nothing", ()), *(("own", tuple(orders)) for orders in own), (tries.way, answered(game, tries.orders))]
    last = Tries(game, len(days))
    losses = [last.of(orders, way) for way, orders in days]
    return Best(last.orders, last.loss, losses[0], tries.tried, last.way)


def greedy(
    tries: Tries, begin: Played, rules: advice.Rules | None = None, *, every: int = EVERY, way: str = "advisor"
) -> float:
    """From ``begin`` to closing: each ``every`` minutes the option that makes this day best, if any does; its loss."""
    game, at = tries.game, begin
    own = rules_of(game, rules)
    reached = tries.of((), way, begin=at)
    for second in moments(game, every):
        if second / 60 < begin.now or tries.spent:
            continue
        at = play(game, (), second / 60, begin=at, log=False)
        chosen: tuple[Order, ...] = ()
        for orders in _steps(at, own, second):
            found = tries.of(orders, way, begin=at)
            if found < reached - GAIN:
                reached, chosen = found, orders
        at = _given(at, chosen, second)
    return reached


def _steps(at: Played, rules: advice.Rules, second: int) -> list[tuple[Order, ...]]:
    """The advisor's options as orders; a surge plan also without its first step and so on."""
    found: list[tuple[Order, ...]] = []
    for option in advice.options(at.state, rules):
        if option.kind == "surge":
            found += [orders_of(advice.together(option.steps[i:]), second) for i in range(len(option.steps) - 1)]
        elif option.kind != "nothing":
            found.append(orders_of(option, second))
    return found


def _given(at: Played, orders: tuple[Order, ...], second: int) -> Played:
    return play(at.game, orders, second / 60 + 1 / 600, begin=at, log=False) if orders else at


def _beam(tries: Tries, rules: advice.Rules | None) -> None:
    """Several days side by side; of each the single options and pairs of the best three go on."""
    own = rules_of(tries.game, rules)
    days = [begun(tries.game)]
    for second in moments(tries.game):
        if tries.spent:
            return
        grown: list[tuple[float, int, Played, tuple[Order, ...]]] = []
        for day in days:
            at = play(tries.game, (), second / 60, begin=day, log=False)
            grown.append((tries.of((), "beam", begin=at), len(grown), at, ()))
            singles: list[tuple[float, int, tuple[Order, ...]]] = []
            for orders in _steps(at, own, second):
                found = tries.of(orders, "beam", begin=at)
                singles.append((found, len(singles), orders))
                grown.append((found, len(grown), at, orders))
            few = [orders for _, _, orders in sorted(singles)[:3]]
            for orders in ((*few[i], *few[j]) for i in range(len(few)) for j in range(i + 1, len(few))):
                grown.append((tries.of(orders, "beam", begin=at), len(grown), at, orders))
        grown.sort(key=lambda one: one[:2])
        days = [_given(at, orders, second) for _, _, at, orders in _unlike(grown)]


def _unlike(
    grown: list[tuple[float, int, Played, tuple[Order, ...]]],
) -> list[tuple[float, int, Played, tuple[Order, ...]]]:
    """The best few whose losses differ: equal losses are mostly the same day."""
    found: list[tuple[float, int, Played, tuple[Order, ...]]] = []
    for one in grown:
        if all(abs(one[0] - other[0]) > GAIN for other in found) and len(found) < BEAM:
            found.append(one)
    return found


def _polish(tries: Tries) -> None:
    """Coordinate search from the best until nothing gains or no try is left."""
    for grid in GRIDS:
        before = float("inf")
        while tries.loss < before - GAIN and not tries.spent:
            before = tries.loss
            for orders in _changed(tries.game, tries.orders):
                tries.of(orders, "polish")
            for orders in _added(tries.game, tries.orders, grid):
                if tries.spent:
                    return
                tries.of(orders, "polish")


def _changed(game: Game, orders: tuple[Order, ...]) -> Iterator[tuple[Order, ...]]:
    """Each order left out, shifted, or changed with the next."""
    first, last = int(game.opens * 60), int(game.closes * 60)
    for i, order in enumerate(orders):
        rest = (*orders[:i], *orders[i + 1 :])
        if order.act == ANSWER:
            inject = game.inject(str(order.get("inject")))
            choices = [c.key for c in inject.choices]
            yield from (
                (*rest, Order.of(order.second, ANSWER, inject=inject.key, choice=key, actor=order.actor))
                for key in choices
            )
            continue
        yield rest
        for shift in SHIFTS:
            if first <= order.second + shift <= last:
                yield (*rest, order.at(order.second + shift))
        if i + 1 < len(orders):
            other = orders[i + 1]
            yield (*orders[:i], other.at(order.second), order.at(other.second), *orders[i + 2 :])


def _added(game: Game, orders: tuple[Order, ...], grid: int) -> Iterator[tuple[Order, ...]]:
    """One more order: machines offered to all or none, or somebody sent to a window."""
    model = game.model
    guided = [s for s in model.services if s.device in model.device_kinds]
    for second in moments(game, grid):
        for service in guided:
            for share in (int(1000 * service.divertible), 0):
                yield (*orders, Order.of(second, "diversion", service=service.code, share=share))
        for person in game.staffing.people:
            for counter in model.counters:
                if set(person.skills) & set(counter.services):
                    yield (*orders, Order.of(second, "window-open", counter=counter.code, user=person.code))
