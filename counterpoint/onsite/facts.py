"""Fact types of the hall. Data carries ids and numbers only."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

_TICKET = frozenset({"ticket", "label", "service"})


def _ticket(key: str, label: object, *more: str) -> FactType:
    return FactType(f"onsite.ticket_{key}", label, _TICKET | set(more))  # type: ignore[arg-type]


facts.register(
    (
        _ticket("taken", _("Ticket taken"), "tier", "channel", "low", "high", "by"),
        _ticket("called", _("Ticket called"), "counter", "calls", "waited", "kept"),
        _ticket("recalled", _("Ticket called again"), "counter", "calls"),
        _ticket("call_undone", _("Call undone"), "counter"),
        _ticket("started", _("Service started"), "counter"),
        _ticket("held", _("Service put on hold"), "counter"),
        _ticket("resumed", _("Service resumed"), "counter"),
        _ticket("handed_over", _("Customer handed over"), "counter", "to_ticket", "to_service"),
        _ticket("finished", _("Service finished"), "counter", "minutes"),
        _ticket("no_show", _("Customer did not come"), "counter"),
        _ticket("abandoned", _("Customer left the queue"), "minutes"),
        _ticket("cancelled", _("Ticket cancelled"), "reason"),
        _ticket("diverted", _("Customer guided to a machine"), "device_kind"),
        _ticket("delayed", _("Customer asked for some minutes"), "minutes"),
        _ticket("flagged", _("Ticket marked for care"), "vulnerable"),
        _ticket("put_first", _("Ticket taken first"), "reason", "overtaken"),
        _ticket("put_back", _("Ticket back in its old place")),
        FactType("onsite.window_opened", _("Window opened"), frozenset({"counter", "user", "services"})),
        FactType("onsite.window_closed", _("Window closed"), frozenset({"counter", "user"})),
        FactType("onsite.person_moved", _("Person moved"), frozenset({"user", "place", "counter"})),
        FactType("onsite.break_started", _("Break started"), frozenset({"user", "minutes", "counter"})),
        FactType("onsite.break_moved", _("Break moved"), frozenset({"user", "minute"})),
        FactType("onsite.break_ended", _("Break ended"), frozenset({"user", "counter"})),
        FactType("onsite.device_failed", _("Device out of order"), frozenset({"device", "kind"})),
        FactType("onsite.device_restored", _("Device works again"), frozenset({"device", "kind"})),
        FactType("onsite.device_degraded", _("Device works in part"), frozenset({"device", "kind"})),
        FactType(
            "onsite.device_reported", _("Fault of a device reported by the public"), frozenset({"device", "kind"})
        ),
        FactType("onsite.asset_added", _("Asset added"), frozenset({"device", "kind", "due", "why"})),
        FactType("onsite.asset_changed", _("Asset changed"), frozenset({"device", "kind", "due", "why", "names"})),
        FactType("onsite.asset_named", _("Said which machine is out of order"), frozenset({"device", "kind", "was"})),
        FactType("onsite.asset_retired", _("Asset taken out of use"), frozenset({"device", "kind"})),
        FactType(
            "onsite.asset_due",
            _("Asset due for service or change"),
            frozenset({"device", "due", "why", "step", "case"}),
        ),
        FactType("onsite.diversion_set", _("Diversion set"), frozenset({"service", "share"})),
        FactType("onsite.day_opened", _("Day opened"), frozenset({"date"})),
        FactType("onsite.day_closed", _("Day closed"), frozenset({"date", "arrivals", "served", "left"})),
        FactType(
            "onsite.history_imported",
            _("Ticket history imported"),
            frozenset({"days", "tickets", "since", "until", "digest", "replaced"}),
        ),
        FactType(
            "onsite.events_ingested",
            _("Events of a queue machine received"),
            frozenset({"applied", "early", "repeated", "quarantined", "tickets"}),
        ),
        FactType(
            "onsite.advice_given",
            _("Advice given"),
            frozenset({"advice", "option", "counter", "user", "service", "ticket", "saved"}),
        ),
        FactType("onsite.advice_taken", _("Advice taken"), frozenset({"advice", "option"})),
        FactType("onsite.advice_declined", _("Advice declined"), frozenset({"advice", "option"})),
        FactType("onsite.advice_scored", _("Advice compared with what came"), frozenset({"advice", "hit"})),
        FactType("onsite.bookmark_set", _("Bookmark set in a past day"), frozenset({"bookmark", "date", "minute"})),
        FactType("onsite.bookmark_removed", _("Bookmark removed"), frozenset({"bookmark"})),
        FactType("onsite.bookmark_restored", _("Bookmark brought back"), frozenset({"bookmark"})),
        FactType(
            "onsite.future_run",
            _("Another decision tried in a past day"),
            frozenset({"bookmark", "date", "minute", "option", "saved"}),
        ),
        FactType(
            "onsite.twin_checked",
            _("Simulation checked against the branch's tickets"),
            frozenset({"check", "status", "gate", "tickets", "since", "until"}),
        ),
        FactType("onsite.key_conflicted", _("The same key came with another request"), frozenset({"key", "what"})),
    )
)
