"""Kinds of assets as content: how each is looked after, how soon a fault must be gone, what counts as available."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.onsite.assets import rules
from counterpoint.onsite.assets.rules import Service
from counterpoint.primitives.content import Kind, declare, items

GROUPS = {
    "queue": _("Queue and self-service"), "cash": _("Cash"), "counter": _("Counter"), "power": _("Power and network"),
    "security": _("Security"), "fire": _("Fire safety"), "rescue": _("First aid"),
}  # fmt: skip
DEFINITIONS = {
    "network": _("can be reached over the network"),
    "any_function": _("can do at least something for a customer"),
    "all_functions": _("can do everything it is there for"),
}
FAULT_DAYS = 0.02  # share of machine-days with a fault that is still good


@dataclass(frozen=True)
class Available:
    """The share of service hours in which it must be available, and which of the three definitions that means."""

    target: float
    definition: str


@dataclass(frozen=True)
class AssetKind:
    """One kind; fields as the content file says."""

    key: str
    names: dict[str, str]
    group: str
    icon: str
    fix_minutes: int
    workaround_minutes: int | None = None
    service: Service | None = None
    scrap_months: int | None = None
    look_days: int | None = None
    available: Available | None = None
    fault_days: float = FAULT_DAYS
    warn_days: int = 30
    hall: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]


def _parsed(body: dict[str, Any]) -> AssetKind:
    body = dict(body)
    if body["group"] not in GROUPS:
        raise ValueError(f"group {body['group']!r} is not one of {tuple(GROUPS)}")
    if (service := body.pop("service", None)) is not None:
        body["service"] = Service(**service)
    if (available := body.pop("available", None)) is not None:
        body["available"] = Available(**available)
        if body["available"].definition not in DEFINITIONS:
            raise ValueError(f"definition {body['available'].definition!r} is not one of {tuple(DEFINITIONS)}")
    return AssetKind(**body)


def _example(kind: AssetKind, example: dict[str, Any]) -> str:
    """Dates of a thing (made, installed, serviced, expires), and what is `due` next and `why`."""
    dates = rules.Dates(*(example.get(name) for name in ("made", "installed", "serviced", "expires")))
    found = rules.next_due(kind.service, kind.scrap_months, dates)
    if found is None:
        return "" if example["due"] is None else "nothing is due"
    return "" if (found.on, found.why) == (example["due"], example["why"]) else f"due {found.on} for {found.why}"


declare(Kind("asset_kinds", _parsed, check_example=_example))


def asset_kinds(on: date, pack: str = "cn") -> dict[str, AssetKind]:
    """Kinds in force on a date."""
    return {key: item.value for key, item in items("asset_kinds", on, pack).items()}


def behind_the_scenes(on: date, pack: str = "cn") -> frozenset[str]:
    """Kinds of machines that the live hall does not show: no customer uses them."""
    return frozenset(key for key, kind in asset_kinds(on, pack).items() if not kind.hall)
