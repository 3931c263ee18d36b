"""What customers come for and what the bank promises them: service types and tiers, as content.

Every chapter above reads these; they are chapter 1's "tiered service strategy".
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.primitives.content import Kind, Named, Names, NotNegative, Positive, Share, Text, declare, items

Skill = Literal["cash", "non_cash", "wealth", "corporate", "lobby"]
SKILLS: tuple[Skill, ...] = get_args(Skill)
SKILL_NAMES = {
    "=cash": pgettext_lazy("skill", "Cash"),
    "=non_cash": pgettext_lazy("skill", "Non-cash"),
    "=wealth": pgettext_lazy("skill", "Wealth"),
    "=corporate": pgettext_lazy("skill", "Corporate"),
    "=lobby": pgettext_lazy("skill", "Lobby"),
}


@dataclass(frozen=True)
class ServiceType(Named):
    """A service. Minutes are means of log-normal times; shares are 0–1. Names by language code."""

    key: str
    code: Text
    names: Names
    skill: Skill
    counter_minutes: Positive
    counter_cv: NotNegative
    self_minutes: Positive | None
    device: str | None
    divertible: Share
    share: Share
    letter: Text


@dataclass(frozen=True)
class Tier(Named):
    """A customer tier: who is called first and how long they should wait at most."""

    key: str
    names: Names
    priority: int
    promise_minutes: Positive
    patience_factor: Positive
    share: Share


def _service(service: ServiceType) -> str:
    if service.divertible > 0 and service.self_minutes is None:
        return _("a divertible service needs self_minutes")
    return ""


def _service_example(service: ServiceType, example: dict[str, Any]) -> str:
    got = service.counter_minutes * example["customers"]
    if abs(got - example["counter_minutes"]) <= 1e-9:
        return ""
    words = {"expected": example["counter_minutes"], "got": got}
    return _("expected %(expected)g counter minutes, got %(got)g") % words


LABELS = {
    "counter_minutes": pgettext_lazy("field", "Minutes at the window"),
    "counter_cv": pgettext_lazy("field", "Spread of the minutes (1 is as wide as the mean)"),
    "self_minutes": pgettext_lazy("field", "Minutes at a machine"),
    "device": pgettext_lazy("field", "Machine that can do it"),
    "divertible": pgettext_lazy("field", "Share that may go to a machine"),
    "letter": pgettext_lazy("field", "Letter of the ticket"),
    "promise_minutes": pgettext_lazy("field", "Promised wait in minutes"),
    "patience_factor": pgettext_lazy("field", "Patience against others"),
    **SKILL_NAMES,
}
declare(
    Kind(
        "service_types",
        type=ServiceType,
        check=_service,
        check_example=_service_example,
        title=gettext_lazy("Service types"),
        labels=LABELS,
        pages=((gettext_lazy("Planning"), "team:plan"), (gettext_lazy("Hall"), "onsite:hall")),
    )
)
declare(Kind("tiers", type=Tier, title=gettext_lazy("Customer tiers"), labels=LABELS))


def service_types(on: date, pack: str = "cn") -> dict[str, ServiceType]:
    """Services in force on a date, by key, in the order of their codes."""
    found = [item.value for item in items("service_types", on, pack).values()]
    return {service.key: service for service in sorted(found, key=lambda s: s.code)}


def tiers(on: date, pack: str = "cn") -> dict[str, Tier]:
    """Tiers in force on a date, by key, the one called first first."""
    found = [item.value for item in items("tiers", on, pack).values()]
    return {tier.key: tier for tier in sorted(found, key=lambda t: t.priority)}
