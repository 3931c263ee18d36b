"""Nouns of the academy."""

from counterpoint.academy.models.certificates import Certificate
from counterpoint.academy.models.connect import Connection, LtiLaunch, LtiLink
from counterpoint.academy.models.drill import DrillDay, DrillEvent, DrillReference, DrillSeat, DrillSession
from counterpoint.academy.models.learning import Enrolment, LessonAnswer, LessonRun

__all__ = [
    "Certificate",
    "Connection",
    "DrillDay",
    "DrillEvent",
    "DrillReference",
    "DrillSeat",
    "DrillSession",
    "Enrolment",
    "LessonAnswer",
    "LessonRun",
    "LtiLaunch",
    "LtiLink",
]
