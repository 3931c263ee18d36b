"""Nouns of the academy."""

from counterpoint.academy.models.drill import DrillDay, DrillEvent, DrillReference, DrillSeat, DrillSession
from counterpoint.academy.models.exams import AnswerSave, Grade, ItemStat, ReviewCard, Sitting, SittingSign
from counterpoint.academy.models.learning import Enrolment, LessonAnswer, LessonRun

__all__ = [
    "AnswerSave",
    "DrillDay",
    "DrillEvent",
    "DrillReference",
    "DrillSeat",
    "DrillSession",
    "Enrolment",
    "Grade",
    "ItemStat",
    "LessonAnswer",
    "LessonRun",
    "ReviewCard",
    "Sitting",
    "SittingSign",
]
