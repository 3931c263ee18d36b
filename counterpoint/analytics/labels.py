"""Words for the fields of a board in headquarters' form."""

from django.utils.translation import pgettext_lazy

BOARDS = {
    "roles": pgettext_lazy("field", "For the roles"),
    "metrics": pgettext_lazy("field", "Indicators"),
    "subject": pgettext_lazy("field", "About whom"),
    "subject=unit": pgettext_lazy("field", "branches"),
    "subject=person": pgettext_lazy("field", "people"),
    "compare": pgettext_lazy("field", "Columns of the comparison"),
    "order": pgettext_lazy("field", "Order of showing"),
}
