"""Days for the tests: random ones by plain rules, and days of the twin itself written down as if they had been real."""

from __future__ import annotations

from collections.abc import Sequence

from counterpoint.science import replay, twin
from counterpoint.science.replay.datasets import branch

KINDS = {"join_queue": "take", "start_service": "call", "end_service": "end", "abandon": "leave", "dismiss": "leave"}


def random_day(seed: int) -> replay.Recorded:
    """One of many sorts: quiet or full, plain or full of odd turns, closed or still running."""
    return replay.recorded_day(
        seed, trouble=(0.0, 0.03, 0.1, 0.25)[seed % 4], closed=seed % 5 != 0, rate=(0.3, 0.7, 1.1)[seed % 3],
        minutes=(60.0, 180.0)[seed % 2],
    )  # fmt: skip


def lived(seed: int) -> replay.Scenario:
    """A random day as a scenario."""
    return replay.scenario(random_day(seed), branch())


def own_branch(patience: twin.Duration | None = None) -> twin.BranchModel:
    """A branch whose days the twin lives with automatic calling: nothing that a record would not show."""
    services = (twin.Service("a", twin.Duration(4.0, 0.6)), twin.Service("b", twin.Duration(7.0, 0.5)))
    counters = (twin.Counter("1", ("a",)), twin.Counter("2", ("a", "b")), twin.Counter("3", ("a", "b"), False))
    tiers = (twin.Tier("normal", 0.8, 1, 12.0), twin.Tier("vip", 0.2, 0, 5.0))
    return twin.BranchModel(
        services, counters, tiers, patience=patience, balking=None, open_minute=540.0, close_minute=660.0,
        overrun_minutes=240.0,
    )  # fmt: skip


def own_staff() -> twin.Staffing:
    """Two people at windows, one on call."""
    shift = ((0.0, 3000.0),)
    return twin.Staffing.of(*(twin.Person(f"p{i}", ("a", "b"), shift, (), post) for i, post in ((1, "1"), (2, "2"))),
                            twin.Person("p3", ("a", "b"), shift))  # fmt: skip


def own_day(seed: int, commands: Sequence[twin.Command] = (), patience: twin.Duration | None = None) -> twin.DayResult:
    """A day of the twin's own."""
    model = own_branch(patience)
    people = twin.draw_customers(model, {"a": [7.0] * 4, "b": [3.0] * 4}, seed=seed)
    return twin.run_day(model, own_staff(), people, commands)


def written_down(day: twin.DayResult, staff: Sequence[replay.Event] = ()) -> replay.Recorded:
    """What a hall would have recorded of a day of the twin; ``staff`` tells of orders that its commands stand for."""
    model, table = day.state.model, day.state.customers
    events = [replay.Event(530.0, "open", counter=post, person=who) for who, post in (("p1", "1"), ("p2", "2"))]
    events += [replay.Event(530.0, "post", person="p3", what="back_office"), *staff]
    names = twin.EVENT_NAMES
    for row in day.events:
        kind = KINDS.get(names[int(row["kind"])])
        if kind:
            counter = model.counter_codes[int(row["place"])] if kind == "call" else ""
            events.append(replay.Event(float(row["minute"]), kind, ticket=f"c{int(row['customer'])}", counter=counter))
    events.sort(key=lambda event: event.minute)
    visits = tuple(
        replay.Visit(f"c{i}", model.service_codes[table.service[i]], model.tier_codes[table.tier[i]])
        for i in range(len(table))
    )
    end = max(event.minute for event in events) + 30
    workers = tuple(replay.Worker(person.code, person.skills) for person in day.state.staffing.people)
    return replay.Recorded((*events, replay.Event(end, "shut")), visits, workers, end)
