"""A morning in the hall: every action leaves its journal entry and stays in its branch."""

import pytest

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.onsite import api
from counterpoint.onsite.models import DayLog, Ticket

pytestmark = pytest.mark.django_db


def test_a_customer_is_served_and_every_step_is_in_the_journal(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    taken = hall.take()
    assert (taken.label, taken.state, taken.ahead) == ("A001", "waiting", 0)
    hall.later(minutes=4)
    called = hall.do("ticket_call_next", who="Mei", counter=1)
    assert (called.id, called.state, called.counter, called.server) == (taken.id, "called", 1, hall.Mei)
    hall.do("start", who="Mei", ticket=taken.id)
    hall.later(minutes=5)
    done = hall.do("finish", who="Mei", ticket=taken.id)
    assert done.state == "served"
    assert hall.kinds() == ["window_opened", "ticket_taken", "ticket_called", "ticket_started", "ticket_finished"]
    assert hall.last().data == {
        "ticket": str(taken.id), "label": "A001", "service": "cash_deposit", "counter": 1, "minutes": 5.0,
    }  # fmt: skip


def test_the_call_says_whether_the_promise_was_kept(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    taken = hall.take()
    hall.later(minutes=45)
    hall.do("ticket_call_next", counter=1)
    assert hall.last().data["waited"] == 45.0
    assert hall.last().data["kept"] is False
    assert taken.promised_by == "formula"
    assert taken.promise_high < 45


def test_numbers_run_per_letter_and_day_apart_from_identity(hall):
    labels = [hall.take(service=s).label for s in ("cash_deposit", "transfer", "cash_withdrawal", "wealth")]
    assert labels == ["A001", "B001", "A002", "C001"]
    hall.later(days=1)
    assert hall.take().label == "A001"


def test_vips_and_vulnerable_customers_are_called_first_then_by_arrival(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    first = hall.take()
    hall.later(seconds=10)
    vip = hall.take(tier="vip")
    hall.later(seconds=10)
    frail = hall.take(vulnerable=True)
    order = []
    for _ in range(3):
        called = hall.do("ticket_call_next", counter=1)
        order.append(called.id)
        hall.do("no_show", ticket=called.id)
    assert order == [frail.id, vip.id, first.id]


def test_a_window_calls_only_what_it_can_do(hall):
    hall.take(service="wealth")
    hall.do("window_open", counter=1, user=hall.Mei)
    with pytest.raises(api.NothingWaiting):
        hall.do("ticket_call_next", counter=1)
    hall.do("window_open", counter=4, user=hall.Omar)
    assert hall.do("ticket_call_next", counter=4).service == "wealth"


def test_a_narrowed_window_leaves_other_services_waiting(hall):
    hall.take(service="cash_deposit")
    transfer = hall.take(service="transfer")
    hall.do("window_open", counter=1, user=hall.Mei, services=("transfer",))
    assert hall.do("ticket_call_next", counter=1).id == transfer.id


def test_a_counter_finishes_one_ticket_before_the_next(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    hall.take()
    hall.take()
    hall.do("ticket_call_next", counter=1)
    with pytest.raises(api.CounterBusy):
        hall.do("ticket_call_next", counter=1)


def test_a_closed_window_calls_nobody(hall):
    hall.take()
    with pytest.raises(api.WindowShut):
        hall.do("ticket_call_next", counter=1)


def test_a_teller_calls_only_at_the_own_window(hall):
    hall.do("window_open", counter=2, user=hall.Omar)
    hall.take()
    with pytest.raises(Forbidden):
        hall.do("ticket_call_next", who="Mei", counter=2)


def test_hold_frees_the_counter_and_resume_counts_the_held_time(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    form_filler, next_one = hall.take(), hall.take()
    hall.do("ticket_call_next", counter=1)
    hall.do("start", ticket=form_filler.id)
    hall.do("hold", ticket=form_filler.id)
    assert hall.do("ticket_call_next", counter=1).id == next_one.id
    hall.do("no_show", ticket=next_one.id)
    hall.later(minutes=3)
    assert hall.do("resume", ticket=form_filler.id, counter=1).state == "serving"
    with scoped(hall.sun):
        assert Ticket.objects.filter(pk=form_filler.id).get().held_seconds == 180


def test_a_handed_over_customer_keeps_the_seniority_of_the_arrival(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    early = hall.take()
    hall.later(minutes=5)
    hall.take(service="wealth")
    hall.do("ticket_call_next", counter=1)
    onward = hall.do("hand_over", ticket=early.id, service="wealth")
    assert (onward.previous, onward.label, onward.state) == (early.id, "C002", "waiting")
    hall.do("window_open", counter=4, user=hall.Omar)
    assert hall.do("ticket_call_next", counter=4).id == onward.id


def test_a_slip_of_the_finger_is_undone_and_the_place_is_kept(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    first, _second = hall.take(), hall.take()
    hall.do("ticket_call_next", counter=1)
    undone = hall.do("call_undo", ticket=first.id)
    assert (undone.state, undone.counter, undone.called_at) == ("waiting", None, None)
    assert hall.do("ticket_call_next", counter=1).id == first.id


def test_a_late_customer_is_passed_over_until_then_and_not_longer(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    late, other = hall.take(), hall.take()
    hall.do("ticket_delay", ticket=late.id, minutes=5)
    called = hall.do("ticket_call_next", counter=1)
    assert called.id == other.id
    hall.do("no_show", ticket=other.id)
    hall.later(minutes=5)
    assert hall.do("ticket_call_next", counter=1).id == late.id


def test_a_step_that_the_state_does_not_allow_is_refused_in_words(hall):
    ticket = hall.take()
    with pytest.raises(api.WrongStep) as refused:
        hall.do("finish", ticket=ticket.id)
    assert "A001" in refused.value.message
    assert hall.kinds() == ["ticket_taken"]


def test_the_same_key_acts_once_and_gets_the_first_answer(hall):
    first = hall.take(key="kiosk-1:42")
    hall.later(minutes=1)
    again = hall.take(key="kiosk-1:42")
    assert again == first
    assert hall.kinds() == ["ticket_taken"]


def test_the_same_key_for_another_request_is_refused_with_an_alarm(hall):
    hall.take(key="kiosk-1:42")
    with pytest.raises(api.KeyConflict) as refused:
        hall.take(service="transfer", key="kiosk-1:42")
    assert refused.value.status == 409
    assert hall.kinds() == ["ticket_taken", "key_conflicted"]


def test_a_refused_request_may_be_tried_again_with_its_key(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    with pytest.raises(api.NothingWaiting):
        hall.do("ticket_call_next", counter=1, key="desk:7")
    ticket = hall.take()
    assert hall.do("ticket_call_next", counter=1, key="desk:7").id == ticket.id


def test_for_a_stranger_the_branch_does_not_exist(hall):
    ticket = hall.take()
    for name, inputs in {
        "ticket_take": {"service": "transfer"}, "ticket_call_next": {"counter": 1}, "cancel": {"ticket": ticket.id},
        "window_open": {"counter": 1, "user": hall.Mei}, "device_fault": {"device": "crs-1"}, "day_close": {},
        "diversion_set": {"service": "transfer", "share": 0.1}, "start": {"ticket": ticket.id},
    }.items():  # fmt: skip
        with pytest.raises(NotFound):
            hall.do(name, who="Stranger", **inputs)
    assert hall.kinds() == ["ticket_taken"]


def test_another_branchs_ticket_does_not_exist_here(hall):
    ticket = hall.take()
    with pytest.raises(NotFound):
        api.ticket_cancel(scope=hall.bank.scope("Rita").__class__(
            actor=None, roots=("/hq/east/",), grants={"onsite.ticket.leave": ("/hq/east/",)}
        ), branch=hall.bank.b02, now=hall.now, ticket=ticket.id)  # fmt: skip


def test_a_teller_cannot_run_the_hall(hall):
    with pytest.raises(Forbidden):
        hall.do("diversion_set", who="Mei", service="transfer", share=0.2)
    with pytest.raises(Forbidden):
        hall.do("window_open", who="Mei", counter=1, user=hall.Omar)


def test_a_closed_window_finishes_its_customer_then_frees_its_person(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    ticket = hall.take()
    hall.do("ticket_call_next", counter=1)
    assert hall.do("window_close", counter=1).open is False
    hall.do("start", ticket=ticket.id)
    hall.do("finish", ticket=ticket.id)
    moved = hall.do("person_move", user=hall.Mei, place="lobby")
    assert (moved.place, moved.counter) == ("lobby", None)


def test_nobody_leaves_a_customer_for_a_break(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    hall.take()
    called = hall.do("ticket_call_next", counter=1)
    with pytest.raises(api.CounterBusy):
        hall.do("break_start", who="Mei", user=hall.Mei)
    hall.do("no_show", ticket=called.id)
    assert hall.do("break_start", who="Mei", user=hall.Mei, minutes=20).place == "break"
    with pytest.raises(api.WindowShut):
        hall.do("ticket_call_next", counter=1)
    back = hall.do("break_end", who="Mei", user=hall.Mei)
    assert (back.place, back.counter) == ("counter", 1)


def test_a_relief_keeps_the_chair_when_the_break_ends(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    hall.do("break_start", user=hall.Mei)
    hall.do("window_open", counter=1, user=hall.Omar)
    back = hall.do("break_end", user=hall.Mei)
    assert (back.place, back.counter) == ("back_office", None)


@pytest.fixture
def machine(hall):
    return hall.machine()


def test_with_the_last_machine_diversion_stops_at_once(hall, machine):
    assert hall.do("diversion_set", service="transfer", share=0.5).effective == 0.5
    failed = hall.do("device_fault", who="Mei", device="stm-1")
    assert "transfer" in failed.diversion_off
    assert hall.do("diversion_set", service="transfer", share=0.6).effective == 0.0
    assert hall.do("device_restored", device="stm-1").diversion_off == ()


def test_vulnerable_customers_are_never_sent_to_a_machine(hall, machine):
    frail = hall.take(service="transfer", vulnerable=True)
    with pytest.raises(Invalid):
        hall.do("ticket_divert", ticket=frail.id)
    plain = hall.take(service="transfer")
    assert hall.do("ticket_divert", ticket=plain.id).reason == "diverted"


def test_a_share_beyond_what_can_be_diverted_is_refused(hall):
    with pytest.raises(Invalid):
        hall.do("diversion_set", service="large_cash", share=0.5)


def test_closing_the_day_folds_its_tickets_and_ends_the_numbers(hall):
    hall.do("day_open")
    hall.do("window_open", counter=1, user=hall.Mei)
    served, _left = hall.take(), hall.take()
    hall.later(minutes=6)
    hall.do("ticket_call_next", counter=1)
    with pytest.raises(api.StillServing):
        hall.do("day_close")
    hall.do("start", ticket=served.id)
    hall.do("finish", ticket=served.id)
    closed = hall.do("day_close")
    assert (closed.arrivals, closed.served, closed.left, closed.open) == (2, 1, 1, False)
    with scoped(hall.sun):
        log = DayLog.objects.get()
    assert log.summary["mean_wait"] == 6.0
    with pytest.raises(api.DayClosed):
        hall.take()
    assert hall.kinds()[-1] == "day_closed"


def test_cancel_and_abandon_end_the_wait(hall):
    assert hall.do("cancel", ticket=hall.take().id).state == "cancelled"
    assert hall.do("abandon", ticket=hall.take().id).state == "abandoned"
    assert hall.kinds() == ["ticket_taken", "ticket_cancelled", "ticket_taken", "ticket_abandoned"]
