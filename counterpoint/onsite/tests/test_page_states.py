"""What each person sees in each state of the hall: kiosk, phone, desk, lobby, screen, hall; and odd addresses."""

from datetime import timedelta
from html import unescape

import pytest

from counterpoint.foundation import actions
from counterpoint.foundation.api import scoped
from counterpoint.onsite.verbs import KIOSK_VERBS, SCREEN_VERBS

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(sign_in):
    """`opened("Mei", "/onsite/desk")` is the text of the page in English; more cookies or languages by name."""
    people = {}

    def look(who, address, language="en"):
        client = people.setdefault(who, sign_in(who))
        client.cookies["counterpoint-language"] = language
        answer = client.get(address)
        assert answer.status_code == 200
        return " ".join(unescape(answer.content.decode()).split())

    return look


def device(hall, client, verbs):
    ada = hall.bank.scope("Ada")
    with scoped(ada):
        _row, token = actions.device_enrol(scope=ada, now=hall.now, branch=hall.branch, name="Device", verbs=verbs)
    client.cookies["device"] = token
    client.cookies["counterpoint-language"] = "en"
    return client


# --- the phone -------------------------------------------------------------------------------------------------------

PHONE = {
    "no window": ([], "No window is open for this yet."),
    "first": (["open"], "<strong>0</strong> ahead of you"),
    "called": (["open", "call"], "Please come to window <strong>1</strong>"),
    "serving": (["open", "call", "start"], "Please come to window <strong>1</strong>"),
    "held": (["open", "call", "start", "hold"], "On hold: the teller calls you back."),
    "served": (["open", "call", "start", "finish"], "This ticket is done. Thank you for your visit."),
    "gone": (["abandon"], "This ticket is done."),
    "given back": (["cancel"], "This ticket was given back."),
    "not come": (["open", "call", "no_show"], "You were called and did not come."),
}


def walk(hall, ticket, steps):
    for step in steps:
        if step == "open":
            hall.open(1)
        else:
            more = {"counter": 1} if step == "call" else {}
            hall.do(f"ticket_{step}", ticket=ticket.id, **more)


@pytest.mark.parametrize(("steps", "sentence"), PHONE.values(), ids=PHONE)
def test_the_phone_says_what_the_customer_must_do_and_asks_again_until_it_is_over(hall, client, steps, sentence):
    ticket = hall.take(service="transfer")
    walk(hall, ticket, steps)
    client.cookies["counterpoint-language"] = "en"
    page, part = (client.get(f"/t/{ticket.public_code}{more}").content.decode() for more in ("", "/now"))
    over = steps and steps[-1] in ("finish", "abandon", "cancel", "no_show")
    for text in (page, part):
        assert sentence in text
        assert ("hx-get" in text) is not bool(over)
        assert ("I am 5 minutes late" in text) is (steps in ([], ["open"]))


def test_the_phone_tells_the_branchs_wall_clock(hall, client):
    """Nobody is signed in, so no request says which zone: the ticket's branch does."""
    ticket = hall.take(service="transfer")
    client.post(f"/t/{ticket.public_code}/late")
    client.cookies["counterpoint-language"] = "en"
    for more in ("", "/now"):
        text = client.get(f"/t/{ticket.public_code}{more}").content.decode()
        assert "Taken at 10:30" in text
        assert "Not called before 10:35; your place is kept." in text


def test_the_phone_refuses_in_words_what_comes_too_late(hall, client):
    ticket = hall.take(service="transfer")
    hall.do("ticket_cancel", ticket=ticket.id)
    client.cookies["counterpoint-language"] = "en"
    answer = client.post(f"/t/{ticket.public_code}/late")
    assert answer.status_code == 409
    assert "B001 is cancelled; this step is not possible now." in answer.content.decode()
    assert client.get(f"/t/{ticket.public_code}/late").status_code == 405


def test_the_phone_counts_who_is_ahead_and_asks_less_often_far_from_the_turn(hall, client):
    hall.open(1)
    for _ in range(6):
        hall.take(service="transfer")
        hall.later(seconds=1)
    last = hall.take(service="transfer")
    client.cookies["counterpoint-language"] = "en"
    text = client.get(f"/t/{last.public_code}").content.decode()
    assert "<strong>6</strong> ahead of you" in text
    assert "every 15s" in text
    hall.do("ticket_call_next", counter=1)
    text = client.get(f"/t/{last.public_code}").content.decode()
    assert "<strong>5</strong> ahead of you" in text
    assert "every 4s" in text


# --- the kiosk -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/onsite/kiosk/for/haircuts", "/onsite/kiosk/for/cash/haircut", "/onsite/kiosk/for/haircuts/transfer"]
)
def test_a_key_that_is_not_on_the_kiosk_leads_nowhere(hall, client, address):
    assert device(hall, client, KIOSK_VERBS).get(address).status_code == 404


