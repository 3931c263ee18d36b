"""Words of complaints on pages."""

from django.utils.translation import gettext_lazy as _

STEPS = {
    "confirm": _("Confirm the level"), "accept": _("Take over"), "solve": _("Solve"), "verify": _("Verify"), "": "",
}  # fmt: skip
LEVEL_LOUD = {"level_1": "act", "level_2": "watch", "level_3": "info"}
CLOCK_LOUD = {"late": "act", "missed": "act", "kept": "fine", "running": "info", "paused": "calm"}
CLOCK_STATES = {
    "late": _("overdue"), "missed": _("done too late"), "kept": _("done in time"), "running": _("clock running"),
    "paused": _("paused"),
}  # fmt: skip
MILESTONES = {
    "contacted": _("Customer contacted"), "solution": _("Solution offered"), "answered": _("Written answer given"),
}  # fmt: skip
REPORT_STATES = {
    "draft": (_("not submitted"), "calm"), "submitted": (_("with the region"), "info"),
    "accepted": (_("accepted"), "fine"),
    "returned": (_("returned"), "act"),
}  # fmt: skip
LESSON_STATES = {
    "asked": (_("asked for"), "info"), "taken": (_("taken up"), "fine"), "declined": (_("not needed"), "calm"),
}  # fmt: skip
OUTCOMES = {
    "satisfied": _("Customer is satisfied"), "unsatisfied": _("Customer is not satisfied"),
    "unreached": _("Not reached"),
}  # fmt: skip
ERASING = {
    "time_over": _("The time of keeping is over"), "customer_asked": _("The customer asked for it"),
    "authority": _("An authority ordered it"),
}  # fmt: skip
PUBLIC_STATES = {
    "open": _("We have your complaint. It waits for a colleague to take it over."),
    "doing": _("A colleague is working on it."),
    "resolved": _("A solution was worked out. A second colleague is checking it."),
    "closed": _("It is closed."),
    "dropped": _("It was withdrawn."),
}
