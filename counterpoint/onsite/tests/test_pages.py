"""The pages of the hall, opened by the people who stand in front of them."""

import re

import pytest
from django.utils.html import strip_tags

from counterpoint.foundation import access, actions, roles, scope
from counterpoint.foundation.api import journal, scoped
from counterpoint.onsite import api
from counterpoint.onsite.models import Ticket
from counterpoint.onsite.queries import snapshot as snapshots
from counterpoint.onsite.verbs import KIOSK_VERBS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_old_snapshots():
    snapshots._cache.clear()
    snapshots._outlooks.clear()


@pytest.fixture
def kiosk(bank, client):
    """A browser with the device token of a kiosk in b01."""
    ada = bank.scope("Ada")
    with scoped(ada):
        _row, token = actions.device_enrol(scope=ada, now=bank.now, branch=bank.b01, name="Kiosk", verbs=KIOSK_VERBS)
    client.cookies["device"] = token
    return client


def act(bank, name, **inputs):
    return getattr(api, name)(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now, **inputs)


def machine(bank):
    root = access.system_scope(tuple(roles.table()))
    with scope.scoped(root):
        actions.device_create(scope=root, now=bank.now, branch=bank.b01, code="stm-1", name="STM 1", kind="stm")


def key_of(answer):
    return re.search(r'name="idempotency_key" value="([^"]+)"', answer.content.decode()).group(1)


def test_three_taps_give_a_ticket_with_number_range_and_qr(bank, kiosk):
    assert "/onsite/kiosk/for/cash" in kiosk.get("/onsite/kiosk").content.decode()
    assert "/onsite/kiosk/for/cash/cash_deposit" in kiosk.get("/onsite/kiosk/for/cash").content.decode()
    last = kiosk.get("/onsite/kiosk/for/cash/cash_deposit")
    sent = {"service": "cash_deposit", "tier": "standard", "idempotency_key": key_of(last)}
    done = kiosk.post("/onsite/kiosk/take", sent, follow=True)
    assert "A001" in done.content.decode()
    again = kiosk.post("/onsite/kiosk/take", sent, follow=True)
    assert again.redirect_chain == done.redirect_chain
    with scoped(bank.scope("Sun")):
        assert Ticket.objects.count() == 1
        ticket = Ticket.objects.get()
    qr = kiosk.get(f"/onsite/kiosk/ticket/{ticket.pk}.svg")
    assert qr["Content-Type"] == "image/svg+xml"


def test_the_senior_key_gives_a_priority_ticket(bank, kiosk):
    kiosk.post("/onsite/kiosk/take", {"service": "pension_social", "tier": "priority", "idempotency_key": "k"})
    with scoped(bank.scope("Sun")):
        ticket = Ticket.objects.get()
    assert (ticket.vulnerable, ticket.priority, ticket.tier) == (True, 0, "priority")


def test_a_kiosk_cannot_open_the_desk_or_the_hall(kiosk):
    assert kiosk.get("/onsite/desk").status_code == 404
    assert kiosk.post("/onsite/do/window-open", {"counter": "1"}).status_code == 404
    assert kiosk.get("/onsite/history").status_code == 404


def test_a_closed_day_is_said_at_the_kiosk(bank, kiosk):
    act(bank, "day_close")
    answer = kiosk.post("/onsite/kiosk/take", {"service": "transfer", "idempotency_key": "k"})
    assert answer.status_code == 409


def test_the_phone_shows_its_ticket_without_signing_in_and_gives_it_back(bank, client):
    act(bank, "window_open", counter=1, user=bank.people["Mei"].pk)
    ticket = act(bank, "ticket_take", service="transfer")
    page = client.get(f"/t/{ticket.public_code}")
    assert page.status_code == 200
    assert "B001" in page.content.decode()
    assert client.post(f"/t/{ticket.public_code}/late").status_code == 302
    assert client.post(f"/t/{ticket.public_code}/cancel").status_code == 302
    with scoped(bank.scope("Sun")):
        row = Ticket.objects.get()
        assert row.state == "cancelled"
        assert row.not_before is not None
    assert client.post(f"/t/{ticket.public_code}/cancel").status_code == 409


