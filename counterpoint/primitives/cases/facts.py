"""Kinds of journal entries of cases. Data carries ids, slugs, times and numbers only; words stay in the notes."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts


def _fact(key: str, label: object, *fields: str) -> FactType:
    return FactType(f"cases.{key}", label, frozenset({"type", *fields}))  # type: ignore[arg-type]


facts.register(
    (
        _fact("opened", _("Case opened"), "version", "level", "source", "owner", "received", "involved", "due"),
        _fact("assigned", _("Case assigned"), "owner"),
        _fact("accepted", _("Case accepted"), "user"),
        _fact("moved", _("Case moved"), "stage"),
        _fact("milestone", _("Case milestone reached"), "slug"),
        _fact("fields_set", _("Case fields filled in"), "names"),
        _fact("level", _("Case level set"), "level", "proposed", "note"),
        _fact("paused", _("Case paused"), "reason", "cap"),
        _fact("resumed", _("Case resumed"), "by_cap"),
        _fact("resolved", _("Case resolved"), "stage", "note", "files", "names"),
        _fact("verified", _("Case verified"), "passed", "stage", "note"),
        _fact("closed", _("Case closed"), "stage", "names"),
        _fact("dropped", _("Case dropped"), "stage", "note"),
        _fact("reopened", _("Case reopened"), "stage", "note"),
        _fact("commented", _("Comment on a case"), "note", "files"),
        _fact("watched", _("Case watched"), "user", "on"),
        _fact("linked", _("Cases linked"), "other", "link"),
        _fact("unlinked", _("Cases unlinked"), "other"),
        _fact("merged", _("Cases merged"), "into", "stage", "started", "breaches", "involved"),
        _fact("involved", _("Involved people of a case set"), "involved"),
        _fact("extended", _("Case deadline extended"), "clock", "until", "asked_by"),
        _fact("policy", _("Case moved to the present rules"), "version"),
        _fact("warned", _("Case deadline near"), "clock", "rung", "cycle", "people"),
        _fact("breached", _("Case deadline missed"), "clock", "rung", "cycle", "people"),
        _fact("escalated", _("Case escalated"), "clock", "rung", "cycle", "people"),
        _fact("erased", _("Private text of a case erased"), "names"),
    )
)
