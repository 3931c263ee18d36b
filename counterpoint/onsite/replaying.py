"""Trying another decision in a past day: two futures for the same people, in plain numbers."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, scoped
from counterpoint.onsite import deciding, futures, ordering
from counterpoint.onsite.advising import NotReady, loss_of, rules_of
from counterpoint.onsite.catalogue import Catalogue
from counterpoint.onsite.deciding import Decision
from counterpoint.onsite.queries.living import Day, day_of
from counterpoint.onsite.queries.past import instant, past_hall

if TYPE_CHECKING:
    from counterpoint.science import advice, replay

DRAWS = 100
SIFTED = 24  # draws with which the options are compared before the best is run in full
ADVISED_FUTURES = 100


def tried(
    *, scope: Scope, branch: OrgUnit, on: date, now: datetime, minute: float, decision: Decision
) -> dict[str, Any]:
    """What came, what would have come unchanged, with the decision, and with the best option: plain JSON.

    `Invalid` when the decision does not fit the day; `NotReady` while the twin is being loaded.
    """
    if not futures.ready():
        raise NotReady(_("The simulation is still being loaded. Ask again in a moment."))
    from counterpoint.science import replay, twin

    day = day_of(scope=scope, branch=branch, on=on, now=now)
    scenario, content = day.scenario, day.hall.content
    at = deciding.forked_at(scenario, decision, minute)
    own = content.advice
    loss = loss_of(content)
    proof = replay.replay(scenario, seed=day.seed)
    try:
        with scoped(scope):
            advised = _advised(scope, branch, on, at, day)
            found = _best(day, at, loss)
        wanted = (advised or Decision("nothing")) if decision.kind == "advised" else decision
        chosen = {"changed": wanted, "advisor": advised, "best": found}
        changes = {
            name: _change(scenario, one, minute if one.kind == "without" else at, content)
            for name, one in chosen.items()
            if one is not None
        }
        compared = replay.compare(scenario, at, changes, seed=day.seed, draws=DRAWS, loss=loss)
    except twin.ModelError as unlike:
        raise Invalid(_("The simulation cannot picture this decision.")) from unlike
    return {
        "at": at, "until": compared.until, "closed": scenario.recorded.closed, "inferred": scenario.recorded.inferred,
        "draws": DRAWS, "people": compared.people, "known": compared.known, "exact": proof.exact,
        "worst": max(proof.worst.values(), default=0.0), "shifted": scenario.shifted,
        "turnaround": scenario.turnaround, "unexpressed": scenario.unexpressed, "was": compared.was,
        "unchanged": {m: list(compared.band(m)) for m in replay.MEASURES},
        "futures": {name: {"decision": chosen[name].plain(), "rows": _rows(compared, name)}  # type: ignore[union-attr]
                    for name in changes},
        "saved": round(compared.regret()["changed"], 2), "queue": _paths(compared), "walk": own.walk,
    }  # fmt: skip


def _change(scenario: "replay.Scenario", decision: Decision, minute: float, content: Catalogue) -> "replay.Change":
    from counterpoint.science import replay

    return replay.NOTHING if decision.kind == "nothing" else deciding.change_of(scenario, decision, minute, content)


def _advised(scope: Scope, branch: OrgUnit, on: date, at: float, day: Day) -> Decision | None:
    """What the advisor would have said, knowing no more than was known then; None when it cannot tell."""
    from counterpoint.science import advice, twin

    if day.scenario.recorded.inferred or not 0 <= at < 24 * 60 - 1:
        return None
    hall = past_hall(scope=scope, branch=branch, at=instant(branch, on, at))
    try:
        found = advice.advise(
            futures.state_of(hall), seed=futures.seed_of(hall), futures=ADVISED_FUTURES,
            rules=rules_of(hall.content, deciding.ADVISED, ordering.told(hall)), loss=loss_of(hall.content),
        )  # fmt: skip
    except twin.ModelError:
        return None
    labels = [ticket.label for ticket in futures.known(hall)]
    return deciding.option_of(found.best, labels) if found.best is not None else Decision("nothing")


def _best(day: Day, at: float, loss: "advice.Loss") -> Decision | None:
    """The option that hindsight likes best: tried on the draws of this very day; None when none saves anything."""
    from counterpoint.science import advice, replay

    scenario = day.scenario
    state, _events = replay.changed(scenario, at, seed=day.seed).begin(0)
    there = replay.standing_at(scenario.recorded, at)
    changes: dict[str, replay.Change] = {}
    decisions: dict[str, Decision] = {}
    labels = [leg.ticket for leg in scenario.legs]
    for option in advice.options(state, rules_of(day.hall.content, deciding.ADVISED)):
        one = deciding.option_of(option, labels)
        if one.kind == "nothing" or not all(_possible(step, there) for step in one.steps or (one,)):
            continue
        decisions[option.key] = one
        changes[option.key] = deciding.change_of(scenario, one, at, day.hall.content)
    if not changes:
        return None
    worth = replay.compare(scenario, at, changes, seed=day.seed, draws=SIFTED, loss=loss).regret()
    name, saved = max(worth.items(), key=lambda pair: pair[1])
    return decisions[name] if saved > 0 else None


def _possible(one: Decision, there: "replay.Walk") -> bool:
    """Whether the record had the person on duty, and the ticket waiting."""
    if one.kind == "open":
        return one.user in there.people and there.people[one.user].where not in ("gone", "break")
    if one.kind == "call_first":
        return one.ticket in there.tickets and there.tickets[one.ticket].state == "waiting"
    return True


def _rows(compared: "replay.Futures", name: str) -> dict[str, dict[str, float]]:
    from counterpoint.science import replay

    return {m: {k: round(v, 3) for k, v in compared.row(name, m).items()} for m in replay.MEASURES}


def _paths(compared: "replay.Futures") -> dict[str, list[float]]:
    """People waiting every quarter of an hour: as it was, means of both futures, P10–P90 of the changed one."""
    import numpy as np

    changed = compared.paths["changed"]
    low, high = np.quantile(changed, [0.1, 0.9], axis=0)
    series = {
        "minutes": compared.grid, "was": compared.paths["was"][0],
        "unchanged": compared.paths["unchanged"].mean(axis=0), "changed": changed.mean(axis=0),
        "low": low, "high": high,
    }  # fmt: skip
    return {name: [round(float(v), 1) for v in values] for name, values in series.items()}
