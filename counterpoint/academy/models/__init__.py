"""Nouns of the academy."""

from counterpoint.academy.models.learning import Enrolment, LessonAnswer, LessonRun

__all__ = ["Enrolment", "LessonAnswer", "LessonRun"]
