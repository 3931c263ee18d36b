"""What a branch is: services, tiers, counters, devices, triage, patience and opening hours.

Every value is frozen, checked when it is made, and turns into JSON and back. Times are minutes since midnight of the
branch's own clock, durations are minutes. Defaults marked *design default* are the project's planning values, to be
replaced by values calibrated from a ticket log.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

SHAPES = ("lognormal", "exponential", "fixed")
MAX_SERVICES = 62
MOST_PACES = 8


class ModelError(ValueError):
    """A branch, roster or command that cannot be simulated; the message says which value and what to do."""


def require(condition: bool, message: str) -> None:
    """Raise :class:`ModelError` with ``message`` unless ``condition``."""
    if not condition:
        raise ModelError(message)


@dataclass(frozen=True, slots=True)
class Duration:
    """A random duration: ``mean`` minutes; ``cv`` (standard deviation over mean) counts for ``lognormal`` only."""

    mean: float
    cv: float = 0.6
    shape: str = "lognormal"

    def __post_init__(self) -> None:
        require(self.shape in SHAPES, f"Duration shape {self.shape!r} is unknown; use one of {', '.join(SHAPES)}.")
        require(self.mean > 0 and math.isfinite(self.mean), f"Duration mean must be positive, not {self.mean}.")
        require(self.cv >= 0 and math.isfinite(self.cv), f"Duration cv must be 0 or more, not {self.cv}.")

    def law(self) -> tuple[float, float, float]:
        """Shape number, mean and log-normal sigma, as the kernel takes them."""
        shape = "fixed" if self.shape == "lognormal" and self.cv == 0 else self.shape
        return float(SHAPES.index(shape)), self.mean, math.sqrt(math.log1p(self.cv**2))


@dataclass(frozen=True, slots=True)
class Service:
    """One business type.

    ``counter`` is the time at a counter with a person of speed 1. ``device`` names the kind of self-service device
    that can do it (``None``: none), ``self_service`` the time there, ``divertible`` the share of customers who would
    use it when guided, ``fallback`` the share of device users who need a counter after all. ``priority`` is added to
    that of the tier: an urgent service, such as a lost card, may be called before others.

    ``onward`` names the service of the next desk, to which ``onward_share`` are handed on afterwards. ``form_share``
    find at the counter, a quarter into the work, that a form is missing; they fill it in for ``form`` minutes, freeing
    the counter, and then queue in their old place. ``authorised`` is the share that needs an authorisation before the
    work ends, ``assisted`` the share that needs a hand at the device (see ``BranchModel.authorisation`` and
    ``assistance``). ``cash`` is the amount that a customer takes out, or pays in when ``pays_in``.
    """

    code: str
    counter: Duration
    name: str = ""
    device: str | None = None
    self_service: Duration | None = None
    divertible: float = 0.0
    fallback: float = 0.1
    priority: int = 0
    onward: str | None = None
    onward_share: float = 1.0
    form: Duration | None = None
    form_share: float = 0.0
    authorised: float = 0.0
    assisted: float = 0.0
    cash: Duration | None = None
    pays_in: bool = False

    def __post_init__(self) -> None:
        for label in ("divertible", "fallback", "onward_share", "form_share", "authorised", "assisted"):
            share = getattr(self, label)
            require(0 <= share <= 1, f"Service {self.code}: {label} must lie in 0..1, not {share}.")
        require(self.form_share == 0 or self.form is not None, f"Service {self.code}: say how long the form takes.")
        pair = (self.device is None) == (self.self_service is None)
        require(pair, f"Service {self.code}: give both a device kind and a self-service time, or neither.")


@dataclass(frozen=True, slots=True)
class Tier:
    """A customer tier: ``share`` of customers, ``priority`` (lower is called first), ``promise`` in minutes of wait.

    ``patience_factor`` multiplies patience, ``work_factor`` the time at a counter (older customers often need longer);
    ``divertible`` False protects the tier from being sent to a device.
    """

    code: str
    share: float = 1.0
    priority: int = 1
    promise: float = 20.0
    patience_factor: float = 1.0
    divertible: bool = True
    work_factor: float = 1.0

    def __post_init__(self) -> None:
        require(0 <= self.share <= 1, f"Tier {self.code}: share must lie in 0..1, not {self.share}.")
        require(self.patience_factor > 0, f"Tier {self.code}: patience_factor must be positive.")
        require(self.work_factor > 0, f"Tier {self.code}: work_factor must be positive.")


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter and the services its equipment allows; ``open`` is its state at the start of the day.

    ``walk`` is the minutes that a customer takes from the chairs to it once called.
    """

    code: str
    services: tuple[str, ...]
    open: bool = True
    walk: float = 0.0

    def __post_init__(self) -> None:
        require(0 <= self.walk < math.inf, f"Counter {self.code}: walk must be 0 or more minutes, not {self.walk}.")


