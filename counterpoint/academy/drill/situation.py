"""The hall at a moment of a played day, in a few plain figures: what whoever decided had before them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from counterpoint.academy.science import playing

Situation = dict[str, Any]


def situation(day: playing.Played) -> Situation:
    """Figures of the day so far, people waiting by service, open windows and those of them that are free, and machines
    that are down."""
    model, picture = day.game.model, playing.picture(playing.Labels(day.game), day.state)
    queues = Counter(one[1] for one in picture["c"].values() if one[0] == "q")
    windows = {int(number): row for number, row in picture["w"].items()}
    opened = [number for number, row in sorted(windows.items()) if row[0]]
    return {
        **playing.figures(day),
        "queues": {model.services[number].code: count for number, count in sorted(queues.items())},
        "windows": [model.counters[number].code for number in opened],
        "free": sum(windows[number][2] < 0 for number in opened),
        "down": [one.code for number, one in enumerate(model.devices) if not picture["m"][str(number)][0]],
    }


def just_before(game: playing.Game, orders: Sequence[playing.Order], second: int) -> playing.Played:
    """The day as it stood just before a second."""
    return playing.play(game, [one for one in orders if one.second < second], second / 60, log=False)


def situations(game: playing.Game, orders: Sequence[playing.Order], seconds: Iterable[int]) -> dict[int, Situation]:
    """The situation just before each of the seconds, from one pass through the day."""
    day: playing.Played | None = None
    found: dict[int, Situation] = {}
    for second in sorted(set(seconds)):
        due = [one for one in orders if one.second < second and (day is None or one.minute >= day.now)]
        day = playing.play(game, due, second / 60, begin=day, log=False)
        found[second] = situation(day)
    return found
