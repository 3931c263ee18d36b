"""The day that is asked about, as plain values: who is planned, who is expected, what stands in the branch."""

from dataclasses import dataclass
from datetime import date, datetime
from math import exp
from statistics import NormalDist

GRAIN = 30
PATHS = 50
LOBBY = "lobby"


@dataclass(frozen=True)
class Business:
    """A service: its skill, counter and machine minutes, and the customers expected each half hour."""

    key: str
    name: str
    skill: str
    minutes: float
    cv: float
    device: str | None
    self_minutes: float | None
    divertible: float
    rates: tuple[float, ...]


@dataclass(frozen=True)
class Level:
    """A customer tier with its order of calling, promise, patience and share (0–1 of all customers)."""

    key: str
    priority: int
    promise: float
    patience_factor: float
    share: float


@dataclass(frozen=True)
class Desk:
    """A counter: its number, kind, the skills that it is equipped for, and the walking minutes from the chairs.

    `walk` is 0 where counter times were measured: the walk is in them.
    """

    number: int
    kind: str
    skills: tuple[str, ...]
    walk: float = 0.0


@dataclass(frozen=True)
class Machine:
    """A self-service machine that can do some service; `works` is its state at opening, `walk` minutes to it."""

    code: str
    name: str
    kind: str
    works: bool = True
    walk: float = 0.0


@dataclass(frozen=True)
class Worker:
    """Somebody planned for the day. `tasks` are (start, end, skill) without lunch; minutes after midnight."""

    key: str
    name: str
    start: int
    end: int
    lunch: tuple[int, int] | None
    tasks: tuple[tuple[int, int, str], ...]
    skills: tuple[str, ...]
    speed: float = 1.0

    @property
    def main(self) -> str:
        """The skill that most of the day is planned for; empty without tasks."""
        held: dict[str, int] = {}
        for start, end, skill in self.tasks:
            held[skill] = held.get(skill, 0) + end - start
        return max(held, key=lambda skill: held[skill], default="")


@dataclass(frozen=True)
class Ground:
    """Everything that an answer depends on besides the question. `rates` begin at minute `start`, half hours.

    `plan` is published, draft, need or hall; `demand` is forecast or usual. `sigma` is the log-normal spread of the
    day's number of customers; `patience` is (mean minutes, CV, shape) when it was measured. `most` is (P10, mean, P90)
    of the customers who take a ticket. `fitted` is the newest simulation check's model as JSON text, empty without one.
    """

    branch: str
    on: date
    opens: int
    closes: int
    start: int
    services: tuple[Business, ...]
    tiers: tuple[Level, ...]
    desks: tuple[Desk, ...]
    machines: tuple[Machine, ...]
    workers: tuple[Worker, ...]
    plan: str
    version: int
    demand: str
    made_at: datetime | None
    sigma: float
    patience: tuple[float, float, str] | None
    most: tuple[float, float, float]
    plans: tuple[str, ...] = ()
    fitted: str = ""

    @property
    def skills(self) -> tuple[str, ...]:
        """Skills that somebody comes for, in the order of the services."""
        return tuple(dict.fromkeys(s.skill for s in self.services))

    @property
    def customers(self) -> float:
        """Expected customers who take a ticket."""
        return sum(sum(s.rates) for s in self.services)

    @property
    def factors(self) -> tuple[float, ...]:
        """How busy the day may turn out: PATHS equally likely factors of the expectation, log-normal with `sigma`."""
        law = NormalDist()
        middles = (law.inv_cdf((n + 0.5) / PATHS) for n in range(PATHS))
        return tuple(exp(self.sigma * z - self.sigma**2 / 2) for z in middles)