@dataclass(frozen=True, slots=True)
class Device:
    """One self-service device of a kind; ``up`` is its state at the start of the day, ``walk`` the way to it.

    It fails by itself after ``between_failures`` minutes of the working day on average (exponential; ``None``: never)
    and is then down for ``repair``.
    """

    code: str
    kind: str
    up: bool = True
    walk: float = 0.0
    between_failures: float | None = None
    repair: Duration | None = None

    def __post_init__(self) -> None:
        require(0 <= self.walk < math.inf, f"Device {self.code}: walk must be 0 or more minutes, not {self.walk}.")
        mended = self.between_failures is None or (self.between_failures > 0 and self.repair is not None)
        require(mended, f"Device {self.code}: give positive minutes between failures and how long a repair takes.")


@dataclass(frozen=True, slots=True)
class Help:
    """A moment of somebody else's time that some turns need: ``duration`` with them, ``alone`` when nobody is there.

    An authorisation is given by whoever is at the duty desk (post ``"desk"``), or from afar in ``alone`` minutes; a
    hand at a device by a lobby manager, or the customer finds out in ``alone`` minutes. While all are busy the turn
    waits.
    """

    duration: Duration = field(default_factory=lambda: Duration(1.0, 0.5))
    alone: Duration = field(default_factory=lambda: Duration(3.0, 0.5))


@dataclass(frozen=True, slots=True)
class Cash:
    """Tills start the day and are filled up to ``till``; filling takes ``refill_minutes`` of the counter.

    The branch has ``vault`` besides. What neither till nor vault can pay sends the customer away (status ``no_cash``).
    Amounts are in the unit of ``Service.cash``.
    """

    till: float
    vault: float
    refill_minutes: float = 10.0

    def __post_init__(self) -> None:
        good = self.till >= 0 and self.vault >= 0 and self.refill_minutes >= 0
        require(good, "Cash: till, vault and refill_minutes must be 0 or more.")


@dataclass(frozen=True, slots=True)
class Pickup:
    """People who are free and not at once ready to call: each with chance ``not_ready``, independently of the others.

    Where a customer finds so many able people free and none of them ready, the ticket waits until somebody is, ``back``
    later, or until a colleague who has just finished, or just come, calls it. Calling by hand knows no such wait.
    """

    not_ready: float
    back: Duration

    def __post_init__(self) -> None:
        require(0 <= self.not_ready <= 1, f"Pickup not_ready must lie in 0..1, not {self.not_ready}.")


@dataclass(frozen=True, slots=True)
class Triage:
    """Lobby managers greet the ``share`` of customers who seek them, for ``duration`` each (design defaults)."""

    duration: Duration = field(default_factory=lambda: Duration(0.8, 0.5))
    share: float = 0.6

    def __post_init__(self) -> None:
        require(0 <= self.share <= 1, f"Triage share must lie in 0..1, not {self.share}.")


@dataclass(frozen=True, slots=True)
class Balking:
    """Of those who see ``ahead`` or more tickets ahead and more than ``minutes`` shown, ``share`` turn round.

    ``announced`` is the share who read the wait shown and leave at once when it is beyond their patience.
    """

    ahead: int = 15
    minutes: float = 25.0
    share: float = 1.0
    announced: float = 0.0

    def __post_init__(self) -> None:
        require(self.ahead >= 1, "Balking ahead must be at least 1 ticket.")
        for share in (self.share, self.announced):
            require(0 <= share <= 1, f"Balking shares must lie in 0..1, not {share}.")


