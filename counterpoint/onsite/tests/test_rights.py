"""Who may do what in the hall: every verb for every person of the cast, said once more as a table."""

import pytest

from counterpoint.foundation.api import DomainError, scoped
from counterpoint.onsite import api
from counterpoint.onsite.queries import past, snapshot, tickets

pytestmark = pytest.mark.django_db

# One action a verb, and who may do it in b01. Sysadmin, Bo and the Stranger see no hall of b01 to do it in.
VERBS = {
    "take": ("ticket_take", {"service": "transfer"}, {"Omar", "Sun", "Ada"}),
    "leave": ("ticket_cancel", {"ticket": True}, {"Omar", "Sun", "Ada"}),
    "run": ("diversion_set", {"service": "transfer", "share": 0.2}, {"Omar", "Sun", "Ada"}),
    "call": ("window_close", {"counter": 3}, {"Omar", "Sun", "Ada"}),  # Mei closes only her own: `test_people`
    "report": ("device_fault", {"device": "stm-1"}, {"Mei", "Omar", "Sun", "Ada"}),
    "day": ("day_open", {}, {"Sun", "Ada"}),
}
ELSEWHERE = {"Bo", "Stranger"}


@pytest.mark.parametrize("verb", VERBS)
def test_those_who_may_do_it_those_who_may_not_are_told_and_for_strangers_there_is_no_branch(hall, verb):
    name, inputs, may = VERBS[verb]
    hall.machine()
    told = {}
    for who in ("Mei", "Omar", "Sun", "Ada", "Rita", "Hana", "Otto", "Sysadmin", "Bo", "Stranger"):
        given = {**inputs, "ticket": hall.take(service="transfer").id} if "ticket" in inputs else inputs
        told[who] = hall.code(name, who=who, **given)
    here = dict.fromkeys(("Mei", "Omar", "Sun", "Ada", "Rita", "Hana", "Otto", "Sysadmin"), "forbidden")
    assert told == here | dict.fromkeys(may, "ok") | dict.fromkeys(ELSEWHERE, "not_found")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("Mei", "ok"), ("Omar", "ok"), ("Sun", "ok"), ("Ada", "ok"), ("Rita", "ok"), ("Hana", "ok"), ("Otto", "ok"),
        ("Sysadmin", "forbidden"), ("Bo", "not_found"), ("Stranger", "not_found"),
    ],
)  # fmt: skip
def test_who_sees_the_hall_sees_it_now_and_as_it_was(hall, who, code):
    hall.take()
    scope = hall.bank.scope(who)
    for read in (
        lambda: snapshot.snapshot(scope=scope, branch=hall.branch, now=hall.now),
        lambda: past.hall_at(scope=scope, branch=hall.branch, at=hall.now),
    ):
        try:
            found = read().waiting
        except DomainError as refused:
            found = refused.code
        assert found == (1 if code == "ok" else code)


PAGES = {
    "/onsite/hall": {"Mei", "Omar", "Sun", "Ada", "Rita", "Hana", "Otto"},
    "/onsite/hall/now": {"Mei", "Omar", "Sun", "Ada", "Rita", "Hana", "Otto"},
    "/onsite/screen": {"Mei", "Omar", "Sun", "Ada", "Rita", "Hana", "Otto"},
    "/onsite/desk": {"Mei", "Omar", "Sun", "Ada"},
    "/onsite/lobby": {"Omar", "Sun", "Ada"},
    "/onsite/kiosk": {"Omar", "Sun", "Ada"},
    "/onsite/history": {"Sun", "Ada", "Rita", "Hana"},
    "/onsite/replay": {"Sun", "Ada", "Rita", "Hana"},
    "/onsite/whatif": {"Sun", "Ada", "Rita", "Hana"},
}


@pytest.mark.parametrize("address", PAGES)
def test_each_page_opens_for_those_it_is_for_and_does_not_exist_for_others(bank, sign_in, address):
    cast = ("Mei", "Omar", "Sun", "Ada", "Rita", "Hana", "Otto", "Sysadmin")
    found = {who for who in cast if sign_in(who).get(address).status_code == 200}
    assert found == PAGES[address]
    refused = {sign_in(who).get(address).status_code for who in set(cast) - PAGES[address]}
    assert refused == {404}


@pytest.mark.parametrize("name", ["console-now", "lobby-now", "screen-now", "hall-now"])
def test_a_live_part_asked_for_after_signing_out_is_401_and_not_a_sign_in_page_in_the_middle(bank, client, name):
    from django.urls import reverse

    answer = client.get(reverse(f"onsite:{name}"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_people_of_the_branch_are_told_with_where_they_are(hall):
    hall.open(1)
    hall.do("person_move", user=hall.Omar, place="lobby")
    found = {p.name: (p.place, p.counter) for p in tickets.people(scope=hall.sun, branch=hall.branch, now=hall.now)}
    assert found == {"Ada": ("", None), "Mei": ("counter", 1), "Omar": ("lobby", None), "Sun": ("", None)}
    hall.later(days=1)
    assert {p.place for p in tickets.people(scope=hall.sun, branch=hall.branch, now=hall.now)} == {""}


def test_a_ticket_of_another_branch_is_no_ticket_even_for_who_sees_both(hall):
    ticket = hall.take()
    rita = hall.bank.scope("Rita")
    assert tickets.ticket(scope=rita, branch=hall.branch, ticket=ticket.id, now=hall.now).label == "A001"
    with pytest.raises(DomainError) as refused:
        tickets.ticket(scope=rita, branch=hall.bank.b02, ticket=ticket.id, now=hall.now)
    assert refused.value.code == "not_found"


def test_a_supervisor_of_one_branch_changes_nothing_of_another_by_a_known_id(hall):
    ticket = hall.take()
    bo = hall.bank.scope("Bo")
    for name, more in (("ticket_cancel", {}), ("ticket_flag", {}), ("ticket_delay", {}), ("ticket_start", {})):
        with pytest.raises(DomainError) as refused:
            getattr(api, name)(scope=bo, branch=hall.bank.b02, now=hall.now, ticket=ticket.id, **more)
        assert refused.value.code == "not_found"
    with scoped(hall.sun):
        assert hall.row(ticket).state == "waiting"
