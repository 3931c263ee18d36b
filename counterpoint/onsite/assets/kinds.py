"""Kinds of assets as content: how each is looked after, how soon a fault must be gone, what counts as available."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from counterpoint.onsite.assets import rules
from counterpoint.onsite.assets.rules import Service
from counterpoint.onsite.assets.words import ASSETS
from counterpoint.primitives.content import AtLeastOne, Count, Kind, Named, Names, Share, declare, items

GROUPS = {
    "queue": _("Queue and self-service"), "cash": _("Cash"), "counter": _("Counter equipment"),
    "power": _("Power and network"),
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

    target: Share
    definition: Literal["network", "any_function", "all_functions"]


@dataclass(frozen=True)
class AssetKind(Named):
    """One kind; fields as the content file says."""

    key: str
    names: Names
    group: Literal["queue", "cash", "counter", "power", "security", "fire", "rescue"]
    fix_minutes: AtLeastOne
    workaround_minutes: AtLeastOne | None = None
    service: Service | None = None
    scrap_months: AtLeastOne | None = None
    look_days: AtLeastOne | None = None
    available: Available | None = None
    fault_days: Share = FAULT_DAYS
    warn_days: Count = 30
    hall: bool = False

    @property
    def needs_dates(self) -> bool:
        """Whether something of it is due by its dates, so that a thing without dates is a gap in the register."""
        return self.service is not None or self.scrap_months is not None


def _example(kind: AssetKind, example: dict[str, Any]) -> str:
    """Dates of a thing (made, installed, serviced, expires), and what is `due` next and `why`; or a `fault`, the
    `level` of its case, and whether the `hall` loses the machine."""
    if "fault" in example:
        broken = rules.level_for(kind.fix_minutes), kind.hall and example["fault"] in rules.STOPS
        return "" if broken == (example["level"], example["hall"]) else f"level {broken[0]}, hall {broken[1]}"
    dates = rules.Dates(*(example.get(name) for name in ("made", "installed", "serviced", "expires")))
    found = rules.next_due(kind.service, kind.scrap_months, dates)
    if found is None:
        return "" if example["due"] is None else "nothing is due"
    return "" if (found.on, found.why) == (example["due"], example["why"]) else f"due {found.on} for {found.why}"


declare(Kind("asset_kinds", type=AssetKind, check_example=_example, title=_("Kinds of assets"), labels=ASSETS))


def asset_kinds(on: date, pack: str = "cn") -> dict[str, AssetKind]:
    """Kinds in force on a date."""
    return {key: item.value for key, item in items("asset_kinds", on, pack).items()}


def behind_the_scenes(on: date, pack: str = "cn") -> frozenset[str]:
    """Kinds of machines that the live hall does not show: no customer uses them."""
    return frozenset(key for key, kind in asset_kinds(on, pack).items() if not kind.hall)
