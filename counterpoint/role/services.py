"""What customers come for and what the bank promises them: service types and tiers, as content.

Every chapter above reads these; they are chapter 1's "tiered service strategy".
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from counterpoint.primitives.content import Kind, declare, items

SKILLS = ("cash", "non_cash", "wealth", "corporate", "lobby")


@dataclass(frozen=True)
class ServiceType:
    """A service. Minutes are means of log-normal times; shares are 0–1. Names by language code."""

    key: str
    code: str
    names: dict[str, str]
    skill: str
    counter_minutes: float
    counter_cv: float
    self_minutes: float | None
    device: str | None
    divertible: float
    share: float
    letter: str

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]


@dataclass(frozen=True)
class Tier:
    """A customer tier: who is called first and how long they should wait at most."""

    key: str
    names: dict[str, str]
    priority: int
    promise_minutes: float
    patience_factor: float
    share: float

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]


def _service(body: dict[str, Any]) -> ServiceType:
    service = ServiceType(**body)
    if service.skill not in SKILLS:
        raise ValueError(f"skill {service.skill!r} is not one of {SKILLS}")
    if not (service.counter_minutes > 0 and 0 <= service.divertible <= 1 and 0 <= service.share <= 1):
        raise ValueError("minutes must be positive, shares between 0 and 1")
    if service.divertible > 0 and service.self_minutes is None:
        raise ValueError("a divertible service needs self_minutes")
    return service


def _service_example(service: ServiceType, example: dict[str, Any]) -> str:
    got = service.counter_minutes * example["customers"]
    wrong = abs(got - example["counter_minutes"]) > 1e-9
    return f"expected {example['counter_minutes']} counter minutes, got {got}" if wrong else ""


declare(Kind("service_types", _service, _service_example))
declare(Kind("tiers", lambda body: Tier(**body)))


def service_types(on: date, pack: str = "cn") -> dict[str, ServiceType]:
    """Services in force on a date, by key, in the order of their codes."""
    found = [item.value for item in items("service_types", on, pack).values()]
    return {service.key: service for service in sorted(found, key=lambda s: s.code)}


def tiers(on: date, pack: str = "cn") -> dict[str, Tier]:
    """Tiers in force on a date, by key, the one called first first."""
    found = [item.value for item in items("tiers", on, pack).values()]
    return {tier.key: tier for tier in sorted(found, key=lambda t: t.priority)}