def test_a_guessed_code_or_deed_finds_nothing(bank, client):
    ticket = act(bank, "ticket_take", service="transfer")
    for address in ("/t/aaaaaaaaaa", "/t/short", f"/t/{ticket.id}"):
        assert client.get(address).status_code == 404
    assert client.post(f"/t/{ticket.public_code}/finish").status_code == 404


def test_mei_serves_a_customer_from_her_desk(bank, sign_in):
    ticket = act(bank, "ticket_take", service="transfer")
    mei = sign_in("Mei")
    assert "window-open" in mei.get("/onsite/desk").content.decode()
    mei.post("/onsite/do/window-open", {"counter": "1", "user": bank.people["Mei"].pk})
    assert 'data-press="N"' in mei.get("/onsite/desk").content.decode()
    mei.post("/onsite/do/call-next", {"counter": "1"})
    page = mei.get("/onsite/desk/now").content.decode()
    assert "B001" in page
    assert 'data-press="S"' in page
    mei.post("/onsite/do/start", {"ticket": ticket.id})
    mei.post("/onsite/do/finish", {"ticket": ticket.id})
    with scoped(bank.scope("Sun")):
        kinds = [e.kind for e in journal.JournalEntry.objects.filter(subject=str(ticket.id)).order_by("seq")]
    assert [k.removeprefix("onsite.ticket_") for k in kinds] == ["taken", "called", "started", "finished"]


