"""Kinds of journal entries that `service` writes: ids, slugs, dates and numbers, never a customer's words."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

CASE = frozenset({"case", "on"})  # `on`: the branch's date of receipt, by which complaints are counted

facts.register(
    (
        FactType(
            "service.complaint_taken",
            _("Complaint taken in"),
            CASE | {"channel", "level", "proposed", "sure", "model", "category", "repeats"},
        ),
        FactType("service.level_confirmed", _("Level of a complaint confirmed"), CASE | {"level", "proposed"}),
        FactType("service.complaint_changed", _("Complaint changed"), CASE | {"event", "level"}),
        FactType("service.report_saved", _("Rectification report saved"), CASE | {"report", "template"}),
        FactType("service.report_submitted", _("Rectification report submitted"), CASE | {"report"}),
        FactType("service.report_decided", _("Rectification report decided"), CASE | {"report", "accepted"}),
        FactType("service.extension_asked", _("Longer legal time asked for"), CASE | {"extension", "days"}),
        FactType("service.extension_decided", _("Longer legal time decided"), CASE | {"extension", "granted", "due"}),
        FactType("service.lesson_asked", _("Lesson asked for"), CASE | {"lesson", "level", "cause"}),
        FactType("service.lesson_declined", _("No lesson needed"), CASE | {"lesson"}),
        FactType("service.lesson_taken", _("Lesson taken up"), CASE | {"lesson"}),
        FactType("service.called_back", _("Customer called back"), CASE | {"callback", "outcome"}),
        FactType("service.complaint_erased", _("Customer's words erased"), CASE | {"reason"}),
    )
)
