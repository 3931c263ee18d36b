"""Idempotency keys: whatever is asked, asking twice does it once, and a key belongs to one caller's one request."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import DomainError, fingerprint
from counterpoint.foundation.scope import Scope
from counterpoint.onsite import api
from counterpoint.onsite.models import IngestKey, Ticket
from counterpoint.onsite.verbs import MACHINE_VERBS
from tests.properties import dose

pytestmark = pytest.mark.django_db

# The action, its inputs (a name stands for the person's or ticket's id), and the same with one thing changed.
ACTS = {
    "ticket_take": ({"service": "transfer"}, {"service": "wealth"}),
    "ticket_call_next": ({"counter": 2}, {"counter": 4}),
    "ticket_call": ({"counter": 2, "ticket": "waiting"}, {"counter": 4, "ticket": "waiting"}),
    "call_undo": ({"ticket": "called"}, {"ticket": "waiting"}),
    "ticket_start": ({"ticket": "called"}, {"ticket": "waiting"}),
    "ticket_no_show": ({"ticket": "called"}, {"ticket": "waiting"}),
    "ticket_hand_over": ({"ticket": "called", "service": "wealth"}, {"ticket": "called", "service": "transfer"}),
    "ticket_resume": ({"ticket": "held", "counter": 2}, {"ticket": "held", "counter": 4}),
    "ticket_cancel": ({"ticket": "waiting"}, {"ticket": "waiting", "reason": "double_press"}),
    "ticket_abandon": ({"ticket": "waiting"}, {"ticket": "held"}),
    "ticket_delay": ({"ticket": "waiting", "minutes": 5}, {"ticket": "waiting", "minutes": 6}),
    "ticket_flag": ({"ticket": "waiting"}, {"ticket": "waiting", "vulnerable": False}),
    "ticket_first": ({"ticket": "later"}, {"ticket": "later", "reason": "promise"}),
    "ticket_put_back": ({"ticket": "first"}, {"ticket": "waiting"}),
    "ticket_divert": ({"ticket": "waiting"}, {"ticket": "held"}),
    "window_open": ({"counter": 3, "user": "Omar"}, {"counter": 3, "user": "Omar", "services": ("transfer",)}),
    "window_close": ({"counter": 2}, {"counter": 3}),
    "person_move": ({"user": "Ada", "place": "lobby"}, {"user": "Ada", "place": "back_office"}),
    "break_start": ({"user": "Ada", "minutes": 20}, {"user": "Ada", "minutes": 21}),
    "device_fault": ({"device": "stm-1"}, {"device": "stm-2"}),
    "device_restored": ({"device": "stm-1"}, {"device": "stm-2"}),
    "diversion_set": ({"service": "transfer", "share": 0.2}, {"service": "transfer", "share": 0.3}),
}


@pytest.fixture
def ready(hall):
    """Window 1 has called, windows 2 and 4 are free, one ticket is on hold, two wait, and a VIP who was taken first."""
    hall.machine()
    hall.open(1)
    hall.open(2, hall.Omar)
    hall.open(4, hall.Ada)
    held, called = hall.take(service="transfer"), hall.take(service="transfer")
    hall.serve(held)
    hall.do("ticket_hold", ticket=held.id)
    hall.do("ticket_call", counter=1, ticket=called.id)
    waiting, later = hall.take(service="transfer"), hall.take(service="transfer")
    first = hall.take(service="transfer", tier="vip")
    with hall.scoped():
        Ticket.objects.update(promise_high=None)
        Ticket.objects.filter(pk=first.id).update(first=True)
    hall.names = {
        "held": held.id, "called": called.id, "waiting": waiting.id, "later": later.id, "first": first.id,
        "Omar": hall.Omar, "Ada": hall.Ada,
    }  # fmt: skip
    return hall


def named(hall, inputs):
    return {key: hall.names.get(value, value) if isinstance(value, str) else value for key, value in inputs.items()}


@pytest.mark.parametrize("name", ACTS)
def test_asking_twice_does_it_once_and_another_request_is_refused(ready, name):
    same, other = (named(ready, inputs) for inputs in ACTS[name])
    first = ready.do(name, key="k1", **same)
    told = ready.kinds()
    ready.later(minutes=3)
    assert ready.do(name, key="k1", **same) == first
    assert ready.kinds() == told
    with pytest.raises(api.KeyConflict) as refused:
        ready.do(name, key="k1", **other)
    assert (refused.value.code, refused.value.status) == ("key_conflict", 409)
    assert ready.kinds() == [*told, "key_conflicted"]


def test_the_actions_of_the_door_are_all_in_the_table_above():
    """Those that need no key table: short names, days, and the two that end what the table's rows began."""
    acts = {name for name in api.__all__ if name[0].islower()}
    short = {"start", "hold", "resume", "hand_over", "finish", "no_show", "abandon", "cancel"}
    apart = {"day_open", "day_close", "ticket_hold", "ticket_finish", "break_end", "history_import"}
    apart |= {
        "advice_ask",
        "advice_take",
        "advice_decline",
        "advice_score",
        "day_close_forgotten",
        "bookmark_set",
        "break_move",
        "twin_check",
        "bookmark_remove",
        "bookmark_restore",
        "future_run",
    }  # test_advice, test_days, test_plans, test_replays, test_trust
    lent = {
        "asset_kinds",
        "catalogue",
        "choosable",
        "day_ground",
        "day_inputs",
        "floor_named",
        "floor_of",
        "loss_of",
        "ready",
        "recorded_day",
        "warm",
        "worth",
    }
    assert acts - short - apart - lent == set(ACTS)  # what is lent is only read


