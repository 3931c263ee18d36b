"""Words for the fields of a kind of asset in headquarters' form."""

from django.utils.translation import pgettext_lazy

ASSETS = {
    "group": pgettext_lazy("field", "Group of equipment"),
    "group=queue": pgettext_lazy("field", "Queueing"),
    "group=cash": pgettext_lazy("field", "Cash and self-service"),
    "group=counter": pgettext_lazy("field", "Counter equipment"),
    "group=power": pgettext_lazy("field", "Power and network"),
    "group=security": pgettext_lazy("field", "Security equipment"),
    "group=fire": pgettext_lazy("field", "Fire safety"),
    "group=rescue": pgettext_lazy("field", "First aid"),
    "fix_minutes": pgettext_lazy("field", "Minutes to mend"),
    "workaround_minutes": pgettext_lazy("field", "Minutes to a way around"),
    "service": pgettext_lazy("field", "Service interval"),
    "first_months": pgettext_lazy("field", "First service after months"),
    "then_months": pgettext_lazy("field", "Then every so many months"),
    "since": pgettext_lazy("field", "Counted from"),
    "scrap_months": pgettext_lazy("field", "Out of use after months"),
    "look_days": pgettext_lazy("field", "To be looked at every so many days"),
    "available": pgettext_lazy("field", "Availability at least"),
    "definition": pgettext_lazy("field", "Counts as working when"),
    "definition=network": pgettext_lazy("field", "on the network"),
    "definition=any_function": pgettext_lazy("field", "any function works"),
    "definition=all_functions": pgettext_lazy("field", "all functions work"),
    "fault_days": pgettext_lazy("field", "Days between faults at least"),
    "hall": pgettext_lazy("field", "Customers use it"),
}