@dataclass(frozen=True, slots=True)
class Delays:
    """Minutes from an order to its effect, a field for each kind of command: 0 takes effect at the order's own minute.

    Somebody has to be told, finish a sentence and walk; :func:`planned_delays` has planning values. People who come
    (``AddCustomers``) are not ordered and have none.
    """

    open_counter: float = 0.0
    close_counter: float = 0.0
    move_person: float = 0.0
    start_break: float = 0.0
    move_break: float = 0.0
    set_diversion: float = 0.0
    device_down: float = 0.0
    device_up: float = 0.0
    call_next: float = 0.0
    set_priority: float = 0.0
    start_task: float = 0.0
    set_pace: float = 0.0
    dismiss: float = 0.0
    send_to_device: float = 0.0
    end_shift: float = 0.0
    end_break: float = 0.0

    def __post_init__(self) -> None:
        for name, minutes in asdict(self).items():
            require(0 <= minutes < math.inf, f"Delays: {name} must be 0 or more minutes, not {minutes}.")


def planned_delays() -> Delays:
    """Three minutes until a called person sits ready, one until all staff guide differently or a customer is fetched
    from the chairs (design defaults)."""
    return Delays(
        open_counter=3.0, move_person=3.0, set_diversion=1.0, start_task=3.0, send_to_device=1.0, end_break=3.0
    )


def default_patience() -> Duration:
    """Log-normal patience, mean 28 minutes, CV 0.6 (design default; calibrate from walk-outs)."""
    return Duration(28.0, 0.6)


