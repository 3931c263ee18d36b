"""What a day was like for the customers, and what another decision would have made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from counterpoint.science.advice import Loss
from counterpoint.science.replay.futures import NOTHING, Change, Fork, without
from counterpoint.science.replay.scenario import Scenario
from counterpoint.science.replay.shape import spans_of, waiting_at
from counterpoint.science.replay.unknown import Draws
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.model import require

MEASURES = ("p90_wait", "mean_wait", "leavers", "broken", "served", "self_served", "loss")
GRACE = 0.5  # minutes: promises are shown in whole minutes
FEWEST = 2
QUARTER = 15.0


@dataclass(frozen=True)
class People:
    """The customers that a comparison counts: tickets that waited at the fork or came after it.

    Arrays of one row a leg: ``counted``; ``promise`` in minutes; ``other`` those who left for another reason than
    waiting (guided to a machine, gave the ticket back).
    """

    counted: np.ndarray
    arrival: FloatArray
    promise: FloatArray
    other: np.ndarray

    @classmethod
    def of(cls, scenario: Scenario, at: float) -> People:
        """Those of a scenario whom a decision at minute ``at`` can still concern."""
        legs, tiers = scenario.legs, {t.code: t.promise for t in scenario.model.tiers}
        done = [leg.call if leg.call is not None else leg.gone for leg in legs]
        counted = [leg.first and (d is None or d >= at) for leg, d in zip(legs, done, strict=True)]
        promise = [leg.promise if leg.promise is not None else tiers[leg.tier] for leg in legs]
        other = [leg.reason in ("diverted", "cancelled", "ended_uncalled") for leg in legs]
        return cls(np.array(counted, bool), np.array([leg.arrival for leg in legs]), np.array(promise), np.array(other))

    def measures(
        self, waited: FloatArray, called: np.ndarray, left: np.ndarray, machine: np.ndarray, loss: Loss
    ) -> FloatArray:
        """``MEASURES`` in their order. A wait that ended by leaving or goes on counts for the promise as far as it got;
        P90 and mean are of those called."""
        mine = self.counted
        waits = waited[mine & called]
        gone = mine & left & ~self.other
        queued = mine & ~machine & ~self.other
        broken = queued & (waited > self.promise + GRACE)
        p90 = float(np.quantile(waits, 0.9)) if waits.size else 0.0
        mean = float(waits.mean()) if waits.size else 0.0
        total = float(waited[queued].sum()) + loss.walkout * gone.sum() + loss.breach * broken.sum()
        counts = (gone.sum(), broken.sum(), (mine & called).sum(), (mine & machine).sum())
        return np.array([p90, mean, *counts, total], dtype=float)


def as_it_was(scenario: Scenario, at: float, loss: Loss | None = None) -> dict[str, float]:
    """The measures of the record itself, read off its own minutes; the twin has no part in it."""
    people, until = People.of(scenario, at), _end(scenario)
    legs = scenario.legs
    waited = np.array([until - leg.arrival if leg.waited is None else leg.waited for leg in legs])
    called = np.array([leg.call is not None for leg in legs])
    left = np.array([leg.gone is not None for leg in legs])
    found = people.measures(waited, called, left, np.zeros(len(legs), bool), loss or Loss())
    return dict(zip(MEASURES, found.tolist(), strict=True))


def _end(scenario: Scenario) -> float:
    return scenario.model.close_minute if scenario.recorded.closed else scenario.recorded.until


Lived = tuple[FloatArray, FloatArray]


def lived(forks: Mapping[str, Fork], draws: int, people: People, loss: Loss, grid: FloatArray) -> dict[str, Lived]:
    """By name of forks of one day, minute and draws: draws x ``MEASURES``, and draws x minutes of ``grid``, how many
    wait at a counter then. The past of each draw is lived once for all."""
    fork = next(iter(forks.values()))
    until = _end(fork.scenario)
    first = np.array([leg.first for leg in fork.scenario.legs])
    found = {name: (np.empty((draws, len(MEASURES))), np.empty((draws, len(grid)))) for name in forks}
    for number in range(draws):
        past = fork.past(number)
        for name, (out, paths) in found.items():
            result = forks[name].run(number, past=past).result
            status = result.codes[:, 4]
            queueing = (status == lay.HAS_TICKET) | (status == lay.DEVICE_QUEUE)
            since = np.where(np.isnan(result.times[:, 2]), people.arrival, result.times[:, 2])
            waited = result.times[:, 1] + np.where(queueing, until - since, 0.0)
            called = (status == lay.SERVED) | (status == lay.AT_COUNTER)
            left = (status == lay.ABANDONED) | (status == lay.DISMISSED)
            machine = (status == lay.SELF_SERVED) | (status == lay.ON_DEVICE)
            out[number] = people.measures(waited, called, left, machine, loss)
            ended = np.where(called, result.times[:, 3], result.times[:, 4])
            paths[number] = waiting_at(result.times[first, 2], np.where(np.isnan(ended), np.inf, ended)[first], grid)
    return found


@dataclass(frozen=True)
class Futures:
    """One day seen from minute ``at``: as it ``was``, ``unchanged`` (the same decisions, windows calling by themselves)
    and by name what was decided otherwise; arrays are draws x ``MEASURES``, each row the same people in all of them.

    ``known`` is the share of the counted customers whose service time was recorded. ``paths``: how many waited at the
    minutes of ``grid``, by future ("was", "unchanged" and the names) as draws x minutes.
    """

    at: float
    until: float
    people: int
    known: float
    was: dict[str, float]
    unchanged: FloatArray
    others: dict[str, FloatArray]
    grid: FloatArray
    paths: dict[str, FloatArray]

    def row(self, name: str, measure: str) -> dict[str, float]:
        """Mean of the future, and its paired difference to ``unchanged``: mean and the middle 95 % of the draws."""
        i = MEASURES.index(measure)
        gap = self.others[name][:, i] - self.unchanged[:, i]
        low, high = np.quantile(gap, [0.025, 0.975])
        return {
            "mean": float(self.others[name][:, i].mean()), "difference": float(gap.mean()), "low": float(low),
            "high": float(high), "better": float((gap < 0).mean()), "worse": float((gap > 0).mean()),
        }  # fmt: skip

    def band(self, measure: str, name: str = "") -> tuple[float, float, float]:
        """Mean and the middle 95 % of the draws of a future; of the unchanged one without a name."""
        values = (self.others[name] if name else self.unchanged)[:, MEASURES.index(measure)]
        low, high = np.quantile(values, [0.025, 0.975])
        return float(values.mean()), float(low), float(high)

    def regret(self) -> dict[str, float]:
        """Minutes of loss by which each future was better (positive) than going on unchanged."""
        return {name: -self.row(name, "loss")["difference"] for name in self.others}

    def summary(self) -> dict[str, object]:
        """The best of the futures and what it would have saved."""
        best = max(self.regret().items(), key=lambda pair: pair[1], default=("", 0.0))
        return {"at": self.at, "people": self.people, "best": best[0], "saved": best[1], "known": self.known}

    def to_frame(self) -> pd.DataFrame:
        """Rows (future, measure): mean, paired difference to the unchanged future with the middle 95 % of the draws."""
        rows = {(name, measure): self.row(name, measure) for name in self.others for measure in MEASURES}
        return pd.DataFrame(rows).T.rename_axis(["future", "measure"])


def compare(
    scenario: Scenario, at: float, changes: Mapping[str, Change], *, seed: int, draws: int = 100,
    loss: Loss | None = None,
) -> Futures:  # fmt: skip
    """The futures from minute ``at`` under each of ``changes``, in ``draws`` draws of what nobody saw.

    Raises ModelError as :func:`changed` does, and for fewer than two draws.
    """
    require(draws >= FEWEST, f"A comparison needs at least {FEWEST} draws, not {draws}.")
    loss = loss or Loss()
    people = People.of(scenario, at)
    grid = np.arange(QUARTER * np.ceil(at / QUARTER), _end(scenario) + 1e-9, QUARTER)
    all_changes = {"unchanged": NOTHING, **changes}
    require(len(all_changes) > len(changes), "No change may be called “unchanged”.")
    same = Draws(scenario, seed=seed)
    forks = {name: Fork(scenario, at, change, same) for name, change in all_changes.items()}
    runs = lived(forks, draws, people, loss, grid)
    paths = {"was": waiting_at(*spans_of(scenario), grid)[None], **{name: run[1] for name, run in runs.items()}}
    mine = [leg for leg, counted in zip(scenario.legs, people.counted, strict=True) if counted]
    known = sum(leg.end is not None for leg in mine) / len(mine) if mine else 1.0
    values = {name: run[0] for name, run in runs.items()}
    return Futures(
        at,
        _end(scenario),
        len(mine),
        known,
        as_it_was(scenario, at, loss),
        values.pop("unchanged"),
        values,
        grid,
        paths,
    )


def regrets(
    scenario: Scenario, *, seed: int, draws: int = 20, positions: Sequence[int] | None = None, loss: Loss | None = None
) -> pd.DataFrame:
    """What each recorded decision was worth: the loss without it minus the loss with it, in minutes of waiting.

    One row a decision: position, minute, kind, person, counter, ``worth`` (positive: it helped) with the middle 95 % of
    the draws. A decision that the twin cannot leave out (nothing would be different) is worth 0.
    """
    rows = []
    recorded = scenario.recorded
    for i in recorded.decisions() if positions is None else positions:
        event = recorded.events[i]
        found = compare(scenario, scenario.minutes[i], {"without": without(scenario, i)}, seed=seed, draws=draws,
                        loss=loss).row("without", "loss")  # fmt: skip
        rows.append(
            {"position": i, "minute": event.minute, "kind": event.kind, "person": event.person,
             "counter": event.counter, "worth": found["difference"], "low": found["low"], "high": found["high"]}
        )  # fmt: skip
    return pd.DataFrame(rows)