def test_the_kiosk_says_the_range_the_people_ahead_and_the_address_for_the_phone(hall, client):
    kiosk = device(hall, client, KIOSK_VERBS)
    hall.open(1)
    hall.serve(hall.take(service="transfer"))
    hall.take(service="transfer")
    done = kiosk.post(
        "/onsite/kiosk/take", {"service": "transfer", "tier": "standard", "idempotency_key": "1"}, follow=True
    )
    text = " ".join(done.content.decode().split())
    ticket = hall.tickets()[-1]
    assert (ticket.channel, ticket.label) == ("kiosk", "B003")
    assert f"About <strong>{ticket.promise_low:.0f}–{ticket.promise_high:.0f}</strong> minutes" in text
    assert "<strong>1</strong> ahead of you" in text
    assert f"/t/{ticket.public_code}" in text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"service": "haircut", "idempotency_key": "1"}, 422),
        ({"idempotency_key": "1"}, 422),
        ({"service": "transfer", "idempotency_key": "k" * 80}, 302),
        ({"service": "transfer", "idempotency_key": "k" * 81}, 404),
    ],
)
def test_the_kiosk_gives_a_ticket_only_for_what_it_offers_and_under_a_key_that_can_be_kept(hall, client, sent, status):
    assert device(hall, client, KIOSK_VERBS).post("/onsite/kiosk/take", sent).status_code == status
    assert len(hall.tickets()) == (status == 302)


def test_a_screens_token_gives_out_no_tickets(hall, client):
    screen = device(hall, client, SCREEN_VERBS)
    assert screen.get("/onsite/screen").status_code == 200
    assert screen.get("/onsite/kiosk").status_code == 404
    assert screen.post("/onsite/kiosk/take", {"service": "transfer"}).status_code == 404


def test_the_code_for_the_phone_leads_to_the_ticket_and_only_here(hall, client, sign_in):
    ticket = hall.take()
    assert sign_in("Bo").get(f"/onsite/kiosk/ticket/{ticket.id}.svg").status_code == 404
    drawn = sign_in("Omar").get(f"/onsite/kiosk/ticket/{ticket.id}.svg").content
    assert drawn.startswith(b"<?xml")
    assert b"<svg" in drawn


# --- the desk --------------------------------------------------------------------------------------------------------

DEEDS = ("call-next", "start", "no-show", "undo", "finish", "hold", "hand-over", "break-start", "break-end",
         "window-open", "window-close", "resume")  # fmt: skip
DESK = {
    "not seated": ([], {"window-open"}, "Open your window"),
    "free": (["open"], {"call-next", "break-start", "window-close"}, "Nobody at the window"),
    "called": (["open", "call"], {"start", "no-show", "undo", "window-close"}, "Called"),
    "serving": (["open", "call", "start"], {"finish", "hold", "hand-over", "window-close"}, "Being served"),
    "held": (
        ["open", "call", "start", "hold"], {"call-next", "break-start", "window-close", "resume"}, "On hold",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "deeds", "words"), DESK.values(), ids=DESK)
def test_the_desk_offers_exactly_what_can_be_done_now(hall, opened, steps, deeds, words):
    walk(hall, hall.take(service="transfer"), steps)
    for address in ("/onsite/desk", "/onsite/desk/now"):
        text = opened("Mei", address)
        assert {name for name in DEEDS if f'action="/onsite/do/{name}"' in text} == deeds
        assert words in text


def test_on_a_break_and_after_closing_the_desk_offers_the_way_back(hall, opened):
    hall.open(1)
    hall.do("break_start", user=hall.Mei)
    text = opened("Mei", "/onsite/desk")
    assert "On a break" in text
    assert "/onsite/do/break-end" in text
    hall.do("break_end", user=hall.Mei)
    hall.take()
    hall.do("ticket_call_next", counter=1)
    hall.do("window_close", counter=1)
    text = opened("Mei", "/onsite/desk")
    assert "Closed" in text
    assert "/onsite/do/start" in text
    assert "/onsite/do/window-close" not in text


def test_the_desk_offers_the_chairs_where_nobody_sits_or_is_expected_back(hall, opened):
    hall.open(1, hall.Omar)
    hall.open(3, hall.Ada)
    hall.do("break_start", user=hall.Ada)
    text = opened("Mei", "/onsite/desk")
    assert [n for n in range(1, 5) if f'name="counter" value="{n}"' in text] == [2, 4]


# --- the lobby, the screen, the hall ---------------------------------------------------------------------------------


def test_the_lobby_is_calm_without_people_and_offers_each_deed_where_it_is_allowed(hall, opened):
    assert "Nobody is waiting." in opened("Omar", "/onsite/lobby")
    assert "No machines are set up." in opened("Omar", "/onsite/lobby")
    frail = hall.take(service="transfer", vulnerable=True)
    assert "To a machine" not in opened("Omar", "/onsite/lobby/now")
    hall.take(service="large_cash")  # no machine takes so much
    assert "To a machine" not in opened("Omar", "/onsite/lobby/now")
    hall.take(service="transfer")
    text = opened("Omar", "/onsite/lobby/now")
    assert text.count("To a machine") == 1
    assert text.count("Care") == 2
    assert text.count("Left") == 3
    assert str(frail.id) in text


