"""What a decision was worth when it was taken: over redraws of what nobody could know then, in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counterpoint.science import advice, twin
from counterpoint.science.advice.trial import Setting, Trial, interval, race, renumbered
from counterpoint.science.playing.game import Game, later
from counterpoint.science.playing.hindsight import QUIET, Point, before, points_of
from counterpoint.science.playing.orders import ANSWER, Order, commands_of, moved, orders_of
from counterpoint.science.playing.play import Played
from counterpoint.science.playing.policies import HORIZON, expecting, rules_of
from counterpoint.science.playing.skill import Mean
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.model import require

FUTURES = 100


@dataclass(frozen=True, slots=True)
class Foresight:
    """At ``second``, ``done`` (a name) against ``better`` (a name), the best of what could have been done.

    ``regret`` is minutes of expected loss of the coming hour that ``better`` would have saved, with its 95 % interval.
    ``better`` was chosen on other futures than it is judged on, so the figure is not flattered by the choice; where
    what was done was best it is 0, and it may come out a little below 0. ``share`` is how much of the hour passes until
    the next point: hours of neighbouring points overlap, so sums weigh by it. ``orders`` are those of ``better``.
    """

    second: int
    done: str
    better: str
    regret: Mean
    share: float
    orders: tuple[Order, ...] = ()

    @property
    def counted(self) -> float:
        """Minutes of regret that belong to this point alone."""
        return self.regret.value * self.share

    def worth_saying(self, least: float) -> bool:
        """Whether the interval lies above 0 and the saving is at least ``least`` minutes."""
        return self.regret.low > 0.0 and self.regret.value >= least


@dataclass(frozen=True)
class _Way:
    """Something to do at a point."""

    name: str
    orders: tuple[Order, ...]
    commands: tuple[twin.Command, ...]
    cost: float


def foresight(
    game: Game, orders: Sequence[Order], *, seed: int, futures: int = FUTURES, horizon: float = HORIZON,
    rules: advice.Rules | None = None, points: Sequence[Point] | None = None, quiet: int = QUIET,
) -> tuple[Foresight, ...]:  # fmt: skip
    """Every point of a day judged by what could be known at it; ``points`` (default: all) may be some of them.

    ``futures`` are split in two: on the first half the best way is chosen, on the second it is held against what was
    done. All ways meet the same people in each future. Raises ModelError below four futures.
    """
    require(futures >= 4, f"Judging needs at least four futures, not {futures}.")
    every = points_of(game, orders, quiet)
    points = every if points is None else points
    seconds = [*(point.second for point in every), int(game.closes * 60)]
    stands = before(game, orders, points)
    found = []
    for at, point in zip(stands, points, strict=True):
        lasts = min((s for s in seconds if s > point.second), default=point.second) - point.second
        share = min(1.0, lasts / 60 / horizon)
        done, better, regret = _judged(at, point, seed + point.second, futures, horizon, rules)
        found.append(Foresight(point.second, done.name, better.name, regret, share, better.orders))
    return tuple(found)


def _judged(
    at: Played, point: Point, seed: int, futures: int, horizon: float, rules: advice.Rules | None
) -> tuple[_Way, _Way, Mean]:
    """What was done, what was better, and the regret."""
    state = expecting(at)
    ways = _ways(at, state, point, horizon, rules)
    if len(ways) == 1:
        return ways[0], ways[0], Mean(0.0, 0.0, 0.0, futures)
    begin, inside = twin.outset(state), {c: i for i, c in enumerate(twin.inside(state))}
    setting = Setting(seed, state.now + horizon, at.game.loss)
    trials = [
        Trial(advice.NOTHING, renumbered(_present(way.commands, inside), inside), way.cost, begin, setting)
        for way in ways
    ]
    half = futures // 2
    left = race(trials, half, kept=1)
    chosen = min(left, key=lambda i: (float(trials[i].total.mean()), i))
    if chosen == 0:
        return ways[0], ways[0], Mean(0.0, 0.0, 0.0, futures)
    for trial in (trials[0], trials[chosen]):
        trial.run(futures)
    gap = trials[0].total[half:] - trials[chosen].total[half:]
    return ways[0], ways[chosen], Mean(*interval(gap), gap.size)


def _present(commands: Sequence[twin.Command], inside: dict[int, int]) -> tuple[twin.Command, ...]:
    """Without orders about tickets of people who are not in the branch: they do nothing."""
    return tuple(c for c in commands if (ticket := getattr(c, "ticket", None)) is None or ticket in inside)


def _ways(at: Played, state: twin.State, point: Point, horizon: float, rules: advice.Rules | None) -> list[_Way]:
    """What was done first, then nothing, then what the advisor would try; of a question the other answers."""
    done = _way(at, state, point.orders, horizon)
    asked = [order for order in point.orders if order.act == ANSWER]
    if asked:
        inject = at.game.inject(str(asked[0].get("inject")))
        others = [c.key for c in inject.choices if c.key != asked[0].get("choice")]
        rest = [order for order in point.orders if order is not asked[0]]
        answers = [Order.of(point.second, ANSWER, inject=inject.key, choice=key) for key in others]
        return [done, *(_way(at, state, (*rest, answer), horizon) for answer in answers)]
    found = [done]
    for option in advice.options(state, rules_of(at.game, rules), horizon=horizon):
        way = _way(at, state, orders_of(option, point.second), horizon)
        if way.commands not in [one.commands for one in found]:
            found.append(way)
    return found


def _way(at: Played, state: twin.State, orders: Sequence[Order], horizon: float) -> _Way:
    """Orders as commands, and what they ask: moves, minutes of people not at a window now, points of an answer."""
    game, desk, loss = at.game, at.desk.copy(), at.game.loss
    commands: list[twin.Command] = []
    cost, names = 0.0, []
    for order in orders:
        names.append(":".join([order.act, *(str(value) for _, value in order.inputs)]))
        if order.act == ANSWER:
            choice = game.inject(str(order.get("inject"))).choice(str(order.get("choice")))
            commands += later(choice.commands, order.minute)
            cost += choice.points
            continue
        mine = commands_of(order, game.ground, desk)
        commands += mine
        cost += loss.move * moved(mine)
        if order.act == "window-open" and not _at_window(state, str(order.get("user"))):
            cost += loss.staff_minute * (horizon - game.model.delays.move_person)
    return _Way(" ".join(names) or "nothing", tuple(orders), tuple(commands), cost)


def _at_window(state: twin.State, person: str) -> bool:
    row = int(state.st[lay.O_PERSON]) + state.staffing.index(person) * lay.P_WIDTH
    return bool(state.st[row + lay.P_AT] >= 0)


def day_regret(judged: Sequence[Foresight]) -> float:
    """Regret of one day in minutes an hour: the figure that ranks.

    Points weigh as long as they last, so that nobody ranks better for giving more orders.
    """
    hours = sum(one.share for one in judged)
    return sum(one.counted for one in judged) / hours if hours else 0.0
