"""A recorded day as a game: the people who came, the seats of the roster, none of that day's decisions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpoint.science import advice, replay, twin
from counterpoint.science.playing.game import Game
from counterpoint.science.playing.orders import Order, OrderError
from counterpoint.science.playing.play import play
from counterpoint.science.replay.orders import break_lengths
from counterpoint.science.replay.record import STAFF_KINDS
from counterpoint.science.replay.unknown import Draws
from counterpoint.science.twin.customers import Rates, rate_paths
from counterpoint.science.twin.model import ModelError, require

SETTLED = 30.0
Breaks = tuple[tuple[float, float], ...]


def of_record(scenario: replay.Scenario, rates: Rates, *, seed: int, loss: advice.Loss | None = None) -> Game:
    """The day of a ``scenario`` to be played from its opening; ``rates`` say who was expected, in half hours.

    Who came, how long each service took and who left when are those of the record (:mod:`counterpoint.science.replay`);
    ``seed`` draws the rest. Everybody is on duty from the first that the record tells of them to closing, at the post
    taken within ``SETTLED`` minutes of that or of the opening, else on call: a window manned later was a decision. The
    breaks that were taken are planned ones. Windows call by themselves, with the record's turnaround. Raises ModelError
    when the day is not closed.
    """
    require(scenario.recorded.closed, "Only a closed day can be played: nobody knows yet who else will come.")
    draws = Draws(scenario, seed=seed)
    speed = np.array([leg.speed for leg in scenario.legs])
    extra = np.where(np.isnan(draws.work), 0.0, scenario.turnaround * speed)
    seats = _seats(scenario)
    counters = tuple(
        replace(c, open=c.code in {post for _, post in seats.values()})
        for c in scenario.model.counters if c.code not in scenario.unmanned
    )  # fmt: skip
    model = replace(scenario.model, counters=counters, calling="auto", uptake=0.0, stay_after_close=True)
    people = [p for p in scenario.staffing.people if p.code not in scenario.unmanned]
    breaks = _breaks(scenario)
    staffing = twin.Staffing(tuple(_person(p, seats, breaks.get(p.code, ()), model) for p in people))
    return Game(
        model, staffing, draws.table(0, extra=extra), rate_paths(model, rates), loss=loss or advice.Loss(),
        opens=model.open_minute, closes=model.close_minute, start=model.open_minute,
    )  # fmt: skip


def decided(scenario: replay.Scenario, game: Game) -> tuple[Order, ...]:
    """What was ordered on the recorded day, as orders of its ``game`` (:func:`of_record`): windows, places, guiding.

    Who took a seat at the beginning, and breaks, are in the game already. What a drill cannot order is left out.
    """
    found: list[Order] = []
    since = {person: minute for person, (minute, _post) in _seats(scenario).items()}
    for position in scenario.recorded.decisions():
        event, minute = scenario.recorded.events[position], scenario.minutes[position]
        settled = max(since.get(event.person, minute), game.opens) + SETTLED if event.person else game.opens
        order = _ordered(event, minute)
        if order is None or minute <= settled or minute >= game.closes:
            continue
        try:
            play(game, [order], log=False)
        except (OrderError, ModelError):
            continue
        found.append(order)
    return tuple(found)


def _ordered(event: replay.Event, minute: float) -> Order | None:
    second = int(minute * 60)
    match event.kind:
        case "open" if event.person:
            return Order.of(second, "window-open", counter=event.counter, user=event.person)
        case "close":
            return Order.of(second, "window-close", counter=event.counter)
        case "post" if event.what == "counter":
            return Order.of(second, "person-move", user=event.person, place="counter", counter=event.counter)
        case "post" if event.what in ("lobby", "back_office", "gone"):
            return Order.of(second, "person-move", user=event.person, place=event.what)
        case "share":
            return Order.of(second, "diversion", service=event.what, share=round(1000 * event.value))
    return None


def _seats(scenario: replay.Scenario) -> dict[str, tuple[float, str | None]]:
    """Since when each person is there, and the post taken then."""
    since: dict[str, float] = {}
    for event, minute in zip(scenario.recorded.events, scenario.minutes, strict=True):
        if event.kind in STAFF_KINDS and event.person:
            since.setdefault(event.person, minute)
    posts: dict[str, str] = {}
    for command in scenario.commands:
        if isinstance(command, twin.MovePerson) and command.to is not None:
            settled = max(since.get(command.person, command.minute), scenario.model.open_minute) + SETTLED
            if command.minute <= settled:
                posts.setdefault(command.person, command.to)
    return {person: (minute, posts.get(person)) for person, minute in since.items()}


def _breaks(scenario: replay.Scenario) -> dict[str, Breaks]:
    """Start and minutes of the breaks that each person took."""
    recorded = scenario.recorded
    lengths = break_lengths(recorded.events, scenario.minutes, recorded.until)
    found: dict[str, Breaks] = {}
    for position, minutes in lengths.items():
        person = recorded.events[position].person
        found[person] = (*found.get(person, ()), (scenario.minutes[position], minutes))
    return found


def _person(
    person: twin.Person, seats: dict[str, tuple[float, str | None]], breaks: Breaks, model: twin.BranchModel
) -> twin.Person:
    """On duty from when the record tells of them to closing."""
    start, post = seats.get(person.code, (model.open_minute, None))
    if start >= model.close_minute:
        start, post = model.open_minute, None
    inside = tuple((a, m) for a, m in breaks if m > 0 and start <= a and a + m <= model.close_minute)
    return replace(person, shifts=((start, model.close_minute),), breaks=inside, post=post)
