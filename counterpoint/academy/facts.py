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
        FactType("academy.connected", _("Connection to another system made"), frozenset({"what", "name"})),
        FactType(
            "academy.connection_changed", _("Connection to another system changed"), frozenset({"name", "active"})
        ),
        FactType("academy.account_linked", _("Account of a learning system linked"), frozenset({"user", "name"})),
        FactType("academy.lesson_passed", _("Lesson passed"), WHO | {"diff"}),
        FactType("academy.drill_begun", _("Drill begun"), DRILL | {"seed", "purpose", "scenario", "parent"}),
        FactType("academy.drill_over", _("Drill over"), DRILL | {"head", "lines", "loss"}),
        FactType("academy.drill_guided", _("Drill guided by hand"), DRILL | {"act"}),
    )
)

OF = frozenset({"user", "certificate", "version", "until"})

facts.register(
    (
        FactType("academy.certificate_awarded", _("Certificate awarded"), OF | {"evidence", "renews"}),
        FactType("academy.certificate_revoked", _("Certificate revoked"), OF),
        FactType("academy.certificate_expired", _("Certificate ended"), OF),
        FactType("academy.certificate_reminded", _("Reminder of a certificate's end"), OF | {"days"}),
        FactType("academy.certificate_named", _("Name on a certificate's page switched"), OF | {"shown"}),
    )
)
TAKEN, OPENED = frozenset({"session", "day", "date", "digest"}), frozenset({"round", "key", "seeds", "closes"})
facts.register(
    (
        FactType("academy.day_taken", _("Closed day taken to be played"), TAKEN),
        FactType("academy.league_opened", _("Round of the league opened"), OPENED),
        FactType("academy.league_joined", _("Day of a round begun"), frozenset({"session", "round", "seed"})),
        FactType("academy.shadow_chosen", _("Choice made beside the live day"), frozenset({"date", "minute"})),
        FactType("academy.shadow_judged", _("Choices of a closed day judged"), frozenset({"date", "points"})),
    )
)

EXAM = frozenset({"user", "exam"})
PRETEST = frozenset({"people", "items", "answers", "simulated"})

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
        FactType("academy.day_measured", _("Day of an exam measured"), frozenset({"exam", "day", "difficulty"})),
        FactType("academy.pretest_added", _("Pretest brought in"), PRETEST),
        FactType("academy.pretest_dropped", _("Pretest taken away"), PRETEST),
        FactType("academy.items_measured", _("Questions measured"), frozenset({"items", "answers"})),
    )
)  # fmt: skip
