"""The hall of b01 as the tests of this room drive it: one clock, the fixed cast, and a look at what was written."""

from datetime import timedelta

from counterpoint.foundation import access, actions, roles
from counterpoint.foundation.api import DomainError, journal, scoped
from counterpoint.onsite import api, expected
from counterpoint.onsite.models import Duty, Ticket, Window
from counterpoint.onsite.queries import record
from counterpoint.onsite.queries import snapshot as snapshots


def forget():
    """Drop what the process keeps between requests, because what it knows of was rolled back."""
    snapshots._cache.clear()
    snapshots._outlooks.clear()
    expected._usual.cache_clear()
    record.forget()


class Hall:
    """Everything is done by Sun unless said otherwise; `Mei`, `Omar` and `Ada` are the people's ids."""

    def __init__(self, bank):
        self.bank, self.now, self.branch = bank, bank.now, bank.b01
        self.sun, self.mei = bank.scope("Sun"), bank.scope("Mei")
        self.Mei, self.Omar, self.Ada = (bank.people[name].pk for name in ("Mei", "Omar", "Ada"))

    def do(self, name, who="Sun", **inputs):
        """One action of the door, now; `now=` and `branch=` may be given."""
        given = {"scope": self.bank.scope(who), "branch": self.branch, "now": self.now} | inputs
        return getattr(api, name)(**given)

    def later(self, **delta):
        """The clock moves on."""
        self.now += timedelta(**delta)

    def take(self, service="cash_deposit", **inputs):
        """A ticket for a service."""
        return self.do("ticket_take", service=service, **inputs)

    def open(self, counter=1, user=None, **inputs):
        """A window with Mei, unless another person is named."""
        return self.do("window_open", counter=counter, user=user or self.Mei, **inputs)

    def serve(self, ticket, counter=1):
        """Call and start this ticket."""
        self.do("ticket_call", counter=counter, ticket=ticket.id)
        return self.do("ticket_start", ticket=ticket.id)

    def code(self, name, who="Sun", **inputs):
        """The code of the refusal, "ok" when there was none."""
        try:
            self.do(name, who, **inputs)
        except DomainError as refused:
            return refused.code
        return "ok"

    def machine(self, code="stm-1", kind="stm"):
        """Set up a machine."""
        root = access.system_scope(tuple(roles.table()))
        with scoped(root):
            return actions.device_create(
                scope=root, now=self.now, branch=self.branch, code=code, name=code.upper(), kind=kind
            )

    def entries(self, kind=""):
        """The hall's journal entries in order, all or of one kind."""
        with scoped(self.sun):
            rows = journal.JournalEntry.objects.filter(org_unit=self.branch, kind__startswith=f"onsite.{kind}")
            return list(rows.order_by("seq"))

    def kinds(self):
        """What the journal says happened, in short."""
        return [entry.kind.removeprefix("onsite.") for entry in self.entries()]

    def last(self):
        """The newest journal entry."""
        return self.entries()[-1]

    def row(self, ticket):
        """The ticket as it is stored."""
        with scoped(self.sun):
            return Ticket.objects.select_related("counter").get(pk=ticket.id)

    def tickets(self):
        """All stored tickets in the order they were taken."""
        with scoped(self.sun):
            return list(Ticket.objects.filter(org_unit=self.branch).order_by("taken_at", "id"))

    def place(self, person):
        """(place, counter number) of a person today; None without a row."""
        with scoped(self.sun):
            rows = Duty.objects.filter(org_unit=self.branch, user_id=person).order_by("-business_date")
            duty = rows.select_related("counter").first()
        return (duty.place, duty.counter.number if duty.counter else None) if duty else None

    def scoped(self):
        """Sun's scope for a look at the database."""
        return scoped(self.sun)

    def window(self, number):
        """The stored window of a counter."""
        with scoped(self.sun):
            return Window.objects.filter(org_unit=self.branch, counter__number=number).first()
