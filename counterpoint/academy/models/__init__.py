"""Nouns of the academy."""

from counterpoint.academy.models.certificates import Certificate
from counterpoint.academy.models.connect import Connection, LtiLaunch, LtiLink
from counterpoint.academy.models.debrief import Judgement, LeagueRound, LeagueRun, ShadowChoice, ShadowDay
from counterpoint.academy.models.drill import DrillDay, DrillEvent, DrillReference, DrillSeat, DrillSession
from counterpoint.academy.models.exams import (
    AnswerSave,
    DayStat,
    Grade,
    ItemStat,
    Pretest,
    ReviewCard,
    Sitting,
    SittingSign,
)
from counterpoint.academy.models.learning import Enrolment, LessonAnswer, LessonRun

__all__ = [
    "AnswerSave",
    "Certificate",
    "Connection",
    "DayStat",
    "DrillDay",
    "DrillEvent",
    "DrillReference",
    "DrillSeat",
    "DrillSession",
    "Enrolment",
    "Grade",
    "ItemStat",
    "Judgement",
    "LeagueRound",
    "LeagueRun",
    "LessonAnswer",
    "LessonRun",
    "LtiLaunch",
    "LtiLink",
    "Pretest",
    "ReviewCard",
    "ShadowChoice",
    "ShadowDay",
    "Sitting",
    "SittingSign",
]
