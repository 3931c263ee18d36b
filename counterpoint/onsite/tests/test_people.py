"""Windows, chairs, breaks, machines and shares: who may move whom where, and what each refusal says."""

from datetime import timedelta

import pytest
from django.utils import translation

from counterpoint.foundation.api import DomainError, Forbidden, Invalid, NotFound
from counterpoint.onsite import api

pytestmark = pytest.mark.django_db

# What is asked of the hall, and the sentence of the refusal. Window 1 is Mei's, she serves A001; window 2 is Omar's.
REFUSALS = [
    ("window_open", {"counter": 9, "user": "Mei"}, NotFound, "There is no counter 9 here."),
    ("window_open", {"counter": 3, "user": "Stranger"}, NotFound, "There is no such person here."),
    ("window_open", {"counter": 3, "user": "Bo"}, NotFound, "There is no such person here."),
    ("window_open", {"counter": 3, "user": "Ada", "services": ("haircut",)}, Invalid, "no service “haircut”"),
    ("window_open", {"counter": 3, "user": "Mei"}, api.CounterBusy, "A001 is still being served there."),
    ("window_open", {"counter": 1, "user": "Ada"}, api.CounterBusy, "A001 is still being served there."),
    ("window_close", {"counter": 0}, NotFound, "There is no counter 0 here."),
    ("person_move", {"user": "Mei", "place": "lobby"}, api.CounterBusy, "Finish it first."),
    ("person_move", {"user": "Omar", "place": "roof"}, Invalid, "Name a counter, the lobby, the back office"),
    ("person_move", {"user": "Omar", "place": "break"}, Invalid, "Name a counter, the lobby, the back office"),
    ("person_move", {"user": "Omar", "place": "counter"}, Invalid, "Name a counter"),
    ("person_move", {"user": "Omar", "place": "lobby", "counter": 2}, Invalid, "Name a counter"),
    ("person_move", {"user": "Omar", "place": "counter", "counter": 1}, api.CounterBusy, "A001"),
    ("person_move", {"user": "Bo", "place": "lobby"}, NotFound, "There is no such person here."),
    ("break_start", {"user": "Mei"}, api.CounterBusy, "A001 is still being served there."),
    ("break_start", {"user": "Omar", "minutes": 0}, Invalid, "A break lasts between 1 and 120 minutes."),
    ("break_start", {"user": "Omar", "minutes": 121}, Invalid, "A break lasts between 1 and 120 minutes."),
    ("break_end", {"user": "Omar"}, Invalid, "This person is not on a break."),
    ("break_end", {"user": "Ada"}, Invalid, "This person is not on a break."),
    ("device_fault", {"device": "stm-9"}, NotFound, "There is no device “stm-9” here."),
    ("device_restored", {"device": ""}, NotFound, "There is no device “” here."),
    ("diversion_set", {"service": "haircut", "share": 0.1}, Invalid, "There is no service “haircut”."),
    ("diversion_set", {"service": "transfer", "share": 0.851}, Invalid, "At most 85 % of these customers"),
    ("diversion_set", {"service": "transfer", "share": -0.01}, Invalid, "At most 85 %"),
    ("diversion_set", {"service": "transfer", "share": float("nan")}, Invalid, "At most 85 %"),
    ("diversion_set", {"service": "large_cash", "share": 0.01}, Invalid, "At most 0 %"),
    ("ticket_call_next", {"counter": 9}, NotFound, "There is no counter 9 here."),
    ("ticket_call_next", {"counter": 1}, api.CounterBusy, "A001 is still at window 1. Finish it first."),
    ("ticket_call_next", {"counter": 3}, api.WindowShut, "Window 3 is not open. Open it first."),
    ("ticket_call_next", {"counter": 2}, api.NothingWaiting, "Nobody waits for this window."),
]


@pytest.fixture
def busy(hall):
    """Mei serves A001 at window 1, Omar sits at window 2, a machine stands in the hall."""
    hall.machine()
    hall.open(1)
    hall.open(2, hall.Omar)
    hall.serve(hall.take())
    return hall


