"""Events of queue machines in the database: what each verdict means; order and repetition change nothing."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, NotFound
from counterpoint.foundation.scope import Scope
from counterpoint.onsite.actions.ingest import EventIn, events_ingest
from counterpoint.onsite.models import Series, Ticket, VendorEvent
from counterpoint.onsite.verbs import INGEST, VIEW
from tests.properties import dose

pytestmark = pytest.mark.django_db
MACHINE = "0190a000-0000-7000-8000-000000000001"
TOLD = ("state", "label", "service", "tier", "taken_at", "called_at", "started_at", "finished_at", "left_at", "calls")


def scope_of(hall, actor=MACHINE, verbs=(INGEST,)):
    """What a machine's token gives: these verbs at its branch."""
    return Scope(actor=actor, roots=(hall.branch.path,), grants=dict.fromkeys(verbs, (hall.branch.path,)))


def event(hall, seq, kind, minute=0, ref="r1", **more):
    """An event so many minutes after 10:00 in Shanghai."""
    known = {"label": "A017", "service": "cash_deposit"} if kind == "taken" else {}
    at = hall.bank.now - timedelta(minutes=30) + timedelta(minutes=minute)
    return EventIn(**{"machine": "q1", "seq": seq, "ref": ref, "kind": kind, "at": at} | known | more)


def send(hall, *events, actor=MACHINE, **more):
    """The verdicts in order, with why where there is a reason."""
    done = events_ingest(scope=scope_of(hall, actor), branch=hall.branch, now=hall.now, events=events, **more)
    return [f"{v.verdict}: {v.problem}" if v.problem else v.verdict for v in done.verdicts]


def stored(hall):
    """What became of the machine's tickets, by their reference."""
    with hall.scoped():
        rows = Ticket.objects.exclude(vendor_ref="").select_related("counter").order_by("vendor_ref", "vendor")
        return [
            (t.vendor_ref, *(getattr(t, name) for name in TOLD), t.counter.number if t.counter else None) for t in rows
        ]


def verdicts(hall):
    with hall.scoped():
        return list(VendorEvent.objects.order_by("machine", "seq").values_list("verdict", flat=True))


# --- any order, any repetition ---------------------------------------------------------------------------------------

STORY = (
    (1, "taken", 0, {}), (2, "called", 4, {"counter": 2}), (3, "started", 5, {}), (4, "held", 7, {}),
    (5, "resumed", 9, {}), (6, "finished", 12, {}),
)  # fmt: skip
kinds = st.sampled_from(["taken", "called", "started", "held", "resumed", "finished", "no_show", "abandoned"])
stories = st.lists(
    st.tuples(kinds, st.integers(0, 25), st.sampled_from(["r1", "r2"]), st.integers(1, 4)), min_size=1, max_size=6
)


def in_batches(hall, events, cuts):
    """Send in batches that end at the cuts, roll back, and tell what stood in the database."""
    with transaction.atomic():
        at = 0
        for cut in [*sorted(cuts), len(events)]:
            if cut > at:
                send(hall, *events[at:cut])
                at = cut
        found = stored(hall), sorted(verdicts(hall))
        transaction.set_rollback(True)
    return found


