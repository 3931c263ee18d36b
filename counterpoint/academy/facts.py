"""Kinds of journal entries that the academy writes: ids, keys, versions and marks, never what a person answered."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

WHO = frozenset({"user", "lesson", "version"})

facts.register(
    (
        FactType("academy.enrolled", _("Course assigned"), frozenset({"user", "course", "due", "origin"})),
        FactType("academy.waived", _("Assignment of a course withdrawn"), frozenset({"user", "course"})),
        FactType("academy.lesson_started", _("Lesson begun"), WHO | {"diff"}),
        FactType("academy.question_answered", _("Question of a lesson answered"), WHO | {"question"}),
        FactType("academy.exercise_checked", _("Exercise of a lesson checked"), WHO | {"passed"}),
        FactType("academy.lesson_passed", _("Lesson passed"), WHO | {"diff"}),
    )
)

EXAM = frozenset({"user", "exam"})

facts.register(
    (
        FactType("academy.sitting_begun", _("Exam begun"), EXAM | {"minutes", "version"}),
        FactType("academy.sitting_submitted", _("Exam handed in"), EXAM | {"by", "lines", "head", "passed"}),
        FactType("academy.sitting_extended", _("Time of an exam extended"), EXAM | {"minutes"}),
        FactType("academy.sitting_voided", _("Exam set aside"), EXAM),
        FactType(
            "academy.graded", _("Exam graded again"),
            frozenset({"exam", "number", "question", "how", "passed"}),
        ),
        FactType("academy.items_measured", _("Questions measured"), frozenset({"items", "answers"})),
    )
)  # fmt: skip