@pytest.mark.parametrize(("name", "inputs", "error", "sentence"), REFUSALS)
def test_what_the_hall_refuses_it_refuses_in_a_sentence_and_without_a_trace(busy, name, inputs, error, sentence):
    people = {key: person.pk for key, person in busy.bank.people.items()}
    given = inputs | ({"user": people[inputs["user"]]} if "user" in inputs else {})
    before = (busy.kinds(), busy.place(busy.Mei), busy.place(busy.Omar), busy.window(3))
    with translation.override("en"), pytest.raises(error) as refused:
        busy.do(name, **given)
    assert sentence in refused.value.message
    assert (busy.kinds(), busy.place(busy.Mei), busy.place(busy.Omar), busy.window(3)) == before


@pytest.mark.parametrize("name", sorted({row[0] for row in REFUSALS}))
def test_every_refusal_has_its_chinese_sentence(busy, name):
    people = {key: person.pk for key, person in busy.bank.people.items()}
    for inputs in (row[1] for row in REFUSALS if row[0] == name):
        given = inputs | ({"user": people[inputs["user"]]} if "user" in inputs else {})
        with translation.override("zh-hans"), pytest.raises(DomainError) as refused:
            busy.do(name, **given)
        assert refused.value.message.endswith("。")


# --- chairs ----------------------------------------------------------------------------------------------------------


def test_opening_again_narrows_the_window_and_keeps_since_when_it_is_open(hall):
    hall.open(1)
    hall.later(minutes=5)
    again = hall.open(1, services=("transfer",))
    assert (again.services, again.since) == (("transfer",), hall.bank.now)
    assert hall.open(1).services == ()


def test_a_window_that_opens_after_being_closed_counts_from_then(hall):
    hall.open(1)
    hall.do("window_close", counter=1)
    hall.later(minutes=5)
    assert hall.open(1).since == hall.now


def test_who_changes_chairs_leaves_an_open_window_unstaffed(hall):
    hall.open(1)
    hall.take()
    hall.open(2)
    assert hall.place(hall.Mei) == ("counter", 2)
    assert hall.window(1).open is True
    assert hall.code("ticket_call_next", counter=1) == "window_closed"


def test_whoever_sat_there_goes_to_the_back_office(hall):
    hall.open(1)
    hall.later(minutes=1)
    moved = hall.do("person_move", user=hall.Omar, place="counter", counter=1)
    assert (moved.place, moved.counter, moved.since) == ("counter", 1, hall.now)
    assert hall.place(hall.Mei) == ("back_office", None)


def test_being_seated_opens_no_window(hall):
    hall.do("person_move", user=hall.Omar, place="counter", counter=3)
    assert hall.window(3) is None
    assert hall.code("ticket_call_next", counter=3) == "window_closed"


def test_a_teller_opens_an_empty_window_but_sends_no_colleague_away(hall):
    hall.open(2, hall.Omar)
    assert hall.code("window_open", who="Mei", counter=1, user=hall.Mei) == "ok"
    with translation.override("en"), pytest.raises(Forbidden) as refused:
        hall.do("window_open", who="Mei", counter=2, user=hall.Mei)
    assert "another person's window" in refused.value.message
    assert hall.place(hall.Omar) == ("counter", 2)
    assert hall.code("window_open", counter=2, user=hall.Mei) == "ok"  # the supervisor gives it over


def test_a_teller_may_take_the_chair_of_a_colleague_on_a_break_and_open_the_own_window_again(hall):
    hall.open(2, hall.Omar)
    hall.do("break_start", user=hall.Omar)
    assert hall.code("window_open", who="Mei", counter=2, user=hall.Mei) == "ok"
    assert hall.code("window_open", who="Mei", counter=2, user=hall.Mei, services=("transfer",)) == "ok"


@pytest.mark.parametrize(
    ("name", "own", "others"),
    [("window_close", {"counter": 1}, {"counter": 2}), ("break_start", {"user": "Mei"}, {"user": "Omar"})],
)
def test_a_teller_closes_and_pauses_for_herself_only(hall, name, own, others):
    hall.open(1)
    hall.open(2, hall.Omar)
    people = {key: person.pk for key, person in hall.bank.people.items()}

    def given(inputs):
        return {key: people.get(value, value) for key, value in inputs.items()}

    assert hall.code(name, who="Mei", **given(others)) == "forbidden"
    assert hall.code(name, who="Mei", **given(own)) == "ok"


