"""Every step from every state: where it leads, or that it is refused in words and leaves no trace."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import translation

from counterpoint.foundation.api import DomainError, Invalid
from counterpoint.onsite import api

pytestmark = pytest.mark.django_db

# How a ticket for a transfer gets into a state at window 1.
PATHS = {
    "waiting": (),
    "called": ("call",),
    "serving": ("call", "start"),
    "held": ("call", "start", "hold"),
    "served": ("call", "start", "finish"),
    "abandoned": ("abandon",),
    "cancelled": ("cancel",),
    "no_show": ("call", "no_show"),
}
# Step → (the action, what it needs besides the ticket, the fact it notes).
STEPS = {
    "call": ("ticket_call", {"counter": 1}, "ticket_called"),
    "undo": ("call_undo", {}, "ticket_call_undone"),
    "start": ("ticket_start", {}, "ticket_started"),
    "hold": ("ticket_hold", {}, "ticket_held"),
    "resume": ("ticket_resume", {"counter": 1}, "ticket_resumed"),
    "hand over": ("ticket_hand_over", {"service": "wealth"}, "ticket_handed_over"),
    "finish": ("ticket_finish", {}, "ticket_finished"),
    "no_show": ("ticket_no_show", {}, "ticket_no_show"),
    "abandon": ("ticket_abandon", {}, "ticket_abandoned"),
    "cancel": ("ticket_cancel", {}, "ticket_cancelled"),
    "divert": ("ticket_divert", {}, "ticket_diverted"),
    "delay": ("ticket_delay", {"minutes": 5}, "ticket_delayed"),
    "care": ("ticket_flag", {"vulnerable": True}, "ticket_flagged"),
    "first": ("ticket_first", {}, "ticket_put_first"),
    "put back": ("ticket_put_back", {}, "ticket_put_back"),
}
# State → step → state after it; a step that is not named is refused. Said once more, apart from the code's own table.
LEADS = {
    "waiting": {
        "call": "called", "abandon": "abandoned", "cancel": "cancelled", "divert": "cancelled", "delay": "waiting",
        "care": "waiting",
    },
    "called": {
        "call": "called", "undo": "waiting", "start": "serving", "no_show": "no_show", "hand over": "served",
    },
    "serving": {"hold": "held", "finish": "served", "hand over": "served"},
    "held": {"resume": "serving", "hand over": "served", "abandon": "abandoned"},
    "served": {}, "abandoned": {}, "cancelled": {}, "no_show": {},
}  # fmt: skip


def bring(hall, state):
    """A ticket in the state, with window 1 open and a machine that could do its service."""
    hall.machine()
    hall.open(1)
    ticket = hall.take(service="transfer")
    for step in PATHS[state]:
        act, more, _fact = STEPS[step]
        hall.do(act, ticket=ticket.id, **more)
    return ticket


def attempt(hall, ticket, act, more):
    """(code or state after it, what the journal gained), and everything as it was before."""
    before = len(hall.entries())
    with transaction.atomic():
        try:
            hall.do(act, ticket=ticket.id, **more)
            told = hall.row(ticket).state
        except DomainError as refused:
            told = refused.code
        gained = hall.kinds()[before:]
        transaction.set_rollback(True)
    return told, gained


@pytest.mark.parametrize("state", PATHS)
def test_a_step_leads_on_with_one_entry_or_is_refused_without_a_trace(hall, state):
    ticket = bring(hall, state)
    found = {step: attempt(hall, ticket, act, more) for step, (act, more, _fact) in STEPS.items()}
    expected = {step: ("wrong_step", []) for step in STEPS}
    expected |= {step: (target, [STEPS[step][2]]) for step, target in LEADS[state].items()}
    if state == "called":
        expected["call"] = ("called", ["ticket_recalled"])
    if state == "waiting":  # alone it is the first already
        expected |= {"first": ("unfair", []), "put back": ("invalid", [])}
    if state == "serving":  # a window that is at work takes nobody up
        expected |= {"call": ("counter_busy", []), "resume": ("counter_busy", [])}
    if state == "called":
        expected["resume"] = ("counter_busy", [])
    assert found == expected


@pytest.mark.parametrize(
    ("state", "english", "chinese"),
    [
        ("waiting", "B001 is waiting; this step is not possible now.", "B001 目前等候，不能进行这一步。"),
        ("served", "B001 is served; this step is not possible now.", "B001 目前已办结，不能进行这一步。"),
        ("held", "B001 is on hold; this step is not possible now.", "B001 目前暂挂中，不能进行这一步。"),
    ],
)
def test_a_refused_step_says_the_number_and_its_state_in_both_languages(hall, state, english, chinese):
    ticket = bring(hall, state)
    with translation.override("en"), pytest.raises(api.WrongStep) as refused:
        hall.do("ticket_finish", ticket=ticket.id)
    assert refused.value.message == english
    assert refused.value.details == {"state": state, "step": "finish"}
    with translation.override("zh-hans"), pytest.raises(api.WrongStep) as refused:
        hall.do("ticket_finish", ticket=ticket.id)
    assert refused.value.message == chinese


def test_every_moment_of_a_visit_is_kept_with_the_ticket(hall):
    hall.open(1)
    ticket = hall.take(service="transfer")
    moments = {}
    for name, act, more in (
        ("called_at", "ticket_call", {"counter": 1}), ("started_at", "ticket_start", {}),
        ("finished_at", "ticket_finish", {}),
    ):  # fmt: skip
        hall.later(minutes=2, seconds=30)
        hall.do(act, ticket=ticket.id, **more)
        moments[name] = hall.now
    row = hall.row(ticket)
    assert {name: getattr(row, name) for name in moments} == moments
    assert (row.taken_at, row.held_at, row.left_at) == (hall.bank.now, None, None)


@pytest.mark.parametrize("act", ["ticket_cancel", "ticket_abandon", "ticket_divert"])
def test_who_leaves_the_queue_has_a_moment_of_leaving_and_no_end_of_service(hall, act):
    ticket = bring(hall, "waiting")
    hall.later(minutes=7)
    left = hall.do(act, ticket=ticket.id)
    assert (left.left_at, left.finished_at, left.called_at) == (hall.now, None, None)


def test_why_a_ticket_was_cancelled_is_kept(hall):
    ticket = hall.take()
    assert hall.do("ticket_cancel", ticket=ticket.id, reason="double_press").reason == "double_press"
    assert hall.last().data["reason"] == "double_press"
    assert hall.do("ticket_cancel", ticket=hall.take().id).reason == "by_customer"


def test_two_holds_add_up(hall):
    ticket = bring(hall, "held")
    for minutes in (3, 4):
        hall.later(minutes=minutes, milliseconds=900)  # whole seconds are counted, never one too many
        hall.do("ticket_resume", ticket=ticket.id, counter=1)
        hall.later(minutes=1)
        hall.do("ticket_hold", ticket=ticket.id)
    assert hall.row(ticket).held_seconds == 420


def test_a_hand_over_out_of_a_hold_counts_the_hold_and_the_arrival(hall):
    ticket = bring(hall, "held")
    hall.later(minutes=6)
    onward = hall.do("ticket_hand_over", ticket=ticket.id, service="wealth")
    old, new = hall.row(ticket), hall.row(onward)
    assert (old.held_seconds, old.reason, old.finished_at) == (360, "handed_over", hall.now)
    assert (new.seniority_at, new.taken_at) == (ticket.taken_at, hall.now)
    assert (new.tier, new.vulnerable, new.channel, new.priority) == (old.tier, old.vulnerable, old.channel, 2)
    assert hall.last().data["to_ticket"] == str(onward.id)
    assert onward.public_code != ticket.public_code


def test_a_call_that_is_handed_over_before_the_start_counts_as_served_from_then_on(hall):
    ticket = bring(hall, "called")
    hall.later(minutes=1)
    hall.do("ticket_hand_over", ticket=ticket.id, service="cash_deposit")
    row = hall.row(ticket)
    assert row.started_at == row.finished_at == hall.now


def test_nobody_is_handed_over_to_a_service_that_does_not_exist(hall):
    ticket = bring(hall, "serving")
    with translation.override("en"), pytest.raises(Invalid) as refused:
        hall.do("ticket_hand_over", ticket=ticket.id, service="haircut")
    assert refused.value.message == "There is no service “haircut”."
    assert hall.row(ticket).state == "serving"


def test_calls_are_counted_and_an_undone_one_is_taken_off(hall):
    ticket = bring(hall, "called")
    for _ in range(2):
        hall.do("ticket_call", ticket=ticket.id, counter=1)
    assert hall.row(ticket).calls == 3
    hall.do("call_undo", ticket=ticket.id)
    assert hall.row(ticket).calls == 2
    assert hall.do("ticket_call_next", counter=1).calls == 3


@pytest.mark.parametrize(("minutes", "fine"), [(0, False), (1, True), (30, True), (31, False), (-5, False)])
def test_a_customer_may_be_one_to_thirty_minutes_late(hall, minutes, fine):
    ticket = hall.take()
    assert hall.code("ticket_delay", ticket=ticket.id, minutes=minutes) == ("ok" if fine else "invalid")
    assert hall.row(ticket).not_before == (hall.now + timedelta(minutes=minutes) if fine else None)


@pytest.mark.parametrize(("early", "called"), [(1, False), (0, True), (-1, True)])
def test_a_late_customer_is_called_from_the_very_second_on(hall, early, called):
    hall.open(1)
    ticket = hall.take()
    hall.do("ticket_delay", ticket=ticket.id, minutes=5)
    hall.later(minutes=5, seconds=-early)
    assert (hall.code("ticket_call_next", counter=1) == "ok") is called


def test_a_late_customer_who_is_here_already_may_be_called_by_name(hall):
    hall.open(1)
    ticket = hall.take()
    hall.do("ticket_delay", ticket=ticket.id, minutes=20)
    assert hall.do("ticket_call", counter=1, ticket=ticket.id).not_before is None


def test_care_given_by_mistake_is_taken_back_to_the_tiers_own_place(hall):
    vip = hall.take(tier="vip")
    assert hall.do("ticket_flag", ticket=vip.id).vulnerable is True
    assert hall.row(vip).priority == 0
    assert hall.do("ticket_flag", ticket=vip.id, vulnerable=False).vulnerable is False
    assert hall.row(vip).priority == 1


@pytest.mark.parametrize(
    ("service", "device", "works", "code"),
    [
        ("transfer", "stm", True, "ok"),
        ("transfer", "stm", False, "invalid"),  # the only machine is out of order
        ("transfer", "crs", True, "invalid"),  # a cash machine transfers nothing
        ("cash_deposit", "crs", True, "ok"),
        ("large_cash", "crs", True, "invalid"),  # no machine takes so much
    ],
)
def test_a_customer_is_guided_only_to_a_machine_that_works_and_can_do_it(hall, service, device, works, code):
    hall.machine("m-1", device)
    if not works:
        hall.do("device_fault", device="m-1")
    assert hall.code("ticket_divert", ticket=hall.take(service=service).id) == code


def test_one_of_two_machines_is_enough(hall):
    for code in ("stm-1", "stm-2"):
        hall.machine(code)
    assert hall.do("device_fault", device="stm-1").diversion_off == ()
    assert hall.code("ticket_divert", ticket=hall.take(service="transfer").id) == "ok"


@pytest.mark.parametrize(
    ("inputs", "field"),
    [({"service": "haircut"}, "service"), ({"tier": "gold"}, "tier"), ({"channel": "fax"}, "channel")],
)
def test_a_ticket_for_nothing_we_know_is_refused_and_uses_up_no_number(hall, inputs, field):
    with pytest.raises(Invalid) as refused:
        hall.take(**inputs)
    assert refused.value.details["field"] == field
    assert hall.entries() == []
    assert hall.take().label == "A001"


def test_the_thousandth_number_is_longer_and_none_comes_twice(hall):
    from counterpoint.onsite.models import Series

    first = hall.take()
    with hall.scoped():
        Series.objects.filter(letter="A").update(last=998)
    assert [first.label, *(hall.take().label for _ in range(3))] == ["A001", "A999", "A1000", "A1001"]
