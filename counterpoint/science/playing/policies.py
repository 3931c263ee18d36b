"""Ways to play a day that are not a person: nothing, the advisor, chance. What they know is what the hall knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from counterpoint.science import advice, twin
from counterpoint.science.playing.game import WIDTH, Game, later
from counterpoint.science.playing.injects import Inject, measure
from counterpoint.science.playing.orders import ANSWER, Order, orders_of
from counterpoint.science.playing.play import Played, begun, play
from counterpoint.science.twin.commands import encode_commands
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.state import Coming

EVERY = 10
HORIZON = 60.0
REPLY = 30  # seconds from a question to its answer
Policy = Callable[[Played, int], tuple[Order, ...]]


def rules_of(game: Game, rules: advice.Rules | None = None) -> advice.Rules:
    """The advisor's rules for a game: the model has the delays, and a window is not closed to save minutes.

    Freed minutes do not count in the loss of a day, so an advisor that is paid for them would be another player.
    """
    rules = rules or advice.Rules()
    delays = game.model.delays
    walk = 0.0 if delays.move_person else rules.walk
    return replace(rules, walk=walk, guide=0.0, kinds=rules.kinds - {"close"})


def expecting(played: Played) -> twin.State:
    """The state as the hall knows it: the game's rates ahead, what the story will bring not yet pending."""
    game, state = played.game, played.state
    done = int(state.st[lay.NEXT_COMMAND])
    pending = state.commands[done:].tolist()
    for inject in game.injects:
        if inject.minute is not None and inject.minute > played.now:
            for row in encode_commands(later(inject.commands, inject.minute), game.model, game.staffing).tolist():
                pending.remove(row)
    known = np.array(pending, dtype=np.float64).reshape(-1, lay.CMD_WIDTH)
    commands = np.ascontiguousarray(np.concatenate([state.commands[:done], known]))
    return replace(state, commands=commands, coming=Coming(game.rates, game.start, WIDTH))


def nothing(_played: Played, _second: int) -> tuple[Order, ...]:
    """Orders nothing."""
    return ()


def advised(seed: int, *, futures: int = 100, rules: advice.Rules | None = None) -> Policy:
    """Does what the advisor of the live hall proposes; ``seed`` draws who may come, as there."""

    def policy(played: Played, second: int) -> tuple[Order, ...]:
        own = rules_of(played.game, rules)
        state = expecting(played)
        choices = advice.options(state, own, horizon=HORIZON)
        if len(choices) == 1:
            return ()
        found = advice.advise(
            state, choices, seed=seed + second, horizon=HORIZON, futures=futures, rules=own, loss=played.game.loss
        )
        return orders_of(found.best, second) if found.best is not None else ()

    return policy


THUMB = frozenset({"call", "from_lobby", "delay_break", "guide"})


def thumb(longest: float) -> Policy:
    """A rule of thumb: once somebody has waited ``longest`` minutes, the first thing that the hall allows (open a
    window, put a break off, guide to machines), without weighing it; else nothing."""

    def policy(played: Played, second: int) -> tuple[Order, ...]:
        if measure(played.state, "longest") < longest:
            return ()
        own = replace(rules_of(played.game), kinds=THUMB)
        choices = advice.options(expecting(played), own, horizon=HORIZON)
        return orders_of(choices[1], second) if len(choices) > 1 else ()

    return policy


def erratic(seed: int, share: float = 0.3) -> Policy:
    """At every asking, with probability ``share``, one legal order by chance."""
    rng = np.random.default_rng(seed)

    def policy(played: Played, second: int) -> tuple[Order, ...]:
        return (any_order(played.game, rng, second),) if rng.random() < share else ()

    return policy


def any_order(game: Game, rng: np.random.Generator, second: int) -> Order:
    """A legal order by chance; some make no sense and are refused by the hall when they take effect."""
    model = game.model
    counter, user = str(rng.choice(model.counter_codes)), str(rng.choice(game.staffing.codes))
    guided = [s for s in model.services if s.device in model.device_kinds]
    kind = int(rng.integers(9 if guided else 8))
    if kind <= 1:
        return Order.of(second, "window-open", counter=counter, user=user)
    if kind == 2:
        return Order.of(second, "window-close", counter=counter)
    if kind == 3:
        return Order.of(
            second, "person-move", user=user, place=str(rng.choice(["lobby", "back_office", "desk", "gone"]))
        )
    if kind == 4:
        return Order.of(second, "break-start", user=user, minutes=int(rng.integers(5, 40)))
    if kind == 5:
        return Order.of(second, "break-move", user=user, minute=second // 60 + int(rng.integers(0, 90)))
    if kind == 6:
        act = str(rng.choice(["first", "put-back", "flag", "divert"]))
        return Order.of(second, act, ticket=int(rng.integers(len(game.people))), vulnerable=1)
    if kind == 7:
        return Order.of(second, "break-end", user=user)
    service = guided[int(rng.integers(len(guided)))]
    share = int(rng.integers(0, int(1000 * service.divertible) + 1))
    return Order.of(second, "diversion", service=service.code, share=share)


def moments(game: Game, every: int = EVERY) -> Iterator[int]:
    """Seconds of a day at which a policy is asked, each ``every`` minutes from opening."""
    return iter(range(int(game.opens * 60), int(game.closes * 60), every * 60))


def follow(game: Game, policy: Policy, *, every: int = EVERY, log: bool = True) -> Played:
    """The day that a policy makes of a game, asked each ``every`` minutes."""
    at = begun(game)
    for second in moments(game, every):
        at = play(game, (), second / 60, begin=at, log=log)
        orders = policy(at, second)
        if orders:
            at = play(game, orders, second / 60 + 1 / 600, begin=at, log=log)
    return play(game, (), begin=at, log=log)


def kindest(game: Game) -> Game:
    """The game in which silence is the best answer: what is not answered takes the choice with the least points."""
    if not any(inject.choices for inject in game.injects):
        return game
    return replace(game, injects=tuple(_kind(inject) for inject in game.injects))


def _kind(inject: Inject) -> Inject:
    return replace(inject, default=min(inject.choices, key=lambda c: c.points).key) if inject.choices else inject


def answered(game: Game, orders: Sequence[Order] = (), *, reply: int = REPLY) -> tuple[Order, ...]:
    """The orders, and to every question that they leave open the choice with the least points, ``reply`` seconds after
    it was asked."""
    found = list(orders)
    while True:
        day = play(game, found, log=False)
        told = {str(order.get("inject")) for order in found if order.act == ANSWER}
        silent = [key for key, _, _ in day.answers if key not in told]
        if not silent:
            return tuple(sorted(found, key=lambda order: order.second))
        asked = dict(day.raised)
        key = min(silent, key=lambda one: asked[one])
        second = int(asked[key] * 60) + min(reply, int(game.inject(key).patience * 60) - 1)
        found.append(Order.of(second, ANSWER, inject=key, choice=_kind(game.inject(key)).default))
