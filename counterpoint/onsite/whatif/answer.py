"""The answer to a question: the plan and the scenario on the same simulated days, and which single step would help.

The twin must be warm. Days once played are kept, so that the plan is simulated once and a step back costs nothing.
"""

import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from counterpoint.onsite.catalogue import AdviceRules, catalogue
from counterpoint.onsite.whatif.ground import Ground
from counterpoint.onsite.whatif.remedies import Remedy, remedies
from counterpoint.onsite.whatif.scenario import Scenario
from counterpoint.onsite.whatif.translate import Impossible

if TYPE_CHECKING:
    from counterpoint.onsite.whatif.figures import Difference, Played

KEPT = 256
GUIDING = 2.0  # minutes of somebody in the lobby for one more customer at a machine (planning value)
NOTHING = Scenario()


@dataclass(frozen=True)
class Tried:
    """A remedy, minutes of people it takes, minutes of loss saved a day net of these, and its effect on P90."""

    remedy: Remedy
    minutes: float
    saved: "Difference"
    wait: "Difference"
    wait_p90: float

    @property
    def pays(self) -> bool:
        """Whether the saving is shown: its 95 % interval lies above zero."""
        return self.saved.low > 0


@dataclass(frozen=True)
class Answer:
    """Plan and scenario played on the same people, and their differences by measure."""

    ground: Ground
    scenario: Scenario
    plan: "Played"
    played: "Played"
    differences: "dict[str, Difference]"

    @property
    def same(self) -> bool:
        """Whether nothing was changed."""
        return self.scenario == NOTHING


def answer(ground: Ground, scenario: Scenario) -> Answer:
    """Play it. Raises Impossible in words."""
    from counterpoint.onsite.whatif import figures

    plan, played = _played(ground, NOTHING), _played(ground, scenario)
    found = {m: figures.difference(played, plan, m) for m in figures.MEASURES}
    return Answer(ground, scenario, plan, played, found)


def steps(ground: Ground, scenario: Scenario, pack: str = "cn") -> tuple[Tried, ...]:
    """Single steps tried on the scenario, the one that saves most first. Raises Impossible when it cannot be played."""
    played = _played(ground, scenario)
    rules = catalogue(ground.on, pack).advice
    tried = []
    for remedy in remedies(ground, scenario, played.by_skill, played.wait.middle):
        with suppress(Impossible):  # a step without a free window is none
            tried.append(_try(ground, remedy, played, rules))
    return tuple(sorted(tried, key=lambda t: -t.saved.mean))


def seed_of(ground: Ground) -> int:
    """One seed a branch and day: asking twice gives the same answer."""
    return zlib.crc32(f"{ground.branch} {ground.on.isoformat()}".encode())


@lru_cache(maxsize=KEPT)
def _played(ground: Ground, scenario: Scenario) -> "Played":
    from counterpoint.onsite.whatif import figures

    return figures.play(ground, scenario, seed=seed_of(ground))


def _try(ground: Ground, remedy: Remedy, before: "Played", rules: AdviceRules) -> Tried:
    """Weighed as the hall's advice is: minutes waited, walk-outs, broken promises, minutes of people, a move."""
    from counterpoint.onsite.whatif import figures

    after = _played(ground, remedy.scenario)
    minutes = remedy.minutes or GUIDING * max(0.0, after.self_served - before.self_served)
    loss = [
        p.of("waited") + rules.walkout * p.of("walkouts") + rules.breach * p.of("breaches") for p in (before, after)
    ]
    cost = rules.staff_minute * minutes + rules.move * (remedy.kind != "machines")
    wait = figures.difference(after, before, "wait_p90")
    return Tried(remedy, minutes, figures.interval(loss[0] - loss[1] - cost), wait, after.mean("wait_p90"))
