"""Content of the hall: what a counter of a kind can do, the kiosk's first page, and what the advisor may propose."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.primitives.content import Count, Kind, Named, Names, NotNegative, Text, declare, edition, items
from counterpoint.role.api import SKILL_NAMES, ServiceType, Skill, Tier, service_types, tiers
from counterpoint.ui import reader

if TYPE_CHECKING:
    from counterpoint.science import advice


@dataclass(frozen=True)
class CounterKind(Named):
    """A kind of counter and the skills it is equipped for."""

    key: str
    names: Names
    skills: tuple[Skill, ...]


@dataclass(frozen=True)
class KioskGroup(Named):
    """One large key of the kiosk: all services of a skill."""

    key: str
    names: Names
    hints: Names
    icon: Text
    skill: Skill

    def hint(self, language: str) -> str:
        """What lies behind the key."""
        return reader.said(self.hints, language)


declare(Kind("counter_kinds", type=CounterKind, title=gettext_lazy("Kinds of counters"), labels=SKILL_NAMES))
declare(Kind("kiosk_groups", type=KioskGroup, title=gettext_lazy("Keys of the kiosk"), labels=SKILL_NAMES))

Step = Literal["call", "from_lobby", "swap", "reorder", "delay_break", "guide"]  # what a surge plan can be made of
Advised = Literal[Step, "close", "surge"]


@dataclass(frozen=True)
class FairRules:
    """Within what a waiting ticket may be taken before others: places, minutes; the fields say it in the content."""

    places: Count
    spare: NotNegative
    longer: NotNegative
    late: bool = False
    paper: bool = True

    def for_science(self) -> "advice.Fairness":
        """As the advisor reads them."""
        from counterpoint.science import advice

        return advice.Fairness(self.places, self.spare, self.longer, self.late)


@dataclass(frozen=True)
class SurgePlan:
    """When a hall counts as filling up, and the kinds of single steps that are then taken together."""

    waiting: NotNegative
    p90: NotNegative
    steps: tuple[Step, ...]
    moves: Count

    def for_science(self) -> "advice.Surge":
        """As the advisor reads it."""
        from counterpoint.science import advice

        return advice.Surge(self.waiting, self.p90, self.steps, self.moves)


@dataclass(frozen=True)
class AdviceRules:
    """What the advisor may propose, and what an hour costs in minutes of waiting; the fields say it in the content."""

    kinds: tuple[Advised, ...]
    walk: NotNegative
    quiet: Count
    walkout: NotNegative
    breach: NotNegative
    staff_minute: NotNegative
    move: NotNegative
    least: NotNegative
    fairness: FairRules
    surge: SurgePlan
    uncalibrated: Literal["label", "block"] = "label"


def _example(rules: AdviceRules, example: dict[str, Any]) -> str:
    """One of three: an hour and its loss, a line and what comes of taking a ticket first, a hall and whether the surge
    plan is for it."""
    if "line" in example:
        return _in_line(rules.fairness, example)
    if "surge" in example:
        found = _filling(rules.surge, example)
        return "" if found == example["surge"] else f"surge plan: {found}"
    loss = example["waited"] + rules.walkout * example["walkouts"] + rules.breach * example["breaches"]
    return "" if loss == example["loss"] else f"comes to {loss:g}"


def _in_line(rules: FairRules, example: dict[str, Any]) -> str:
    """`line`: a row a waiting ticket in the order of calling (minutes waited, promised, needed at the window),
    `windows`: minutes until each is free."""
    from counterpoint.science import advice

    cared = example.get("cared", ())
    tickets = tuple(
        advice.Ticket(i, "s", 1.0, float(waited), float(promised), float(needed), cared=i in cared)
        for i, (waited, promised, needed) in enumerate(example["line"], start=1)
    )
    windows = tuple(advice.Window(frozenset("s"), float(free)) for free in example["windows"])
    found = rules.for_science().refusal(advice.Line(tickets, windows), example["first"]) or "fair"
    return "" if found == example["found"] else f"is found {found}"


def _filling(plan: SurgePlan, example: dict[str, Any]) -> bool:
    return plan.for_science().triggered(example["tickets"], example["open"], example["p90"])


LABELS = {
    "kinds": pgettext_lazy("field", "What may be proposed"),
    "walk": pgettext_lazy("field", "Minutes until a called person sits ready"),
    "quiet": pgettext_lazy("field", "Tickets waiting at most to close a window"),
    "walkout": pgettext_lazy("field", "Minutes that a customer who leaves counts for"),
    "breach": pgettext_lazy("field", "Minutes that a broken promise counts for"),
    "staff_minute": pgettext_lazy("field", "Minutes that a minute of staff counts for"),
    "move": pgettext_lazy("field", "Minutes that a move of a person counts for"),
    "least": pgettext_lazy("field", "Minutes that advice must save"),
    "fairness": pgettext_lazy("field", "Fairness of taking a ticket first"),
    "places": pgettext_lazy("field", "Others overtaken at most"),
    "spare": pgettext_lazy("field", "Minutes that remain of each promise"),
    "longer": pgettext_lazy("field", "Minutes that others wait longer at most"),
    "late": pgettext_lazy("field", "Late ones may be overtaken"),
    "paper": pgettext_lazy("field", "Minutes told with the ticket count too"),
    "surge": pgettext_lazy("field", "Surge plan"),
    "waiting": pgettext_lazy("field", "Tickets waiting for each window"),
    "p90": pgettext_lazy("field", "Minutes that one in ten will wait"),
    "moves": pgettext_lazy("field", "People moved at most"),
    "uncalibrated": pgettext_lazy("field", "While the simulation is not checked"),
    "=label": pgettext_lazy("field", "Say so"),
    "=block": pgettext_lazy("field", "Give no advice"),
    "=call": pgettext_lazy("field", "Call somebody to a window"),
    "=from_lobby": pgettext_lazy("field", "Bring somebody from the lobby"),
    "=swap": pgettext_lazy("field", "Change what a window does"),
    "=reorder": pgettext_lazy("field", "Take a ticket first"),
    "=delay_break": pgettext_lazy("field", "Put a break off"),
    "=guide": pgettext_lazy("field", "Guide to the machines"),
    "=close": pgettext_lazy("field", "Close a window"),
    "=surge": pgettext_lazy("field", "Start the surge plan"),
}
declare(
    Kind(
        "advice",
        type=AdviceRules,
        check_example=_example,
        title=gettext_lazy("Rules of the advisor"),
        labels=LABELS,
        pages=((gettext_lazy("Hall"), "onsite:hall"),),
        needs=frozenset({"hall"}),
    )
)


@dataclass(frozen=True)
class Catalogue:
    """Everything that is in force on a date: services, tiers, counter kinds, kiosk groups, the advisor's rules."""

    services: dict[str, ServiceType]
    tiers: dict[str, Tier]
    counter_kinds: dict[str, CounterKind]
    groups: dict[str, KioskGroup]
    advice: AdviceRules
    answers: dict[str, bytes] = field(init=False, default_factory=dict, compare=False, repr=False)  # of the open API

    @property
    def skill_of(self) -> dict[str, str]:
        """Service → skill."""
        return {key: service.skill for key, service in self.services.items()}

    @property
    def first_priority(self) -> int:
        """The priority that is called first."""
        return min(tier.priority for tier in self.tiers.values())

    def kind_skills(self, kind: str) -> tuple[str, ...]:
        """Skills of a counter kind; a kind that content does not know serves its own name's skill, if any."""
        known = self.counter_kinds.get(kind)
        return known.skills if known else (kind,)


def catalogue(on: date, pack: str = "cn") -> Catalogue:
    """Content in force on a date; one for all who ask, to be read only."""
    return _catalogue(on, pack, edition())


@lru_cache(maxsize=64)
def _catalogue(on: date, pack: str, _edition: Hashable) -> Catalogue:
    return Catalogue(
        service_types(on, pack),
        tiers(on, pack),
        {key: item.value for key, item in items("counter_kinds", on, pack).items()},
        {key: item.value for key, item in items("kiosk_groups", on, pack).items()},
        items("advice", on, pack)["hall"].value,
    )
