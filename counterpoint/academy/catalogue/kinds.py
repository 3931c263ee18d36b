"""The kinds of content of the academy, each declared once."""

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.catalogue.blueprints import (
    BLUEPRINT_WORDS,
    BLUEPRINTS,
    BlueprintBody,
    blueprint_example,
    blueprint_needs,
    wrong_blueprint,
)
from counterpoint.academy.catalogue.labels import LESSON_WORDS, QUESTION_WORDS
from counterpoint.academy.catalogue.lessons import (
    COURSES,
    LESSONS,
    CourseBody,
    LessonBody,
    lesson_cites,
    lesson_example,
    lesson_references,
    wrong_course,
    wrong_lesson,
)
from counterpoint.academy.catalogue.questions import (
    MICRO,
    QUESTIONS,
    STANDARDS,
    MicroBody,
    QuestionBody,
    StandardBody,
    question_cites,
    question_example,
    question_references,
    standard_example,
    wrong_micro,
    wrong_question,
    wrong_standard,
)
from counterpoint.primitives.content import Kind, declare

PAGE = ((_("Courses"), "academy:courses"),)

declare(
    Kind(
        COURSES, type=CourseBody, check=wrong_course, title=_("Courses"), labels=LESSON_WORDS, pages=PAGE,
        references=lambda body: [(LESSONS, one) for one in body.lessons],
    )
)  # fmt: skip
declare(
    Kind(
        LESSONS, type=LessonBody, check=wrong_lesson, check_example=lesson_example,
        references=lesson_references, cites=lesson_cites, title=_("Lessons of the academy"), labels=LESSON_WORDS,
        pages=PAGE,
    )
)  # fmt: skip
declare(
    Kind(
        QUESTIONS, type=QuestionBody, check=wrong_question, check_example=question_example,
        references=question_references, cites=question_cites, title=_("Questions"), labels=QUESTION_WORDS, pages=PAGE,
    )
)  # fmt: skip
declare(
    Kind(
        STANDARDS, type=StandardBody, check=wrong_standard, check_example=standard_example,
        references=lambda body: [(body.moved_to.kind, body.moved_to.key)] if body.moved_to else [],
        title=_("Standards that lessons cite"), labels=QUESTION_WORDS, pages=PAGE,
    )
)  # fmt: skip
declare(
    Kind(
        MICRO, type=MicroBody, check=wrong_micro, title=_("Micro lessons"), labels=QUESTION_WORDS, pages=PAGE,
        references=lambda body: [
            (LESSONS, body.lesson), (QUESTIONS, body.question), *(("day_marks", one) for one in body.marks),
        ],
    )
)  # fmt: skip
declare(
    Kind(
        BLUEPRINTS, type=BlueprintBody, check=wrong_blueprint, check_example=blueprint_example,
        references=blueprint_needs, title=_("Exams"), labels=BLUEPRINT_WORDS, pages=((_("Exams"), "academy:exam"),),
    )
)  # fmt: skip
