"""Content of the hall: what a counter of a kind can do, the kiosk's first page, and what the advisor may propose."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from counterpoint.primitives.content import Kind, declare, items
from counterpoint.role.api import SKILLS, ServiceType, Tier, service_types, tiers


@dataclass(frozen=True)
class CounterKind:
    """A kind of counter and the skills it is equipped for."""

    key: str
    names: dict[str, str]
    skills: tuple[str, ...]

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]


@dataclass(frozen=True)
class KioskGroup:
    """One large key of the kiosk: all services of a skill."""

    key: str
    names: dict[str, str]
    hints: dict[str, str]
    icon: str
    skill: str

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]

    def hint(self, language: str) -> str:
        """What lies behind the key."""
        return self.hints.get(language) or self.hints["zh-hans"]


def _known(skill: str) -> str:
    if skill not in SKILLS:
        raise ValueError(f"skill {skill!r} is not one of {SKILLS}")
    return skill


declare(
    Kind(
        "counter_kinds",
        lambda body: CounterKind(body["key"], body["names"], tuple(_known(skill) for skill in body["skills"])),
    )
)
declare(Kind("kiosk_groups", lambda body: KioskGroup(**{**body, "skill": _known(body["skill"])})))

ADVISED = ("call", "from_lobby", "swap", "delay_break", "guide", "close")
UNCALIBRATED = ("label", "block")


@dataclass(frozen=True)
class AdviceRules:
    """What the advisor may propose, and what an hour costs in minutes of waiting; the fields say it in the content."""

    kinds: tuple[str, ...]
    walk: float
    quiet: int
    walkout: float
    breach: float
    staff_minute: float
    move: float
    least: float
    uncalibrated: str = "label"


def _advice(body: dict[str, Any]) -> AdviceRules:
    found = AdviceRules(**{name: value for name, value in body.items() if name not in ("key", "kinds")},
                        kinds=tuple(body["kinds"]))  # fmt: skip
    unknown = sorted(set(found.kinds) - set(ADVISED))
    if unknown:
        raise ValueError(f"kind {unknown[0]!r} is not one of {ADVISED}")
    if found.uncalibrated not in UNCALIBRATED:
        raise ValueError(f"uncalibrated {found.uncalibrated!r} is not one of {UNCALIBRATED}")
    numbers = {name: value for name, value in asdict(found).items() if name not in ("kinds", "uncalibrated")}
    wrong = sorted(name for name, value in numbers.items() if type(value) not in (int, float) or value < 0)
    if wrong:
        raise ValueError(f"{wrong[0]} must be a number of 0 or more")
    return found


def _hour(rules: AdviceRules, example: dict[str, float]) -> str:
    loss = example["waited"] + rules.walkout * example["walkouts"] + rules.breach * example["breaches"]
    return "" if loss == example["loss"] else f"comes to {loss:g}"


declare(Kind("advice", _advice, check_example=_hour))


@dataclass(frozen=True)
class Catalogue:
    """Everything that is in force on a date: services, tiers, counter kinds, kiosk groups, the advisor's rules."""

    services: dict[str, ServiceType]
    tiers: dict[str, Tier]
    counter_kinds: dict[str, CounterKind]
    groups: dict[str, KioskGroup]
    advice: AdviceRules

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
    """Content in force on a date."""
    return Catalogue(
        service_types(on, pack),
        tiers(on, pack),
        {key: item.value for key, item in items("counter_kinds", on, pack).items()},
        {key: item.value for key, item in items("kiosk_groups", on, pack).items()},
        items("advice", on, pack)["hall"].value,
    )
