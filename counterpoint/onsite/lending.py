"""Days of the hall that higher rooms live again: a closed day with who was expected, what may be chosen now, and what a
choice was worth. Nothing here changes the hall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, enter, scoped
from counterpoint.onsite import deciding, expected
from counterpoint.onsite.advising import loss_of, rules_of
from counterpoint.onsite.deciding import Decision
from counterpoint.onsite.localtime import business_date, minute_of
from counterpoint.onsite.queries.living import Day, NoDay, day_of
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.verbs import REPLAY, VIEW

if TYPE_CHECKING:
    from counterpoint.science import advice, replay, twin

DRAWS = 60


@dataclass(frozen=True)
class LentDay:
    """A closed day: the record, the branch, `rates` expected a service and half hour from opening, the loss, a seed."""

    recorded: "replay.Recorded"
    model: "twin.BranchModel"
    rates: tuple[tuple[float, ...], ...]
    loss: "advice.Loss"
    seed: int


@dataclass(frozen=True)
class Choosable:
    """What could be ordered at a moment, as (code, name): people on duty, windows, services with a machine (code, name,
    largest share). `minute` and `opens`, `closes` count from midnight; `waiting` are the people who wait."""

    minute: int
    opens: int
    closes: int
    waiting: int
    people: tuple[tuple[str, str], ...]
    windows: tuple[tuple[str, str], ...]
    services: tuple[tuple[str, str, float], ...]


def recorded_day(*, scope: Scope, branch: OrgUnit, on: date, now: datetime) -> LentDay:
    """A closed day of the branch; `NoDay` when nobody came, when it still runs, or when only its tickets are known."""
    enter(scope, branch, REPLAY)
    day = day_of(scope=scope, branch=branch, on=on, now=now)
    record, model = day.scenario.recorded, day.scenario.model
    if not record.closed:
        raise NoDay(_("This day still runs. It can be played once it is closed."))
    with scoped(scope):
        usual = expected.usual(branch, on, business_date(branch, now))
        base = base_model(day)
    first, last = int(model.open_minute) // expected.GRAIN, -(-int(model.close_minute) // expected.GRAIN)
    if usual:
        rates = {code: [float(v) for v in values[first:last]] for code, values in usual.items()}
    else:
        rates = {code: [0.0] * (last - first) for code in model.service_codes}
        for leg in day.scenario.legs:
            if leg.first:
                slot = min(max(int(leg.arrival) // expected.GRAIN - first, 0), last - first - 1)
                rates[leg.service][slot] += 1.0
    width = last - first
    rows = tuple(tuple(rates.get(code, [0.0] * width)) for code in model.service_codes)
    return LentDay(record, base, rows, loss_of(day.hall.content), day.seed)


def base_model(day: Day) -> "twin.BranchModel":
    """The model from which the day's scenario is built. Inside a scope."""
    from counterpoint.onsite import futures

    return futures.model_of(day.hall)


def choosable(*, scope: Scope, branch: OrgUnit, now: datetime, language: str) -> Choosable:
    """Who and what is there now, for somebody who thinks along without touching anything."""
    enter(scope, branch, VIEW)
    from counterpoint.onsite import futures

    hall = hall_of(scope=scope, branch=branch, now=now)
    with scoped(scope):
        opens, closes = futures.opening(hall)
    here = [duty for duty in hall.duties if duty.place in ("counter", "lobby", "back_office")]
    people = tuple(sorted(((str(duty.user_id), duty.user.name) for duty in here), key=lambda pair: pair[1]))
    windows = tuple((str(post.counter.number), post.counter.name) for post in hall.posts)
    services = tuple(
        (one.key, one.name(language), one.divertible) for one in hall.content.services.values() if one.divertible > 0
    )
    return Choosable(
        int(minute_of(branch, now)), int(opens), int(closes), len(hall.waiting), people,
        windows, services,
    )  # fmt: skip


def worth(
    *, scope: Scope, branch: OrgUnit, on: date, now: datetime, choices: Sequence[tuple[int, Decision]]
) -> list[tuple[float, float, float] | None]:
    """Minutes of regret of each choice (minute, decision), with the middle 95 % of the draws: its loss less that of the
    best of what the advisor would try, on the people who came, over draws of what nobody saw.

    On half of the draws the best is chosen, on the other half it is judged; where the choice itself is the best it is
    0. None where the simulation cannot picture the choice. `NoDay` when the day still runs.
    """
    from counterpoint.science import replay, twin

    day = day_of(scope=scope, branch=branch, on=on, now=now)
    if not day.scenario.recorded.closed:
        raise NoDay(_("This day still runs. It can be played once it is closed."))
    found: list[tuple[float, float, float] | None] = []
    for minute, decision in choices:
        try:
            at = deciding.forked_at(day.scenario, decision, minute)
            mine = _change(day, decision, at)
            with scoped(scope):
                changes = {"mine": mine, **_options(day, at)}
            compared = replay.compare(
                day.scenario, at, changes, seed=day.seed, draws=DRAWS, loss=loss_of(day.hall.content)
            )
            found.append(_regret(compared))
        except (Invalid, twin.ModelError):
            found.append(None)
    return found


def _change(day: Day, decision: Decision, at: float) -> "replay.Change":
    from counterpoint.science import replay

    if decision.kind == "nothing":
        return replay.NOTHING
    return deciding.change_of(day.scenario, decision, at, day.hall.content)


def _options(day: Day, at: float) -> "dict[str, replay.Change]":
    """What the advisor would try at the minute, by key, as far as the day can act it out."""
    from counterpoint.science import advice, replay, twin

    state, _events = replay.changed(day.scenario, at, seed=day.seed).begin(0)
    labels = [leg.ticket for leg in day.scenario.legs]
    found: dict[str, replay.Change] = {}
    for option in advice.options(state, rules_of(day.hall.content, deciding.ADVISED)):
        if option.kind == "nothing":
            continue
        try:
            found[option.key] = _change(day, deciding.option_of(option, labels), at)
        except (Invalid, twin.ModelError):
            continue
    return found


def _regret(compared: "replay.Futures") -> tuple[float, float, float]:
    import numpy as np

    from counterpoint.science import replay

    column, half = replay.MEASURES.index("loss"), DRAWS // 2
    losses = {"": compared.unchanged[:, column]}
    losses |= {name: values[:, column] for name, values in compared.others.items() if name != "mine"}
    mine = compared.others["mine"][:, column]
    best = min(sorted(losses), key=lambda name: float(losses[name][:half].mean()))
    if float(mine[:half].mean()) <= float(losses[best][:half].mean()):
        return 0.0, 0.0, 0.0
    gap = mine[half:] - losses[best][half:]
    low, high = np.quantile(gap, [0.025, 0.975])
    return max(0.0, float(gap.mean())), float(low), float(high)
