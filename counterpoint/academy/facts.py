"""Kinds of journal entries that the academy writes: ids, keys, versions and marks, never what a person answered."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

WHO = frozenset({"user", "lesson", "version"})
DRILL = frozenset({"user", "game"})

facts.register(
    (
        FactType("academy.enrolled", _("Course assigned"), frozenset({"user", "course", "due", "origin"})),
        FactType("academy.waived", _("Assignment of a course withdrawn"), frozenset({"user", "course"})),
        FactType("academy.lesson_started", _("Lesson begun"), WHO | {"diff"}),
        FactType("academy.question_answered", _("Question of a lesson answered"), WHO | {"question"}),
        FactType("academy.exercise_checked", _("Exercise of a lesson checked"), WHO | {"passed"}),
        FactType("academy.lesson_passed", _("Lesson passed"), WHO | {"diff"}),
        FactType("academy.drill_begun", _("Drill begun"), DRILL | {"seed", "purpose", "scenario", "parent"}),
        FactType("academy.drill_over", _("Drill over"), DRILL | {"head", "lines", "loss"}),
        FactType("academy.drill_guided", _("Drill guided by hand"), DRILL | {"act"}),
    )
)