@settings(max_examples=dose(25), suppress_health_check=list(HealthCheck))
@given(story=stories, order=st.randoms(use_true_random=False), cuts=st.sets(st.integers(1, 11), max_size=4))
def test_whatever_the_order_the_batches_and_the_repetitions_the_tickets_are_the_same(hall, story, order, cuts):
    """Both tickets may be taken twice with other numbers; r1 has letter A, r2 letter B, so they never compete."""
    events = []
    for seq, (kind, minute, ref, counter) in enumerate(story):
        known = {"label": f"{'A' if ref == 'r1' else 'B'}{100 + seq}"} if kind == "taken" else {"counter": counter}
        events.append(event(hall, seq, kind, minute, ref, **known))
    once = in_batches(hall, events, ())
    mixed = events + events[: len(events) // 2]
    order.shuffle(mixed)
    assert in_batches(hall, mixed, cuts) == once


@pytest.mark.parametrize("last", range(1, 7))
def test_a_story_that_breaks_off_tells_what_it_knows(hall, last):
    send(hall, *(event(hall, *told[:3], **told[3]) for told in STORY[:last]))
    ((_ref, state, *_rest),) = stored(hall)
    assert state == ("waiting", "called", "serving", "held", "serving", "served")[last - 1]


def test_three_machines_tell_one_ticket_in_any_of_six_orders(hall):
    told = [
        event(hall, 1, "taken", machine="kiosk"), event(hall, 1, "called", 3, machine="window", counter=1),
        event(hall, 1, "finished", 9, machine="office"),
    ]  # fmt: skip
    found = {tuple(in_batches(hall, list(order), (1, 2))[0]) for order in permutations(told)}
    assert len(found) == 1


def test_of_two_numbers_the_first_by_the_clock_is_the_tickets_whichever_came_first(hall):
    told = [event(hall, 1, "taken", 5), event(hall, 2, "taken", 2, label="A018", service="transfer")]
    found = [in_batches(hall, order, (1,))[0] for order in (told, told[::-1])]
    assert found[0] == found[1]
    assert found[0][0][2:4] == ("A018", "transfer")


# --- verdicts --------------------------------------------------------------------------------------------------------


def test_a_number_belongs_to_its_machine_and_its_sender(hall):
    """Two vendors, or two machines of one, may count from one; only the same number of the same machine is repeated."""
    assert send(hall, event(hall, 1, "taken")) == ["applied"]
    assert send(hall, event(hall, 1, "called", 2, machine="q2")) == ["applied"]
    other = "0190a000-0000-7000-8000-000000000002"
    assert send(hall, event(hall, 1, "taken", label="A018"), actor=other) == ["applied"]
    assert send(hall, event(hall, 1, "taken")) == ["repeated"]
    assert len(stored(hall)) == 2


def test_the_same_number_twice_in_one_batch_is_kept_once(hall):
    twin = event(hall, 1, "taken")
    assert send(hall, twin, twin, event(hall, 1, "taken", service="transfer")) == [
        "applied", "repeated", "conflict: this number came before with other content",
    ]  # fmt: skip
    assert hall.last().data == {"applied": 1, "early": 0, "repeated": 1, "quarantined": 1, "tickets": 1}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"minute": 32}, ""),  # two minutes ahead is within what clocks differ
        ({"minute": 32.02}, "the machine's clock is ahead"),
        ({"minute": 30 - 90 * 1440}, ""),  # ninety days to the second
        ({"minute": 29.98 - 90 * 1440}, "older than 90 days"),
        ({"kind": "danced"}, "unknown kind"),
        ({"service": "haircut"}, "unknown service"),
        ({"service": ""}, "unknown service"),
        ({"tier": "gold"}, "unknown tier"),
        ({"tier": "vip"}, ""),
        ({"label": ""}, "the label is not letters and digits like A012"),
        ({"label": "ABC1"}, "the label is not letters and digits like A012"),
        ({"label": "A123456"}, "the label is not letters and digits like A012"),
        ({"label": "A０１７"}, "the label is not letters and digits like A012"),  # full-width digits
        ({"label": "A017\n"}, "the label is not letters and digits like A012"),
        ({"label": "AB99999"}, ""),
    ],
)
def test_what_cannot_be_used_is_kept_aside_with_its_reason(hall, more, why):
    told = {"seq": 1, "kind": "taken"} | more
    assert send(hall, event(hall, **told)) == ([f"quarantined: {why}"] if why else ["applied"])
    assert len(stored(hall)) == (0 if why else 1)
    assert verdicts(hall) == ["quarantined" if why else "applied"]


def test_what_is_kept_aside_never_counts_later(hall):
    send(hall, event(hall, 2, "called", 60))  # the clock is an hour ahead
    hall.later(hours=2)
    assert send(hall, event(hall, 1, "taken")) == ["applied"]
    ((_ref, state, *_rest),) = stored(hall)
    assert state == "waiting"
    assert send(hall, event(hall, 2, "called", 60)) == ["repeated"]


@pytest.mark.parametrize(
    ("field", "value", "fine"),
    [
        ("seq", -1, False), ("seq", 0, True), ("seq", 2**63 - 1, True), ("seq", 2**63, False),
        ("counter", 0, False), ("counter", 1, True), ("counter", 999, True), ("counter", 1000, False),
        ("ref", "", False), ("ref", "r" * 64, True), ("ref", "r" * 65, False), ("machine", "m" * 33, False),
        ("label", "A" * 11, False), ("at", "2026-11-23T10:00:00", False),  # a time without its offset says little
        ("at", "1969-12-31T23:59:59Z", False), ("at", "1970-01-01T00:00:00Z", True),
        ("at", "0001-01-01T00:00:00+08:00", False), ("at", "9999-12-31T23:59:59Z", False),
        ("colour", "red", False),
    ],
)  # fmt: skip
def test_an_event_is_read_within_its_bounds(hall, field, value, fine):
    body = event(hall, 1, "taken").model_dump(mode="json") | {field: value}
    if not fine:
        with pytest.raises(ValueError, match=field):
            EventIn.model_validate(body)
        return
    assert len(send(hall, EventIn.model_validate(body))) == 1