def test_a_script_gets_a_message_and_an_undo_instead_of_a_page(bank, sign_in):
    act(bank, "window_open", counter=1, user=bank.people["Mei"].pk)
    ticket = act(bank, "ticket_take", service="transfer")
    mei = sign_in("Mei")
    answer = mei.post("/onsite/do/call-next", {"counter": "1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert f"/onsite/do/undo?ticket={ticket.id}" in answer["HX-Trigger"]
    mei.post(f"/onsite/do/undo?ticket={ticket.id}", headers={"HX-Request": "true"})
    with scoped(bank.scope("Sun")):
        assert Ticket.objects.get().state == "waiting"


def test_a_refusal_is_told_in_words(bank, sign_in):
    answer = sign_in("Mei").post("/onsite/do/call-next", {"counter": "1"}, headers={"HX-Request": "true"})
    assert '"level": "act"' in answer["HX-Trigger"]


def test_omar_takes_a_ticket_marks_and_guides_from_the_lobby(bank, sign_in):
    machine(bank)
    omar = sign_in("Omar")
    omar.post("/onsite/do/take", {"service": "transfer", "tier": "standard", "channel": "staff"})
    page = omar.get("/onsite/lobby").content.decode()
    assert "B001" in page
    assert "stm-1" in page
    with scoped(bank.scope("Sun")):
        ticket = Ticket.objects.get()
    omar.post("/onsite/do/flag", {"ticket": ticket.pk, "vulnerable": "1"})
    answer = omar.post("/onsite/do/divert", {"ticket": ticket.pk}, headers={"HX-Request": "true"})
    assert '"level": "act"' in answer["HX-Trigger"]
    omar.post("/onsite/do/device-fault", {"device": "stm-1"})
    assert "device-restored" in omar.get("/onsite/lobby/now").content.decode()


def test_sun_sees_lanes_dots_and_may_open_a_window(bank, sign_in):
    for _ in range(3):
        act(bank, "ticket_take", service="transfer")
    page = sign_in("Sun").get("/onsite/hall").content.decode()
    assert page.count('class="dot ') == 3
    assert page.count('class="lane ') == 4
    assert "/onsite/do/window-open" in page


def test_an_auditor_sees_the_hall_but_changes_nothing(bank, sign_in):
    page = sign_in("Otto").get("/onsite/hall").content.decode()
    assert "/onsite/do/" not in page
    assert sign_in("Otto").post("/onsite/do/day-close").status_code in (302, 404)
    with scoped(bank.scope("Sun")):
        assert not journal.JournalEntry.objects.filter(kind__startswith="onsite.").exists()


def test_the_scrubber_shows_the_hall_as_it_was(bank, sign_in, clock):
    act(bank, "window_open", counter=1, user=bank.people["Mei"].pk)
    ticket = act(bank, "ticket_take", service="transfer")
    bank.now = clock.advance(minutes=10)
    act(bank, "ticket_call_next", counter=1)
    act(bank, "start", ticket=ticket.id)
    bank.now = clock.advance(minutes=10)
    act(bank, "finish", ticket=ticket.id)
    sun = sign_in("Sun")
    at = {minute: sun.get(f"/onsite/hall/now?at={minute}").content.decode() for minute in (635, 645)}
    assert 'class="dot ' in at[635]
    assert 'class="dot ' not in at[645]
    assert "B001" in at[645]
    assert "/onsite/do/" not in at[645]
    assert 'data-mode-now="replay"' in at[645]
    assert 'data-mode="replay"' in sun.get("/onsite/hall?at=635").content.decode()


def test_the_calling_screen_shows_numbers_and_no_names(bank, sign_in):
    act(bank, "window_open", counter=1, user=bank.people["Mei"].pk)
    act(bank, "ticket_take", service="transfer")
    act(bank, "ticket_call_next", counter=1)
    page = strip_tags(sign_in("Sun").get("/onsite/screen/now").content.decode())
    assert "B001" in page
    assert "Mei" not in page


def test_strangers_see_their_own_hall_only(bank, sign_in):
    ticket = act(bank, "ticket_take", service="transfer")
    stranger = sign_in("Stranger")
    assert "B001" not in strip_tags(stranger.get("/onsite/hall").content.decode())
    assert stranger.get(f"/onsite/kiosk/ticket/{ticket.id}").status_code == 404
    stranger.post("/onsite/do/cancel", {"ticket": ticket.id})
    with scoped(bank.scope("Sun")):
        assert Ticket.objects.get().state == "waiting"


def test_signed_out_people_are_sent_to_sign_in(bank, client):
    for page in ("hall", "desk", "lobby", "history", "kiosk", "screen"):
        assert client.get(f"/onsite/{page}").status_code == 302


def test_unknown_deeds_and_nonsense_are_not_found(bank, sign_in):
    sun = sign_in("Sun")
    assert sun.post("/onsite/do/rob").status_code == 404
    assert sun.post("/onsite/do/call-next", {"counter": "x"}).status_code == 404
    assert sun.post("/onsite/do/call-next").status_code == 404


def test_the_desk_panel_says_the_hall_in_one_sentence(bank, rf):
    from counterpoint.onsite import panels

    act(bank, "ticket_take", service="transfer")
    request = rf.get("/")
    request.scope, request.branch, request.LANGUAGE_CODE = bank.scope("Sun"), bank.b01, "en"
    with scoped(request.scope):
        body = panels.now(request)
        assert body.level == "act"
        assert panels.soon(request) is None


def test_the_snapshot_costs_the_same_for_one_and_for_many(bank, django_assert_max_num_queries):
    for _ in range(30):
        act(bank, "ticket_take", service="transfer")
    sun = bank.scope("Sun")
    with django_assert_max_num_queries(10):
        first = snapshots.snapshot(scope=sun, branch=bank.b01, now=bank.now)
    with django_assert_max_num_queries(1):
        again = snapshots.snapshot(scope=sun, branch=bank.b01, now=bank.now)
    assert again is first
    act(bank, "ticket_take", service="transfer")
    assert snapshots.snapshot(scope=sun, branch=bank.b01, now=bank.now).waiting == 31
