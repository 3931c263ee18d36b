"""The door of chapter 1: services and promises, the branch's day, panels, the preparing of a page, and competence."""

from counterpoint.role.competence.actions import competence_observe, evidence_add
from counterpoint.role.competence.kinds import competencies, profiles
from counterpoint.role.competence.queries import marks_given, next_things
from counterpoint.role.competence.sources import Origin, Thing, offer_things, tell_evidence
from counterpoint.role.desk import prepare
from counterpoint.role.drawing import panels_at
from counterpoint.role.marks import DayMark, marks_of
from counterpoint.role.offered import Due, MorningLesson, offer_dues, offer_lesson
from counterpoint.role.services import SKILL_NAMES, SKILLS, ServiceType, Skill, Tier, service_types, tiers
from counterpoint.role.today import Today, day_at, day_of, last_open_day, next_open_day
from counterpoint.role.verbs import EVIDENCE

__all__ = [
    "EVIDENCE",
    "SKILLS",
    "SKILL_NAMES",
    "DayMark",
    "Due",
    "MorningLesson",
    "Origin",
    "ServiceType",
    "Skill",
    "Thing",
    "Tier",
    "Today",
    "competence_observe",
    "competencies",
    "day_at",
    "day_of",
    "evidence_add",
    "last_open_day",
    "marks_given",
    "marks_of",
    "next_open_day",
    "next_things",
    "offer_dues",
    "offer_lesson",
    "offer_things",
    "panels_at",
    "prepare",
    "profiles",
    "service_types",
    "tell_evidence",
    "tiers",
]
