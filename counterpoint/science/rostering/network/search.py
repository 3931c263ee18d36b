"""From rosters without floating to rosters with it, move by move, never dearer.

Every branch is rostered alone and says what a guest would save it and how its own floaters would be missed, by day. A
whole-number programme picks moves to try together; the hosts roster their guests, then the homes fill the holes
with what the guests' hours and travel leave. What moves tie together is kept if it is cheaper as a whole and the judge
finds nothing. When no price promises a gain, the likeliest moves are tried all the same, one a branch: a branch that
rearranges itself can gain more than its prices say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from counterpoint.science.rostering.network import judge, placed, work
from counterpoint.science.rostering.network.assign import choose
from counterpoint.science.rostering.network.placed import Loan
from counterpoint.science.rostering.network.problem import Move, NetworkProblem
from counterpoint.science.rostering.problem import RosterProblem
from counterpoint.science.rostering.roster import Roster
from counterpoint.science.rostering.search import Limit

if TYPE_CHECKING:
    from counterpoint.science.fanout import Executor

OnStep = Callable[[str, int, int], None]
FIRST = Limit(deterministic=10.0, gap=0.01)
FEW = 3  # so few tasks are done right here: starting processes takes longer


@dataclass(frozen=True, slots=True)
class Effort:
    """``limit``: for each branch at first and, when it took part in moves, again at the end. ``steps``: short
    improvements when it is mended in between. ``rounds`` of moves at most, with ``trials`` of moves that no price
    recommends."""

    limit: Limit = FIRST
    steps: int = 1000
    rounds: int = 20
    trials: int = 12


@dataclass(frozen=True)
class NetworkResult:
    """Rosters of all branches that have one, and the ``problems`` they solve (guests in them). ``alone`` and ``total``
    are points by branch without and with floating, ``moving`` those of the moves; ``short_alone`` and ``short`` hours
    missing; ``failed`` says why a branch has no roster; ``tried`` counts the moves tried."""

    moves: tuple[Move, ...]
    rosters: Mapping[str, Roster]
    problems: Mapping[str, RosterProblem]
    alone: Mapping[str, int]
    total: Mapping[str, int]
    moving: int
    short_alone: Mapping[str, float]
    short: Mapping[str, float]
    failed: Mapping[str, str]
    tried: int

    @property
    def cost(self) -> int:
        """Points of all branches and moves."""
        return sum(self.total.values()) + self.moving

    @property
    def cost_alone(self) -> int:
        """Points of the same branches without floating."""
        return sum(self.alone.values())

    def summary(self) -> str:
        """Three lines for a person."""
        before, after = sum(self.short_alone.values()), sum(self.short.values())
        lost = [f"{name}: {why}" for name, why in self.failed.items()]
        return "\n".join([
            f"{len(self.rosters)} branches, {len(self.moves)} days away",
            f"cost {self.cost} ({self.cost_alone} without floating), {after:.1f} person-hours short ({before:.1f})",
            *lost[:3],
        ])  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row a branch: points and hours short without and with floating, guests and colleagues away (days)."""
        rows = {
            name: (
                self.alone[name], self.total[name], self.short_alone[name], self.short[name],
                sum(move.branch == name for move in self.moves),
            )
            for name in self.rosters
        }  # fmt: skip
        columns = ["alone", "total", "short_alone", "short", "guests"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def solve_network(
    network: NetworkProblem,
    *,
    seed: int,
    effort: Effort = Effort(),
    executor: Executor | None = None,
    on_step: OnStep | None = None,
) -> NetworkResult:
    """Roster all branches and let people float while that is cheaper; equal input and seed give an equal result.

    ``executor``: where branches are rostered (None: the processes of this machine). ``on_step`` is told the stage
    (``rosters``, ``hosts``, ``homes`` or ``finish``), how many branches of it are done, and of how many.
    """
    run = _Search(network, seed, effort, executor, on_step or (lambda stage, done, of: None))
    run.alone()
    first = dict(run.reports)
    while run.step():
        pass
    run.finish()
    floaters = {floater.person: floater for floater in network.floaters}
    moves = tuple(sorted((x.move for x in run.loans), key=lambda m: (m.day, m.branch, m.person)))
    return NetworkResult(
        moves,
        {name: report.roster for name, report in run.reports.items()},
        {name: run.problem(name, run.loans) for name in run.reports},
        {name: report.total for name, report in first.items()},
        {name: report.total for name, report in run.reports.items()},
        sum(network.price(floaters[move.person], move.branch) for move in moves),
        {name: report.short for name, report in first.items()},
        {name: report.short for name, report in run.reports.items()},
        run.failed,
        run.tried,
    )


@dataclass
class _Search:
    network: NetworkProblem
    seed: int
    effort: Effort
    executor: Executor | None
    on_step: OnStep
    reports: dict[str, work.Report] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    loans: tuple[Loan, ...] = ()
    tried: int = 0

    def __post_init__(self) -> None:
        self.floaters = {floater.person: floater for floater in self.network.floaters}
        self.near: dict[str, list[str]] = {place.name: [] for place in self.network.branches}
        self.own: dict[str, list[str]] = {place.name: [] for place in self.network.branches}
        for floater in self.network.floaters:
            self.own[floater.home].append(floater.person)
            for name in floater.travel:
                self.near[name].append(floater.person)
        self.around: dict[str, set[str]] = {name: set() for name in self.near}  # whose loans concern a branch
        for name, people in (*self.near.items(), *self.own.items()):
            self.around[name] |= set(people)
        self.free: dict[str, frozenset[int]] = {}
        self.days: dict[str, list[int]] = {}
        self.banned: set[Move] = set()
        self.changed: set[str] = set()
        self.round, self.trials = 0, self.effort.trials

    # -- branches --------------------------------------------------------------------------------------------------

    def problem(self, name: str, loans: Iterable[Loan]) -> RosterProblem:
        """The branch's problem with these loans."""
        mine = [x for x in loans if x.move.person in self.around[name] and self._concerns(name, x)]
        return placed.problem_of(self.network, name, mine, self.free)

    def _concerns(self, name: str, loan: Loan) -> bool:
        return loan.move.branch == name or self.floaters[loan.move.person].home == name

    def errand(self, name: str, loans: Iterable[Loan], steps: int) -> work.Errand:
        """The task of a branch with these loans: from the roster it has, if any."""
        every = frozenset(range(len(self.network.places[name].days)))
        guests = tuple(
            placed.as_guest(self.network, self.floaters[who], name, every, f"guest {who}") for who in self.near[name]
        )
        hint = self.reports[name].roster if name in self.reports else None
        return work.Errand(
            self.problem(name, loans), hint, self.seed, self.effort.limit, steps, guests, tuple(self.own[name])
        )

    def ask(
        self, stage: str, names: Iterable[str], loans: tuple[Loan, ...], steps: int
    ) -> dict[str, work.Report | str]:
        """What becomes of these branches with these loans, wherever they are worked on: a report, or what failed."""
        from counterpoint.science import fanout

        names = sorted(set(names))
        tasks = (fanout.Task(name, self.errand(name, loans, steps).pack()) for name in names)
        executor = fanout.Local(1) if len(names) <= FEW else self.executor or fanout.Local()
        done = executor.map(tasks, work.run, progress=lambda n: self.on_step(stage, n, len(names)))
        return {
            one.name: work.Report.unpack(one.value) if one.value is not None else one.error or "no answer"
            for one in done
        }

    def alone(self) -> None:
        """Every branch without floating."""
        for name, found in self.ask("rosters", self.near, (), 0).items():
            if isinstance(found, str):
                self.failed[name] = found
            else:
                self.reports[name] = found
        for who, floater in self.floaters.items():
            if floater.home in self.reports:
                roster = self.reports[floater.home].roster
                worked = {shift.day for shift in roster.shifts if shift.person == who}
                self.free[who] = frozenset(range(len(self.network.places[floater.home].days))) - worked
                self.days[who] = placed.may_go(self.network, floater)

    # -- moves -----------------------------------------------------------------------------------------------------

    def worths(self) -> dict[Move, float]:
        """What each move that is possible now promises, points."""
        gone = {(x.move.person, x.move.day) for x in self.loans}
        found = {}
        for who, days in self.days.items():
            floater = self.floaters[who]
            if self.left(who) <= 0:
                continue
            missed = self.reports[floater.home].missed[who]
            for name in sorted(floater.travel):
                if name not in self.reports:
                    continue
                gain, price = self.reports[name].gain[f"guest {who}"], self.network.price(floater, name)
                for day in days:
                    move = Move(who, day, name)
                    if (who, day) not in gone and move not in self.banned:
                        found[move] = gain[day] - missed[day] - price
        return found

    def left(self, who: str) -> int:
        """Days that a floater may still be sent away."""
        return self.floaters[who].most_moves - sum(x.move.person == who for x in self.loans)

    def step(self) -> bool:
        """One round of moves; False when nothing is left to try."""
        if self.round >= self.effort.rounds:
            return False
        self.round += 1
        worth = self.worths()
        homes = {who: floater.home for who, floater in self.floaters.items()}
        left = {who: self.left(who) for who in self.floaters}
        moves = choose(worth, homes, left, alone=False)
        if not moves and self.trials > 0:
            likely = sorted(worth, key=lambda m: (-worth[m], m.person, m.day, m.branch))[: self.trials]
            ranked = {move: float(len(likely) - n) for n, move in enumerate(likely)}
            moves = choose(ranked, homes, left, alone=True)
            self.trials -= len(moves)
        if moves:
            self.tried += len(moves)
            self._attempt(moves, worth)
        return bool(moves)

    def _attempt(self, moves: list[Move], worth: Mapping[Move, float]) -> None:
        """Roster hosts, then homes; keep of it what pays."""
        asked = (*self.loans, *(Loan(move) for move in moves))
        found = self.ask("hosts", {move.branch for move in moves}, asked, self.effort.steps)
        fresh = []
        for move in moves:
            host = found[move.branch]
            loan = Loan(move) if isinstance(host, str) else placed.settled(self.network, Loan(move), host.roster)
            fresh += [loan] if loan.settled else []
        self.banned |= set(moves) - {x.move for x in fresh}
        homes = {self.floaters[x.move.person].home for x in fresh}
        found |= self.ask("homes", homes, (*self.loans, *fresh), self.effort.steps) if homes else {}
        for part in _parts(fresh, {who: floater.home for who, floater in self.floaters.items()}):
            if not self._keep(part, found):
                self.banned.add(min((x.move for x in part), key=lambda m: (worth[m], m.person, m.day, m.branch)))

    def _keep(self, part: list[Loan], found: Mapping[str, work.Report | str]) -> bool:
        """Take over loans that are tied together if they pay and break nothing."""
        names = {x.move.branch for x in part} | {self.floaters[x.move.person].home for x in part}
        fresh = {name: report for name in names if not isinstance(report := found[name], str)}
        price = sum(self.network.price(self.floaters[x.move.person], x.move.branch) for x in part)
        before = sum(self.reports[name].total for name in names)
        if len(fresh) < len(names) or sum(r.total for r in fresh.values()) + price >= before:
            return False
        rosters = {name: report.roster for name, report in (self.reports | fresh).items()}
        if self._broken(names, rosters):
            return False
        self.reports |= fresh
        self.loans = (*self.loans, *part)
        self.changed |= names
        return True

    def _broken(self, names: set[str], rosters: Mapping[str, Roster]) -> bool:
        people = sorted({who for name in names for who in self.around[name]} & self.days.keys())
        return any(True for who in people for _ in judge.of_floater(self.network, self.floaters[who], rosters))

    def finish(self) -> None:
        """Search once more in the branches that took part, the guests' times standing."""
        if not self.changed:
            return
        for name, found in self.ask("finish", self.changed, self.loans, 0).items():
            if isinstance(found, str) or found.total >= self.reports[name].total:
                continue
            rosters = {other: report.roster for other, report in self.reports.items()} | {name: found.roster}
            if not self._broken({name}, rosters):
                self.reports[name] = found


def _parts(loans: list[Loan], homes: Mapping[str, str]) -> list[list[Loan]]:
    """Loans in groups that share no branch with one another."""
    parts: list[tuple[set[str], list[Loan]]] = []
    for loan in loans:
        names, together = {loan.move.branch, homes[loan.move.person]}, [loan]
        for other in [part for part in parts if part[0] & names]:
            parts.remove(other)
            names, together = names | other[0], other[1] + together
        parts.append((names, together))
    return [together for _, together in parts]
