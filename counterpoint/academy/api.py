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
    diff_pass,
    enrol,
    lesson_answer,
    lesson_check,
    lesson_start,
    request_take,
    waive,
)
from counterpoint.academy.learning.practising import NotBegun, practice_begin, practice_skip
from counterpoint.academy.learning.queries import LessonOver, matrix, standing
from counterpoint.academy.practice.worlds import TooManyWorlds

__all__ = [
    "AlreadyHeld",
    "LessonOver",
    "Missing",
    "NotBegun",
    "SecondPersonNeeded",
    "TooManyWorlds",
    "certificate_award",
    "certificate_revoke",
    "diff_pass",
    "enrol",
    "lesson_answer",
    "lesson_check",
    "lesson_start",
    "matrix",
    "practice_begin",
    "practice_skip",
    "request_take",
    "show_name",
    "standing",
    "waive",
]
