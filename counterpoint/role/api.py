"""The door of chapter 1: services and promises, the branch's day, and the desk's way of preparing a page."""

from counterpoint.role.desk import prepare
from counterpoint.role.marks import DayMark, marks_of
from counterpoint.role.services import SKILL_NAMES, SKILLS, ServiceType, Skill, Tier, service_types, tiers
from counterpoint.role.today import Today, day_at, day_of, last_open_day, next_open_day

__all__ = [
    "SKILLS",
    "SKILL_NAMES",
    "DayMark",
    "ServiceType",
    "Skill",
    "Tier",
    "Today",
    "day_at",
    "day_of",
    "last_open_day",
    "marks_of",
    "next_open_day",
    "prepare",
    "service_types",
    "tiers",
]
