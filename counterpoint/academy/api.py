"""The door of the academy; nobody but the assembled house and its tests comes through it."""

from counterpoint.academy.certificates.actions import (
    AlreadyHeld,
    Missing,
    SecondPersonNeeded,
    certificate_award,
    certificate_revoke,
    show_name,
)
from counterpoint.academy.learning.actions import (
    LessonOver,
    NoPractice,
    diff_pass,
    enrol,
    lesson_answer,
    lesson_check,
    lesson_start,
    request_take,
    waive,
)
from counterpoint.academy.learning.queries import matrix, own_unit, standing

__all__ = [
    "AlreadyHeld",
    "LessonOver",
    "Missing",
    "NoPractice",
    "SecondPersonNeeded",
    "certificate_award",
    "certificate_revoke",
    "diff_pass",
    "enrol",
    "lesson_answer",
    "lesson_check",
    "lesson_start",
    "matrix",
    "own_unit",
    "request_take",
    "show_name",
    "standing",
    "waive",
]
