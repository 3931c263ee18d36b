"""Fact types of rounds. Data carries ids and numbers only: a text that was answered stays with its entry."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

_ROUND = frozenset({"round", "checklist", "version", "asset"})
_ANSWER = frozenset({"round", "item", "entry", "device", "seq", "contested"})

facts.register(
    (
        FactType("primitives.round_planned", _("Round put on the list"), _ROUND | {"slot", "due"}),
        FactType("primitives.round_started", _("Round started"), _ROUND),
        FactType("primitives.round_assigned", _("Round assigned"), _ROUND | {"user"}),
        FactType("primitives.round_late", _("Round overdue"), _ROUND | {"due", "case", "told"}),
        FactType("primitives.round_submitted", _("Round submitted"), _ROUND | {"percent", "passed", "failed", "cases"}),
        FactType("primitives.proof_failed", _("Leaders told of a round that proves nothing"), _ROUND | {"why", "told"}),
        FactType("primitives.answer_put", _("Checked in a round"), _ANSWER),
        FactType("primitives.answer_cleared", _("Check taken back in a round"), _ANSWER | {"was_by"}),
        FactType(
            "primitives.photo_checked",
            _("Photo looked at by the machine"),
            frozenset({"round", "item", "evidence", "found"}),
        ),
        FactType(
            "primitives.photo_confirmed",
            _("Photo check confirmed by a person"),
            frozenset({"round", "item", "evidence", "confirmed"}),
        ),
        FactType(
            "primitives.sync_conflicted", _("A phone's key came with other content"), frozenset({"device", "key"})
        ),
        FactType(
            "primitives.sync_quarantined", _("Set aside: a phone's message"), frozenset({"device", "key", "reason"})
        ),
        FactType(
            "primitives.sync_settled", _("Seen to: a phone's message set aside"), frozenset({"device", "key", "reason"})
        ),
        FactType(
            "primitives.answer_noted",
            _("Taken over as a note: an answer that came after its round was handed in"),
            frozenset({"round", "item", "entry", "seq", "device", "was_by"}),
        ),
        FactType(
            "primitives.unsent_told",
            _("Leaders told of what waits on a phone"),
            frozenset({"device", "why", "count", "hours", "told"}),
        ),
        FactType("primitives.sync_held", _("Kept until its round is complete"), frozenset({"device", "key", "kind"})),
    )
)
