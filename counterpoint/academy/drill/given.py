"""What a trainer adds by hand to a running day, as part of the game from its second on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from math import ceil

from counterpoint.academy.drill import games
from counterpoint.academy.drill.branches import Branch
from counterpoint.academy.models import DrillEvent
from counterpoint.academy.science import playing, twin

INJECT = "inject"
CROWD, DOWN, UP = "crowd", "device-down", "device-up"
PERSON, ABSENCE, OUTAGE = "person", "absence", "outage"
SLOW = 0.4  # pace at the windows while the systems are out, as in the scenario of an outage
DIALOGUE = "academy.dialogue."
TALK = re.compile(r"hand-\d+-(\w+)-(\d+)")
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
    what = inputs.get
    if act == PERSON:
        return replace(game, injects=(*game.injects, *_talk(game, seq, minute, inputs)))
    key, commands = f"{HAND}{seq}", _commands(game, act, inputs)
    if act == CROWD:
        more = twin.AddCustomers(0.0, str(what("service")), int(str(what("count"))), float(str(what("minutes"))))
        after = max(0.0, ceil(minute) - ceil(game.opens))
        inject = playing.Inject(key, None, playing.Condition("waiting", "at_least", 0.0, float(after)), (more,))
    else:
        inject = playing.Inject(key, minute, None, commands)
    return replace(game, injects=(*game.injects, inject))


def _commands(game: playing.Game, act: str, inputs: Mapping[str, object]) -> tuple[twin.Command, ...]:
    """A machine fails or works again; somebody goes home for the day; all systems are out for some minutes."""
    if act in (DOWN, UP):
        return ((twin.DeviceDown if act == DOWN else twin.DeviceUp)(0.0, str(inputs.get("device"))),)
    if act == ABSENCE:
        worker = str(inputs.get("user")).partition("#")[0]
        stretches = [one.code for one in game.staffing.people if one.code.partition("#")[0] == worker]
        return tuple(twin.EndShift(0.0, code) for code in stretches)
    if act != OUTAGE:
        return ()
    minutes, machines = float(str(inputs.get("minutes"))), [one.code for one in game.model.devices]
    return (
        twin.SetPace(0.0, SLOW), *(twin.DeviceDown(0.0, code) for code in machines),
        twin.SetPace(minutes, 1.0), *(twin.DeviceUp(minutes, code) for code in machines),
    )  # fmt: skip


def _talk(game: playing.Game, seq: int, minute: float, inputs: Mapping[str, object]) -> list[playing.Inject]:
    """Somebody who comes and talks: a dialogue of the content, in the version that came."""
    name, version = str(inputs.get("dialogue")), int(str(inputs.get("version")))
    body, worth = games.dialogue_of(f"{DIALOGUE}{name}", version), inputs.get("minutes")
    if body is None or not isinstance(worth, dict):
        return []
    branch = Branch(game.model, game.staffing, game.rates, game.start)
    return games.talk_by_hand(f"{HAND}{seq}-{name}-{version}", body, minute, worth, branch, seq)


def dialogue(inject: str) -> tuple[games.DialogueBody, str] | None:
    """The dialogue and the node that an inject added by hand asks; None for any other inject."""
    slug, _dot, node = inject.rpartition(".")
    found = TALK.fullmatch(slug)
    body = games.dialogue_of(f"{DIALOGUE}{found[1]}", int(found[2])) if found else None
    return (body, node) if body is not None and node in body.talk.by_slug else None