def test_the_calling_screen_invites_calls_and_counts(hall, opened):
    text = opened("Sun", "/onsite/screen/now")
    assert "Please take a ticket" in text
    assert "0 waiting" in text
    hall.open(1)
    hall.open(2, hall.Omar)
    first, second = hall.take(), hall.take()
    hall.take()
    hall.do("ticket_call", counter=1, ticket=first.id)
    hall.later(seconds=20)
    hall.do("ticket_call", counter=2, ticket=second.id)
    text = opened("Sun", "/onsite/screen/now")
    assert text.index("A002") < text.index("A001")
    assert text.count("data-new") == 1
    assert "window 2" in text
    assert "1 waiting" in text
    assert "等候 1 人" in opened("Sun", "/onsite/screen/now", "zh-hans")


def test_the_hall_says_each_windows_state_and_its_person(hall, opened):
    hall.open(1)
    hall.open(2, hall.Omar)
    hall.open(3, hall.Ada)
    hall.do("break_start", user=hall.Omar, minutes=20)
    hall.do("person_move", user=hall.Ada, place="lobby")
    text = opened("Sun", "/onsite/hall")
    for words in ("calling", "break until 10:50", "nobody here", "closed", "Mei", "Omar"):
        assert words in text
    assert "No call yet today." in text


def test_the_hall_counts_kept_promises_and_who_left(hall, opened, clock):
    hall.open(1)
    quick, slow = hall.take(), hall.take()
    hall.serve(quick)
    hall.do("ticket_finish", ticket=quick.id)
    hall.now = clock.advance(hours=1)
    hall.do("ticket_call", counter=1, ticket=slow.id)
    hall.do("ticket_no_show", ticket=slow.id)
    text = opened("Sun", "/onsite/hall/now")
    assert "Promise kept for 1 of 2 calls today (50 %)." in text
    assert "2 came, 1 served, 1 left." in text
    assert "Nobody is waiting." in text


ODD = ["", "x", "-5", "²", "½", "1e3", "630.5", "9" * 5000, "1439", "630", "٦٣٠", "\u200b600", "0"]


@pytest.mark.parametrize("address", ["/onsite/hall?at=", "/onsite/hall/now?at=", "/onsite/desk?counter="])
def test_a_number_in_an_address_is_taken_or_left_but_never_an_error(bank, sign_in, address):
    mei = sign_in("Mei")
    assert {asked[:9]: mei.get(address + asked).status_code for asked in ODD} == {asked[:9]: 200 for asked in ODD}


@pytest.mark.parametrize(
    ("asked", "replay"), [("629", True), ("630", False), ("631", False), ("0", True), ("６２９", True), ("²", False)]
)
def test_the_hall_goes_back_to_an_earlier_minute_only(bank, sign_in, asked, replay):
    text = sign_in("Sun").get(f"/onsite/hall/now?at={asked}").content.decode()
    assert ('data-mode-now="replay"' in text) is replay


def test_the_chosen_window_is_remembered_until_another_is_chosen(hall, sign_in):
    mei = sign_in("Mei")
    assert mei.get("/onsite/desk?counter=3").context["lane"].number == 3
    assert mei.get("/onsite/desk").context["lane"].number == 3
    assert mei.get("/onsite/desk?counter=x").context["lane"].number == 3
    hall.open(1)
    assert mei.get("/onsite/desk").context["lane"].number == 1


# --- the hall as it was ----------------------------------------------------------------------------------------------


def test_the_hall_rebuilt_for_an_earlier_minute_is_the_one_that_was_shown_then(hall):
    from counterpoint.onsite.queries.past import hall_at
    from counterpoint.onsite.queries.snapshot import snapshot

    def seen(found):
        lanes = [(lane.number, lane.state, lane.person, lane.label, lane.stage) for lane in found.lanes]
        dots = [[(d.label, d.minutes, d.warmth) for d in q.dots] for q in found.queues]
        return lanes, dots, (found.arrivals, found.served, found.left, found.called, found.kept, found.promised)

    shown, steps = [], ["open", "take", "take", "call", "start", "take", "finish", "call", "no_show", "cancel", "take"]
    for step in steps:
        hall.later(minutes=3)
        waiting = [t for t in hall.tickets() if t.state == "waiting"]
        busy = next((t for t in hall.tickets() if t.state in ("called", "serving")), None)
        if step == "open":
            hall.open(1)
        elif step == "take":
            hall.take()
        elif step == "call":
            hall.do("ticket_call_next", counter=1)
        else:
            hall.do(f"ticket_{step}", ticket=(waiting[-1] if step == "cancel" else busy).pk)
        shown.append((hall.now, seen(snapshot(scope=hall.sun, branch=hall.branch, now=hall.now))))
    hall.later(minutes=30)
    for at, then in shown:
        assert seen(hall_at(scope=hall.sun, branch=hall.branch, at=at)) == then
    before = hall_at(scope=hall.sun, branch=hall.branch, at=hall.bank.now - timedelta(minutes=1))
    assert (before.arrivals, before.waiting, before.open_windows) == (0, 0, 0)