def test_a_second_ticket_with_the_same_number_is_told_and_may_be_corrected_by_its_machine(hall):
    assert send(hall, event(hall, 1, "taken")) == ["applied"]
    taken = "quarantined: another ticket has this number today"
    assert send(hall, event(hall, 2, "called", 3, ref="r2"), event(hall, 3, "taken", 1, ref="r2")) == [taken, taken]
    assert verdicts(hall) == ["applied", "quarantined", "quarantined"]
    assert [row[0] for row in stored(hall)] == ["r1"]


def test_a_correction_that_takes_anothers_number_changes_nothing(hall):
    send(hall, event(hall, 1, "taken", 5), event(hall, 2, "taken", 5, ref="r2", label="A018"))
    before = stored(hall)
    assert send(hall, event(hall, 3, "taken", 2, ref="r2")) == ["quarantined: another ticket has this number today"]
    assert stored(hall) == before


def test_a_late_event_of_a_closed_day_is_kept_aside_and_what_was_told_before_stays_told(hall):
    send(hall, event(hall, 1, "taken"), event(hall, 2, "called", 3))
    hall.do("day_close")
    before = stored(hall)
    assert send(hall, event(hall, 3, "finished", 9)) == ["quarantined: the day is closed"]
    assert stored(hall) == before
    assert verdicts(hall) == ["applied", "applied", "quarantined"]


def test_an_event_of_yesterday_makes_a_ticket_of_yesterday(hall):
    assert send(hall, event(hall, 1, "taken", -1440)) == ["applied"]
    (ticket,) = hall.tickets()
    assert ticket.business_date.isoformat() == "2026-11-22"


def test_the_same_reference_on_two_days_is_two_tickets(hall):
    send(hall, event(hall, 1, "taken", -1440), event(hall, 2, "taken", 0), event(hall, 3, "called", 5))
    assert sorted((t.business_date.day, t.state) for t in hall.tickets()) == [(22, "waiting"), (23, "called")]


@pytest.mark.parametrize(("at", "day"), [("15:59:59", 23), ("16:00:00", 24)])
def test_midnight_in_shanghai_parts_the_days(hall, at, day):
    hall.now = datetime(2026, 11, 23, 16, 0, 30, tzinfo=UTC)
    send(hall, event(hall, 1, "taken", at=datetime.fromisoformat(f"2026-11-23T{at}+00:00")))
    assert hall.tickets()[0].business_date.day == day


def test_a_counter_that_is_not_here_is_left_out(hall):
    send(hall, event(hall, 1, "taken"), event(hall, 2, "called", 3, counter=77))
    assert stored(hall)[0][-1] is None


# --- beside the own hall ---------------------------------------------------------------------------------------------


def test_own_numbers_go_on_after_the_machines_and_never_back(hall):
    send(hall, event(hall, 1, "taken", label="A041"), event(hall, 2, "taken", ref="r2", label="A007"))
    assert hall.take().label == "A042"
    with hall.scoped():
        assert Series.objects.get(letter="A").last == 42


def test_a_machines_number_that_the_own_kiosk_gave_out_is_told(hall):
    hall.take()
    assert send(hall, event(hall, 1, "taken", label="A001")) == ["quarantined: another ticket has this number today"]


def test_a_machines_customer_waits_in_the_own_hall_and_is_called_by_arrival(hall):
    hall.open(1)
    hall.take()
    send(hall, event(hall, 1, "taken"), event(hall, 2, "taken", 1, ref="r2", label="A018", tier="vip"))
    called = []
    for _ in range(3):
        ticket = hall.do("ticket_call_next", counter=1)
        called.append(ticket.label)
        hall.do("ticket_no_show", ticket=ticket.id)
    assert called == ["A018", "A017", "A001"]  # the VIP, then who came at 10:00, then who came at 10:30


def test_a_batch_is_one_entry_and_a_repeated_one_none(hall):
    batch = [event(hall, n, "called", n) for n in range(1, 4)]
    send(hall, *batch)
    assert hall.last().data == {"applied": 0, "early": 3, "repeated": 0, "quarantined": 0, "tickets": 0}
    send(hall, *batch, key="b")
    send(hall, *batch, key="b")
    assert hall.kinds() == ["events_ingested"]


def test_only_a_machine_of_this_branch_reports_events(hall):
    told = [event(hall, 1, "taken")]
    for scope, refusal in (
        (scope_of(hall, verbs=(VIEW,)), Forbidden), (hall.sun, Forbidden), (hall.bank.scope("Stranger"), NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            events_ingest(scope=scope, branch=hall.branch, now=hall.now, events=told)
    assert hall.entries() == []
