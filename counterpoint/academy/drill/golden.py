"""Days written down: what doing nothing loses, what skilled orders lose, and the digest of the day.

`counterpoint content golden academy.scenario.payday` prints the example of a scenario anew, for its `examples`;
`counterpoint content digests` prints what two machines must agree on.
"""

from __future__ import annotations

import platform
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from counterpoint.academy.catalogue.scenarios import SCENARIOS, ScenarioBody
from counterpoint.academy.drill.games import game_of_scenario, newest
from counterpoint.academy.science import playing
from counterpoint.primitives.content import every

SEED = 7
TRIES = 400
FUTURES = 40


def game_of_example(body: ScenarioBody, example: Mapping[str, Any]) -> playing.Game:
    """The game that an example was played on."""
    return game_of_scenario(body, seed=int(example["seed"]), size=str(example["size"]))


def orders_of_example(example: Mapping[str, Any]) -> tuple[playing.Order, ...]:
    """The orders of an example."""
    return tuple(playing.Order.of(second, act, **inputs) for second, act, inputs in example["orders"])


def losses(body: ScenarioBody, example: Mapping[str, Any]) -> tuple[float, float]:
    """What doing nothing loses, and what the orders of the example lose."""
    game = game_of_example(body, example)
    orders = orders_of_example(example)
    return playing.play(game, log=False).loss.total, playing.play(game, orders, log=False).loss.total


def skilled(game: playing.Game, seed: int, *, futures: int = FUTURES) -> tuple[playing.Order, ...]:
    """What a skilled player would order without knowing the future: the advisor's proposals, and the best answers."""
    day = playing.follow(playing.kindest(game), playing.advised(seed, futures=futures), log=False)
    return playing.answered(game, day.orders)


def example_of(body: ScenarioBody, *, seed: int = SEED, size: str = "medium", tries: int = TRIES) -> dict[str, Any]:
    """An example by a short search: the best found in so many tries on the very people who come."""
    game = game_of_scenario(body, seed=seed, size=size)
    found = playing.best(game, budget=tries)
    day = playing.play(game, found.orders)
    return {
        "seed": seed, "size": size, "naive": round(found.nothing, 3), "loss": round(day.loss.total, 3),
        "digest": day.digest(), "orders": [[o.second, o.act, dict(o.inputs)] for o in found.orders],
    }  # fmt: skip


@dataclass(frozen=True)
class Digest:
    """A scenario's day of a seed at a branch model: the game's hash, the day's digest without any orders (`idle`), and
    with those of a hand that presses what it can by chance of the same seed (`erratic`)."""

    key: str
    version: int
    size: str
    seed: int
    game: str
    idle: str
    erratic: str


def machine() -> str:
    """What days may depend on here: the engine's mark, processor, mathematical library, numba, numpy."""
    libc = " ".join(filter(None, platform.libc_ver())) or platform.system()
    held = " · ".join(f"{name} {version(name)}" for name in ("numba", "numpy"))
    return f"engine {playing.engine()} · {platform.machine()} · {libc} · {held}"


def digests(keys: Collection[str], seeds: Iterable[int], size: str) -> Iterator[Digest]:
    """The days of scenarios (all without `keys`) one by one, to be compared between processes and machines."""
    wanted, held = list(seeds), {item.key: item for item in sorted(every(SCENARIOS), key=lambda one: one.version)}
    for item in (held[key] for key in sorted(held) if not keys or key in keys):
        for seed in wanted:
            game = game_of_scenario(item.value, seed=seed, size=size)
            idle, erratic = playing.play(game), playing.follow(game, playing.erratic(seed))
            yield Digest(item.key, item.version, size, seed, game.hash(), idle.digest(), erratic.digest())


def written(example: Mapping[str, Any]) -> str:
    """An example as the YAML of a content file."""
    head = [f"    {name}: {example[name]}" for name in ("size", "naive", "loss", "digest")]
    rows = [f"      - {_row(row)}" for row in example["orders"]]
    return "\n".join([f"  - seed: {example['seed']}", *head, "    orders:", *rows])


def _row(row: Sequence[Any]) -> str:
    second, act, inputs = row
    told = ", ".join(f"{name}: {_plain(value)}" for name, value in inputs.items())
    return f"[{second}, {act}, {{{told}}}]"


def _plain(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


@lru_cache(maxsize=1)
def scenarios() -> dict[str, ScenarioBody]:
    """Every scenario by key, in its newest version."""
    return newest(SCENARIOS)