@dataclass(frozen=True)
class BranchModel:
    """Everything of a branch that does not change from day to day.

    ``patience`` and ``balking`` may be ``None`` (nobody leaves); ``triage`` ``None`` means nobody stands in the lobby
    and everyone finds a device unaided. ``uptake`` is the part of the divertible share that is really diverted when
    guided; those not greeted by a lobby manager use devices ``unassisted`` times as often. Nobody enters from
    ``close_minute``; those inside are served until ``overrun_minutes`` later, and with ``stay_after_close`` staff
    whose shift ends at closing stay for them. ``calling`` is ``auto`` (an able, idle counter calls at once) or
    ``manual`` (counters wait for ``CallNext``). ``switch_minutes`` is the set-up when a person turns from one service
    to another; ``authorisation`` and ``assistance`` say what such help takes; ``cash`` ``None`` means that tills never
    run out. ``pace`` is how many times as fast people work at counters with 0, 1, 2 … tickets waiting when a turn
    begins, the last one for more; empty: always the same. ``pickup`` says how often somebody free is not ready to call
    (``None``: never). ``delays`` are the minutes from an order to its effect.
    """

    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    tiers: tuple[Tier, ...] = (Tier("normal"),)
    devices: tuple[Device, ...] = ()
    patience: Duration | None = field(default_factory=default_patience)
    balking: Balking | None = field(default_factory=Balking)
    triage: Triage | None = None
    open_minute: float = 540.0
    close_minute: float = 1020.0
    overrun_minutes: float = 60.0
    uptake: float = 0.5
    unassisted: float = 0.5
    stay_after_close: bool = True
    calling: str = "auto"
    switch_minutes: float = 0.0
    authorisation: Help = field(default_factory=Help)
    assistance: Help = field(default_factory=Help)
    cash: Cash | None = None
    pace: tuple[float, ...] = ()
    pickup: Pickup | None = None
    delays: Delays = field(default_factory=Delays)

    def __post_init__(self) -> None:
        require(1 <= len(self.services) <= MAX_SERVICES, f"A branch has 1 to {MAX_SERVICES} services.")
        require(len(self.counters) >= 1, "A branch needs at least one counter.")
        require(len(self.tiers) >= 1, "A branch needs at least one tier.")
        for what, codes in (
            ("service", self.service_codes),
            ("tier", self.tier_codes),
            ("counter", self.counter_codes),
            ("device", self.device_codes),
        ):
            twice = sorted({code for code in codes if codes.count(code) > 1})
            require(not twice, f"The {what} code {', '.join(twice)} is used twice; codes must differ.")
        for counter in self.counters:
            unknown = sorted(set(counter.services) - set(self.service_codes))
            require(not unknown, f"Counter {counter.code} lists unknown services: {', '.join(unknown)}.")
        total = sum(tier.share for tier in self.tiers)
        require(abs(total - 1) < 1e-6, f"Shares of the tiers must add up to 1, not {total:g}.")
        require(self.open_minute < self.close_minute, "A branch must open before it closes.")
        require(self.overrun_minutes >= 0, "overrun_minutes must be 0 or more.")
        for label, share in (("uptake", self.uptake), ("unassisted", self.unassisted)):
            require(0 <= share <= 1, f"{label} must lie in 0..1, not {share}.")
        require(self.calling in ("auto", "manual"), "calling must be 'auto' or 'manual'.")
        require(0 <= self.switch_minutes < math.inf, "switch_minutes must be 0 or more.")
        paces = len(self.pace) <= MOST_PACES and all(0 < one < math.inf for one in self.pace)
        require(paces, f"pace takes at most {MOST_PACES} positive numbers.")
        for service in self.services:
            known = service.onward is None or service.onward in self.service_codes
            require(known, f"Service {service.code} hands on to {service.onward!r}, which is no service here.")

    @cached_property
    def service_codes(self) -> tuple[str, ...]:
        """Codes of the services, in order; their position is the index everywhere."""
        return tuple(service.code for service in self.services)

    @cached_property
    def tier_codes(self) -> tuple[str, ...]:
        """Codes of the tiers, in order."""
        return tuple(tier.code for tier in self.tiers)

    @cached_property
    def counter_codes(self) -> tuple[str, ...]:
        """Codes of the counters, in order."""
        return tuple(counter.code for counter in self.counters)

    @cached_property
    def device_codes(self) -> tuple[str, ...]:
        """Codes of the devices, in order."""
        return tuple(device.code for device in self.devices)

    @cached_property
    def device_kinds(self) -> tuple[str, ...]:
        """Kinds of device that stand in the branch, sorted."""
        return tuple(sorted({device.kind for device in self.devices}))

    @property
    def plain(self) -> bool:
        """Whether a turn at a counter or device is work and nothing else; the kernel has a shorter way for that."""
        extras = any(s.onward or s.form_share or s.authorised or s.assisted or s.cash for s in self.services)
        return not (extras or self.switch_minutes or self.pace or any(c.walk for c in self.counters))

    def index(self, what: str, code: str) -> int:
        """Position of a ``service``, ``tier``, ``counter`` or ``device`` by code; ModelError when unknown."""
        places = self._places[what]
        if code not in places:
            raise ModelError(f"Unknown {what} {code!r}; this branch has {', '.join(places) or 'none'}.")
        return places[code]

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        codes = {
            "service": self.service_codes, "tier": self.tier_codes, "counter": self.counter_codes,
            "device": self.device_codes,
        }  # fmt: skip
        return {what: {code: place for place, code in enumerate(some)} for what, some in codes.items()}

    def service_mask(self, codes: tuple[str, ...]) -> int:
        """Bit mask of services by code."""
        return sum(1 << self.index("service", code) for code in set(codes))

    def to_json(self) -> str:
        """The model as JSON text; :meth:`from_json` gives an equal model."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> BranchModel:
        """Model from :meth:`to_json` text; raises ModelError (a ValueError) on a wrong value."""
        raw: dict[str, Any] = json.loads(text)
        durations = ("counter", "self_service", "form", "cash")
        raw["services"] = tuple(
            Service(**{**row, **{name: _duration(row.get(name)) for name in durations}}) for row in raw["services"]
        )
        raw["counters"] = tuple(Counter(**{**row, "services": tuple(row["services"])}) for row in raw["counters"])
        raw["tiers"] = tuple(Tier(**row) for row in raw["tiers"])
        raw["devices"] = tuple(Device(**{**row, "repair": _duration(row.get("repair"))}) for row in raw["devices"])
        for help_of in {"authorisation", "assistance"} & set(raw):
            raw[help_of] = Help(**{name: Duration(**value) for name, value in raw[help_of].items()})
        raw["cash"] = Cash(**raw["cash"]) if raw.get("cash") else None
        raw["pace"] = tuple(raw.get("pace", ()))
        pickup = raw.get("pickup")
        raw["pickup"] = Pickup(pickup["not_ready"], Duration(**pickup["back"])) if pickup else None
        raw["delays"] = Delays(**raw.get("delays", {}))
        raw["patience"] = _duration(raw["patience"])
        raw["balking"] = Balking(**raw["balking"]) if raw["balking"] else None
        triage = raw["triage"]
        raw["triage"] = Triage(Duration(**triage["duration"]), triage["share"]) if triage else None
        return cls(**raw)


def _duration(raw: dict[str, Any] | None) -> Duration | None:
    return Duration(**raw) if raw else None
