"""What a trainer adds by hand to a running day, as part of the game from its second on."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from math import ceil

from counterpoint.academy.models import DrillEvent
from counterpoint.academy.science import playing, twin

INJECT = "inject"
CROWD, DOWN, UP = "crowd", "device-down", "device-up"
HAND = "hand-"
Hand = tuple[int, int, str, str]


def hand_of(found: list[DrillEvent]) -> tuple[Hand, ...]:
    """The injects by hand of log lines: (number, second, act, inputs as JSON)."""
    return tuple(
        (line.seq, line.second, line.act, json.dumps(line.inputs, sort_keys=True))
        for line in found
        if line.kind == INJECT
    )


@lru_cache(maxsize=32)
def with_hand(game: playing.Game, hand: tuple[Hand, ...]) -> playing.Game:
    """The game with what was added by hand. Everything before the first of them stays as it was."""
    for seq, second, act, text in hand:
        game = _with_one(game, seq, second / 60, act, json.loads(text))
    return game


def _with_one(game: playing.Game, seq: int, minute: float, act: str, inputs: dict[str, object]) -> playing.Game:
    """One more crowd, or a machine that fails or works again. A crowd is drawn when it comes, as those by a condition
    are, so that nobody who came before it gets another number: it comes from the next whole minute of the day on."""
    key, what = f"{HAND}{seq}", inputs.get
    if act == CROWD:
        more = twin.AddCustomers(0.0, str(what("service")), int(str(what("count"))), float(str(what("minutes"))))
        after = max(0.0, ceil(minute) - ceil(game.opens))
        inject = playing.Inject(key, None, playing.Condition("waiting", "at_least", 0.0, float(after)), (more,))
    else:
        kind = twin.DeviceDown if act == DOWN else twin.DeviceUp
        inject = playing.Inject(key, minute, None, (kind(0.0, str(what("device"))),))
    return replace(game, injects=(*game.injects, inject))
