"""Words for the fields of a checklist in headquarters' form."""

from django.utils.translation import pgettext_lazy

CHECKLISTS = {
    "kind=photo": pgettext_lazy("field", "a photo"),
    "kind=signature": pgettext_lazy("field", "a signature"),
    "kind=scan": pgettext_lazy("field", "a scan of the label"),
    "kind=place": pgettext_lazy("field", "place and time"),
    "good": pgettext_lazy("field", "Counts as good"),
    "expiry": pgettext_lazy("field", "Until when it is valid"),
    "evidence": pgettext_lazy("field", "Photo as evidence"),
    "evidence=none": pgettext_lazy("field", "no photo"),
    "evidence=on_fail": pgettext_lazy("field", "when it fails"),
    "evidence=always": pgettext_lazy("field", "always"),
    "on_fail": pgettext_lazy("field", "When it fails"),
    "level": pgettext_lazy("field", "How grave"),
    "asset": pgettext_lazy("field", "Thing it is about"),
    "na": pgettext_lazy("field", "May be not applicable"),
    "hint": pgettext_lazy("field", "Hint"),
    "pass_mark": pgettext_lazy("field", "Points to pass"),
    "signature": pgettext_lazy("field", "Signed at the end"),
    "due": pgettext_lazy("field", "Due"),
    "before_open_minutes": pgettext_lazy("field", "Minutes before opening"),
    "after_close_minutes": pgettext_lazy("field", "Minutes after closing"),
    "day": pgettext_lazy("field", "On day"),
    "phase": pgettext_lazy("field", "Part of the day"),
    "phase=pre_open": pgettext_lazy("field", "before opening"),
    "phase=closing": pgettext_lazy("field", "closing up"),
    "phase=any": pgettext_lazy("field", "any"),
    "late": pgettext_lazy("field", "When it is late"),
    "asset_kind": pgettext_lazy("field", "For each thing of the kind"),
}
