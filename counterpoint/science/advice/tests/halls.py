"""Halls that the tests look at: small, and such that the right answer is plain to see."""

from __future__ import annotations

from counterpoint.science import twin

SERVICES = (
    twin.Service("cash", twin.Duration(5.0, 0.5), device="cash", self_service=twin.Duration(3.0), divertible=0.8),
    twin.Service("loan", twin.Duration(30.0, 0.4)),
)
WINDOWS = (("K1", "cash"), ("K2", "cash"), ("L1", "loan"))
DAY = ((500.0, 1080.0),)


def model(**changes: object) -> twin.BranchModel:
    """Two cash windows, one loan desk, one cash machine; nobody balks."""
    values: dict[str, object] = {
        "services": SERVICES,
        "counters": (
            twin.Counter("K1", ("cash",)),
            twin.Counter("K2", ("cash",), False),
            twin.Counter("L1", ("loan",)),
        ),
        "devices": (twin.Device("M1", "cash"),),
        "balking": None,
        "triage": twin.Triage(),
        "uptake": 0.2,
    }
    return twin.BranchModel(**{**values, **changes})  # type: ignore[arg-type]


def mei(breaks: tuple[tuple[float, float], ...] = ()) -> twin.Person:
    """The teller at the first window."""
    return twin.Person("mei", ("cash",), DAY, breaks, "K1")


def omar() -> twin.Person:
    """The lobby manager, who can also take cash."""
    return twin.Person("omar", ("cash",), DAY, (), "lobby")


def ada() -> twin.Person:
    """The loan officer."""
    return twin.Person("ada", ("loan",), DAY, (), "L1")


def bo(skills: tuple[str, ...] = ("cash",)) -> twin.Person:
    """Somebody in the back office, on call."""
    return twin.Person("bo", skills, DAY, (), None)


def hall(
    *people: twin.Person,
    waiting: int = 0,
    service: str = "cash",
    rate: float = 0.0,
    now: float = 600.0,
    **changes: object,
) -> twin.State:
    """The hall at ten with ``waiting`` tickets taken a minute apart and ``rate`` customers a half hour to come."""
    branch = model(**changes)
    tickets = [(now - waiting + i, service, "normal") for i in range(waiting)]
    rates = {"cash": [rate] * 16, "loan": [0.0] * 16}
    return twin.state_from_live(branch, twin.Staffing.of(*people), now=now, seed=1, waiting=tickets, rates=rates)