def test_a_key_used_for_one_verb_is_not_the_key_of_another(ready):
    ready.do("ticket_start", key="k1", ticket=ready.names["called"])
    assert ready.code("ticket_hold", key="k1", ticket=ready.names["called"]) == "key_conflict"


def test_two_people_may_use_the_same_key(hall):
    labels = [hall.take(who=who, key="1").label for who in ("Sun", "Omar", "Sun", "Omar")]
    assert labels == ["A001", "A002", "A001", "A002"]


def test_two_branches_may_get_the_same_key_from_one_caller(hall):
    roots = (hall.bank.b01.path, hall.bank.b02.path)
    both = Scope(actor=hall.Mei, roots=roots, grants=dict.fromkeys(MACHINE_VERBS, roots))
    for branch in (hall.bank.b01, hall.bank.b02):
        answer = api.ticket_take(scope=both, branch=branch, now=hall.now, service="transfer", key="1")
        assert answer.label == "B001"


def test_without_a_key_every_press_counts(hall):
    assert [hall.take(key="").label, hall.take(key="").label] == ["A001", "A002"]
    with hall.scoped():
        assert not IngestKey.objects.exists()


def test_a_key_that_comes_again_after_its_right_was_taken_gets_no_answer(hall):
    hall.take(key="1", who="Omar")
    omar = hall.bank.scope("Omar")
    dismissed = Scope(actor=omar.actor, roots=omar.roots, grants={})
    with pytest.raises(DomainError) as refused:
        hall.do("ticket_take", scope=dismissed, service="cash_deposit", key="1")
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize("code", ["invalid", "nothing_waiting"])
def test_a_refused_request_leaves_its_key_free(hall, code):
    hall.open(1)
    wrong = {
        "invalid": ("ticket_take", {"service": "haircut"}), "nothing_waiting": ("ticket_call_next", {"counter": 1}),
    }[code]  # fmt: skip
    name, inputs = wrong
    assert hall.code(name, key="1", **inputs) == code
    with hall.scoped():
        assert not IngestKey.objects.exists()
    assert hall.take(key="1").label == "A001"


def test_the_alarm_holds_a_digest_and_not_the_key(hall):
    hall.take(key="secret-1")
    with translation.override("en"), pytest.raises(api.KeyConflict) as refused:
        hall.take(key="secret-1", service="transfer")
    assert refused.value.message == (
        "This key was already used for another request. Send a new key with a new request."
    )
    assert "secret" not in str(hall.last().data)
    assert set(hall.last().data) == {"key", "what"}


def test_the_first_answer_survives_everything_that_happened_since(hall):
    hall.open(1)
    first = hall.take(key="1")
    hall.serve(first)
    hall.do("ticket_finish", ticket=first.id)
    hall.do("day_close")
    hall.later(days=40)
    assert hall.take(key="1") == first


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
requests = st.dictionaries(st.text(max_size=6), plain, max_size=4)


@settings(max_examples=dose(40))
@given(requests, requests)
def test_different_requests_have_different_fingerprints_and_the_order_of_inputs_is_none(one, other):
    backwards = dict(reversed(one.items()))
    assert fingerprint("take", one) == fingerprint("take", backwards)
    assert (fingerprint("take", one) == fingerprint("take", other)) == (
        repr(sorted(one.items())) == repr(sorted(other.items()))
    )
    assert fingerprint("take", one) != fingerprint("call", one)


def test_half_a_character_from_a_broken_machine_is_refused_like_any_unknown_word(hall):
    assert hall.code("ticket_take", service="\ud800", key="1") == "invalid"
