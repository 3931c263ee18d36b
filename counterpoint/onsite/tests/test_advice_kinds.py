"""Advice to take a ticket first, and surge plans: told, carried out in one press, refused whole, scored."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from counterpoint.foundation.api import Invalid, scoped, unscoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.onsite import advising, api, futures
from counterpoint.onsite.models import Advice, Diversion, Ticket, Window
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.advised import act, found, kinds, page, standing
from counterpoint.science import advice

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(bank):
    """Window 3 serves; two transfers wait whose tier alone says how long they may."""
    act(bank, "window_open", counter=3, user=bank.people["Mei"].pk)
    act(bank, "ticket_take", service="transfer")
    act(bank, "ticket_call_next", counter=3)
    tickets = [act(bank, "ticket_take", service="transfer") for _ in range(2)]
    with scoped(bank.scope("Sun")):
        Ticket.objects.update(promise_high=None)
    return tickets


def reorder(ticket):
    return found("reorder", ticket=str(ticket.id), label=ticket.label, why="promise", overtaken=1)


def test_taking_a_ticket_first_is_the_action_by_hand_with_the_reason_of_the_advice(bank, advisor, two):
    advisor.answer = reorder(two[1])
    given = act(bank, "advice_ask")
    assert (given.kind, given.ticket) == ("reorder", two[1].id)
    assert act(bank, "advice_take", advice=given.id).state == "taken"
    with unscoped("the test reads the journal"):
        entry = JournalEntry.objects.get(kind="onsite.ticket_put_first")
    assert (entry.data["reason"], entry.data["overtaken"]) == ("promise", 1)
    assert act(bank, "ticket_put_back", ticket=two[1].id).first is False


def test_what_is_no_longer_fair_is_not_done_and_the_advice_stays_open(bank, advisor, two):
    advisor.answer = reorder(two[1])
    given = act(bank, "advice_ask")
    before = len(kinds(bank))
    with pytest.raises(api.Unfair):
        act(bank, "advice_take", advice=given.id, now=bank.now + timedelta(minutes=11))
    with scoped(bank.scope("Sun")):
        assert Advice.objects.get(pk=given.id).state == "given"
        assert not Ticket.objects.get(pk=two[1].id).first
    assert len(kinds(bank)) == before


def surge(bank, **more):
    omar = str(bank.people["Omar"].pk)
    steps = [standing("call", user=omar, counter=2), standing("guide", service="transfer", share=0.3)]
    return found("surge", steps=[*steps, *more.get("steps", [])])


def test_a_surge_plan_carries_out_all_its_steps(bank, advisor):
    advisor.answer = surge(bank)
    given = act(bank, "advice_ask")
    assert (given.kind, given.counter, given.user) == ("surge", None, None)
    act(bank, "advice_take", advice=given.id)
    with scoped(bank.scope("Sun")):
        assert Window.objects.get(counter__number=2).open
        assert Diversion.objects.get(service="transfer").share == 0.3
    assert kinds(bank)[-3:] == ["onsite.window_opened", "onsite.diversion_set", "onsite.advice_taken"]


def test_a_surge_plan_is_its_steps_by_hand(bank, advisor):
    """The hall after the press is the hall after the same actions one by one."""

    def hall():
        with scoped(bank.scope("Sun")):
            now = hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)
            places = sorted((str(d.user_id), d.place, d.counter and d.counter.number) for d in now.duties)
            return [(p.counter.number, p.able) for p in now.posts], places, now.diversions

    advisor.answer = surge(bank)
    with transaction.atomic():
        act(bank, "advice_take", advice=act(bank, "advice_ask").id)
        at_once = hall()
        transaction.set_rollback(True)
    act(bank, "window_open", counter=2, user=bank.people["Omar"].pk)
    act(bank, "diversion_set", service="transfer", share=0.3)
    assert hall() == at_once


def test_when_one_step_of_a_plan_is_refused_none_is_taken(bank, advisor):
    advisor.answer = surge(bank, steps=[standing("guide", service="transfer", share=0.99)])
    given = act(bank, "advice_ask")
    before = len(kinds(bank))
    with pytest.raises(Invalid):
        act(bank, "advice_take", advice=given.id)
    with scoped(bank.scope("Sun")):
        assert Advice.objects.get(pk=given.id).state == "given"
        assert not Window.objects.filter(counter__number=2, open=True).exists()
        assert not Diversion.objects.exists()
    assert len(kinds(bank)) == before


def test_the_hall_lists_the_steps_of_a_plan_by_name(bank, advisor, sign_in, clock):
    advisor.answer = surge(bank)
    client = sign_in("Sun")
    act(bank, "advice_ask")
    text = page(client)
    assert "启动高峰应急预案，2 项措施一并执行" in text
    assert "<li>请后台的Omar来开 2 号窗口</li>" in text


def test_the_hall_says_whom_to_call_and_offers_the_way_back(bank, advisor, two, sign_in, clock):
    advisor.answer = reorder(two[1])
    client = sign_in("Sun")
    given = act(bank, "advice_ask")
    assert f"下一个空出的窗口先叫 {two[1].label}（提前 1 位），否则将超出承诺时间" in page(client)
    address = reverse("onsite:deed", args=["advice-take"])
    done = client.post(address, {"advice": str(given.id)}, headers={"HX-Request": "true"})
    assert f"put-back/?ticket={two[1].id}" in done["HX-Trigger"] or f"put-back?ticket={two[1].id}" in done["HX-Trigger"]


@pytest.mark.parametrize("kind", ["reorder", "surge"])
def test_the_new_kinds_are_scored_like_the_others(bank, advisor, two, kind):
    answer = reorder(two[1]) if kind == "reorder" else surge(bank)
    answer.predicted["chosen"]["band"], answer.predicted["nothing"]["band"] = [0.0, 90.0], [80.0, 99.0]
    advisor.answer = answer
    given = act(bank, "advice_ask")
    act(bank, "advice_take", advice=given.id)
    assert act(bank, "advice_score", advice=given.id, now=given.until).hit is True


def test_the_number_of_a_ticket_in_the_twin_is_told_as_the_ticket(hall):
    tickets = [hall.row(hall.take(service="transfer")) for _ in range(3)]
    option = advice.Option("reorder", service="transfer", amount=2.0, ticket=2, why="promise")
    plan = advising._option(advice.together([option, advice.Option("guide", service="transfer", amount=0.4)]), tickets)
    first, second = plan["steps"]
    assert (first["ticket"], first["label"], first["why"], first["overtaken"]) == (
        str(tickets[2].pk),
        "B003",
        "promise",
        2,
    )
    assert (second["kind"], second["share"]) == ("guide", 0.4) and "ticket" not in second
    assert (plan["kind"], plan["user"], plan["counter"], plan["minute"]) == ("surge", "", None, None)


@pytest.mark.slow
def test_the_real_advisor_finds_a_surge_plan_for_a_full_hall_and_it_is_taken(hall, monkeypatch):
    monkeypatch.setitem(futures._warmth, "asked", False)
    monkeypatch.setitem(futures._warmth, "ready", False)
    assert futures.warm(wait=True)
    hall.machine()
    hall.open(1)
    hall.do("person_move", user=hall.Omar, place="back_office")
    hall.do("person_move", user=hall.Ada, place="lobby")
    for _i in range(14):
        hall.later(seconds=1)
        hall.take(service="transfer")
    with hall.scoped():
        now = hall_of(scope=hall.sun, branch=hall.branch, now=hall.now)
        rules = advising.rules_of(now.content)
        (plan,) = [o for o in advice.options(futures.state_of(now), rules) if o.kind == "surge"]
    told = advising._option(plan, futures.known(now))
    assert [step["kind"] for step in told["steps"]] == ["call", "guide"]
    given = hall.do("advice_ask")
    assert given.kind == "surge"
    hall.do("advice_take", advice=given.id)
    assert hall.place(hall.Omar) == ("counter", 2)
    assert [entry.kind for entry in hall.entries()][-3:] == [
        "onsite.window_opened", "onsite.diversion_set", "onsite.advice_taken",
    ]  # fmt: skip
