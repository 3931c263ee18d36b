"""The door of the academy; nobody but the assembled house and its tests comes through it."""

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
    "LessonOver",
    "NoPractice",
    "diff_pass",
    "enrol",
    "lesson_answer",
    "lesson_check",
    "lesson_start",
    "matrix",
    "own_unit",
    "request_take",
    "standing",
    "waive",
]