def test_a_teller_acts_on_the_tickets_of_her_own_window_only(hall):
    hall.open(1)
    hall.open(2, hall.Omar)
    mine, his = hall.take(), hall.take()
    hall.do("ticket_call", counter=1, ticket=mine.id)
    hall.do("ticket_call", counter=2, ticket=his.id)
    for name, more in (
        ("ticket_start", {}), ("ticket_no_show", {}), ("call_undo", {}), ("ticket_call", {"counter": 2}),
        ("ticket_hand_over", {"service": "wealth"}),
    ):  # fmt: skip
        assert hall.code(name, who="Mei", ticket=his.id, **more) == "forbidden", name
    assert hall.code("ticket_start", who="Mei", ticket=mine.id) == "ok"


def test_a_window_calls_a_certain_ticket_only_for_what_it_can_do(hall):
    hall.open(3, hall.Omar)
    cash = hall.take(service="cash_deposit")
    with translation.override("en"), pytest.raises(Invalid) as refused:
        hall.do("ticket_call", counter=3, ticket=cash.id)
    assert refused.value.message == "Window 3 cannot do this service."


# --- closing a window ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["ticket_no_show", "ticket_hand_over"])
def test_after_the_last_customer_of_a_closed_window_its_person_is_free(hall, end):
    hall.open(1)
    hall.take()
    called = hall.do("ticket_call_next", counter=1)
    assert hall.do("window_close", counter=1).user == hall.Mei
    hall.do(end, ticket=called.id, **({"service": "wealth"} if end == "ticket_hand_over" else {}))
    assert hall.place(hall.Mei) == ("back_office", None)


def test_a_held_customer_who_is_handed_over_takes_nobody_off_a_closed_window_that_still_serves(hall):
    hall.open(1)
    held, served = hall.take(), hall.take()
    hall.serve(held)
    hall.do("ticket_hold", ticket=held.id)
    hall.serve(served)
    hall.do("window_close", counter=1)
    hall.do("ticket_hand_over", ticket=held.id, service="wealth")
    assert hall.place(hall.Mei) == ("counter", 1)
    assert hall.do("ticket_finish", who="Mei", ticket=served.id).state == "served"
    assert hall.place(hall.Mei) == ("back_office", None)


def test_a_window_that_is_still_open_keeps_its_person(hall):
    hall.open(1)
    ticket = hall.take()
    hall.serve(ticket)
    hall.do("ticket_finish", ticket=ticket.id)
    assert hall.place(hall.Mei) == ("counter", 1)


# --- breaks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [1, 30, 120])
def test_a_break_says_until_when_and_remembers_the_chair(hall, minutes):
    hall.open(1)
    began = hall.do("break_start", user=hall.Mei, minutes=minutes)
    assert (began.place, began.counter, began.break_until) == ("break", 1, hall.now + timedelta(minutes=minutes))
    assert hall.last().data == {"user": str(hall.Mei), "minutes": minutes, "counter": 1}
    ended = hall.do("break_end", user=hall.Mei)
    assert (ended.place, ended.counter, ended.break_until) == ("counter", 1, None)


def test_a_break_from_the_lobby_ends_in_the_back_office(hall):
    hall.do("person_move", user=hall.Omar, place="lobby")
    assert hall.do("break_start", user=hall.Omar).counter is None
    assert hall.do("break_end", user=hall.Omar).place == "back_office"


def test_a_break_of_yesterday_is_over(hall):
    hall.open(1)
    hall.do("break_start", user=hall.Mei)
    hall.later(days=1)
    assert hall.code("break_end", user=hall.Mei) == "invalid"


# --- machines and shares ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "service", "off"),
    [("crs", "cash_deposit", True), ("crs", "transfer", False), ("stm", "transfer", True), ("printer", "loan", False)],
)
def test_a_fault_says_which_services_lost_their_last_machine(hall, kind, service, off):
    hall.machine("m-1", kind)
    told = hall.do("device_fault", who="Mei", device="m-1")
    assert (told.in_service, service in told.diversion_off) == (False, off)
    assert hall.kinds()[-1] == "device_failed"
    assert hall.do("device_restored", who="Mei", device="m-1").diversion_off == ()
    assert hall.kinds()[-1] == "device_restored"


@pytest.mark.parametrize("share", [0, 0.4, 0.85])
def test_a_share_stands_up_to_what_can_be_diverted_and_works_while_a_machine_does(hall, share):
    assert hall.do("diversion_set", service="transfer", share=share).effective == 0.0  # no machine yet
    hall.machine()
    told = hall.do("diversion_set", service="transfer", share=share)
    assert (told.share, told.effective) == (share, share)
    assert hall.last().data == {"service": "transfer", "share": share}
