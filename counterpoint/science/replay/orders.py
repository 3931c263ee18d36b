"""What was decided about people, windows and machines, as commands of the twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from counterpoint.science import twin
from counterpoint.science.replay.record import STAFF_KINDS, Event
from counterpoint.science.replay.walk import Walk

STEP = 1e-9  # minutes between events that were recorded in the same instant, so that each comes after its cause


@dataclass
class Orders:
    """What moves people and windows, as commands; used for the day as it was and for what is decided otherwise."""

    walk: Walk
    posts: dict[str, str | None] = field(default_factory=dict)

    def of(self, event: Event, minute: float, length: float) -> list[twin.Command]:
        """The commands of one staff event, taken in; ``length`` is how long a break lasted."""
        before, opened = dict(self.posts), set(self.walk.open)
        self.walk.take_in(event)
        leave: list[twin.Command] = []
        sit: list[twin.Command] = []
        if event.kind == "break":
            leave.append(twin.StartBreak(minute, event.person, max(length, STEP)))
        for who in self.walk.people:
            post = self._post_of(who)
            if post != before.get(who):
                (leave if post is None else sit).append(twin.MovePerson(minute, who, post))
                self.posts[who] = post
        doors: list[twin.Command] = [twin.OpenCounter(minute, c) for c in self.walk.open if c not in opened]
        shut: list[twin.Command] = [twin.CloseCounter(minute, c) for c in opened if c not in self.walk.open]
        return [*shut, *leave, *doors, *sit, *_others(event, minute)]

    def _post_of(self, who: str) -> str | None:
        place = self.walk.people[who]
        if place.where == "lobby":
            return "lobby"
        return place.counter if place.where == "counter" and place.counter in self.walk.open else None


def _others(event: Event, minute: float) -> list[twin.Command]:
    if event.kind == "down":
        return [twin.DeviceDown(minute, event.what)]
    if event.kind == "up":
        return [twin.DeviceUp(minute, event.what)]
    if event.kind == "rank":
        return [twin.SetPriority(minute, int(event.value), tier=event.what)]
    return []


def strictly_ordered(events: Sequence[Event]) -> list[float]:
    """Minutes of the events, each at least a billionth after the one before."""
    found: list[float] = []
    for event in events:
        found.append(event.minute if not found else max(event.minute, found[-1] + STEP))
    return found


def break_lengths(events: Sequence[Event], minutes: Sequence[float], until: float) -> dict[int, float]:
    """How long each break lasted: until the person is seen elsewhere, or to the end of the record."""
    found: dict[int, float] = {}
    for i, event in enumerate(events):
        if event.kind != "break":
            continue
        ends = (
            minutes[j] for j in range(i + 1, len(events))
            if events[j].kind == "shut" or (events[j].person == event.person and events[j].kind in STAFF_KINDS)
        )  # fmt: skip
        found[i] = next(ends, until + 1.0) - minutes[i]
    return found
