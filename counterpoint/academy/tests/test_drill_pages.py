"""Pages of drills: begin the own day, order by a form or a script, join, watch as a trainer; for whom they are."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from counterpoint.academy.drill import actions, log, offers, own, queries, shown, told
from counterpoint.academy.drill.validating import FIELDS
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.tests.playing import Player
from counterpoint.foundation.api import scoped
from counterpoint.onsite.tests.whatif_days import TUESDAY, forecast
from counterpoint.science import playing
from counterpoint.science.playing import datasets
from counterpoint.ui.leftovers import english_left

pytestmark = pytest.mark.django_db


@pytest.fixture
def expected(bank):
    forecast(bank, bank.b01, TUESDAY)
    return bank


@pytest.fixture
def sun(bank):
    player = Player(bank)
    player.make(datasets.demo_game(3, injects=datasets.demo_injects()))
    return player


def rows(bank, model, who="Sun"):
    with scoped(bank.scope(who)):
        return list(model.objects.order_by("pk"))


def test_the_own_days_people_are_told_by_post_and_number(expected):
    game = own.own_day(expected.b01, TUESDAY, 1, expected.now)
    assert {person.code[0] for person in game.staffing.people} == {"T", "L"}
    assert game.hash() == own.own_day(expected.b01, TUESDAY, 1, expected.now).hash()
    busier = own.own_day(expected.b01, TUESDAY, 1, expected.now, 50)
    assert len(busier.people) > len(game.people)
    assert game.model.delays.open_counter == 3.0
    text = json.dumps(game.head(), ensure_ascii=False)
    assert not [name for name, user in expected.people.items() if name in text or str(user.pk) in text]


def test_a_day_of_which_nothing_is_known_is_refused_in_words(bank, sign_in):
    page = sign_in("Sun").post("/academy/drill/new", {"arrivals": "0"}, follow=True)
    assert page.status_code == 200
    assert rows(bank, DrillSession) == []
    assert [message.level_tag for message in page.context["messages"]] == ["error"]


def test_a_day_is_begun_on_the_page_played_by_forms_and_ended(expected, sign_in):
    sun = sign_in("Sun")
    sent = {"arrivals": "30", "seed": "77", "idempotency_key": "begin"}
    page = sun.post("/academy/drill/new", sent, follow=True)
    address = page.redirect_chain[-1][0]
    assert sun.post("/academy/drill/new", sent).url == address
    text = page.content.decode()
    assert 'data-mode="drill"' in text
    (row,) = rows(expected, DrillSession)
    assert (row.seed, row.scenario, row.purpose) == (77, "own", "practice")
    assert sun.post(f"{address}/do/pace", {"speed": "60"}).url == address
    assert sun.post(f"{address}/do/window-close", {"counter": "1"}).url == address
    assert sun.post(f"{address}/do/mark", {"name": "Noon"}).url == address
    assert [(line.kind, line.act) for line in rows(expected, DrillEvent)] == [
        ("pace", ""), ("order", "window-close"), ("mark", ""),
    ]  # fmt: skip
    assert sun.post(f"{address}/do/retry", {"idempotency_key": "again"}).url != address
    over = sun.post(f"{address}/do/over", follow=True)
    assert over.status_code == 200
    assert sun.get("/academy/drill").status_code == 200


def test_a_script_gets_the_segment_or_the_refusal(bank, sign_in, sun):
    page = sign_in("Sun")
    address, here = f"/academy/drill/{sun.session}", {"headers": {"X-Drill": "1"}}
    begun = page.get(f"{address}/segment").json()
    assert (begun["speed"], begun["state"], begun["steps"]) == (0, "ready", [])
    ran = page.post(f"{address}/do/pace", {"speed": "60"}, **here).json()
    assert (ran["speed"], ran["lines"][0]["kind"]) == (60, "pace")
    assert ran["until"] > ran["since"]
    refused = page.post(f"{address}/do/window-open", {"counter": "K9", "user": "floater"}, **here)
    assert (refused.status_code, list(refused.json())) == (422, ["refused"])
    for address_ in (f"{address}/do/answer", f"{address}/do/take", f"{address}/do/nonsense"):
        assert page.post(address_, {}).status_code == 404
    assert page.get(f"{address}/do/pace").status_code == 405


def test_a_colleague_joins_by_the_address_and_orders_in_the_same_log(bank, sign_in, sun):
    omar, address = sign_in("Omar"), f"/academy/drill/{sun.session}"
    assert omar.get(address).status_code == 404
    assert omar.get(f"{address}/join").status_code == 200
    taken = omar.post(f"{address}/join", {"post": "supervisor"}, follow=True)
    assert [message.level_tag for message in taken.context["messages"]] == ["error"]
    assert omar.post(f"{address}/join", {"post": "lobby_manager"}).url == address
    refused = omar.post(f"{address}/do/window-close", {"counter": "K1"}, headers={"X-Drill": "1"})
    assert refused.status_code == 403 and "大堂经理" in refused.json()["refused"]
    assert omar.post(f"{address}/do/diversion", {"service": "S02", "share": "100"}).url == address
    assert [line.actor for line in rows(bank, DrillEvent)] == [bank.people["Omar"].pk] * 2
    told_ = sign_in("Sun").get(f"{address}/segment").json()["lines"]
    assert "大堂经理 · " in told_[-1]["text"]
    assert sign_in("Stranger").get(f"{address}/join").status_code == 404


def test_a_trainer_watches_adds_by_hand_speaks_and_ends(bank, sign_in, sun):
    ada, address = sign_in("Ada"), f"/academy/trainer/{sun.session}/do"
    assert str(sun.session) in ada.get("/academy/trainer").content.decode()
    ada.post(f"{address}/crowd", {"service": "S02", "count": "12", "minutes": "10"})
    ada.post(f"{address}/device-down", {"device": "C1"})
    ada.post(f"{address}/message", {"text": "Look at the queue"})
    ada.post(f"{address}/crowd", {"service": "S02", "count": "999", "minutes": "10"})
    ada.post(f"{address}/device-up", {"device": "none"})
    assert [(line.kind, line.act) for line in rows(bank, DrillEvent)] == [
        ("inject", "crowd"), ("inject", "device-down"), ("message", ""),
    ]  # fmt: skip
    assert sun.segment().session.state == "ready"
    assert ada.get("/academy/trainer/now").status_code == 200
    ada.post(f"{address}/stop", {})
    (row,) = rows(bank, DrillSession)
    assert row.state == "over"
    assert str(sun.session) not in ada.get("/academy/trainer/now").content.decode()
    assert f"{sun.session}/debrief" in ada.get("/academy/trainer").content.decode()
    assert sign_in("Mei").get("/academy/trainer").status_code in (403, 404)
    assert sign_in("Stranger").post(f"{address}/stop", {}).status_code == 404


def test_a_drill_that_was_left_alone_since_yesterday_is_not_among_the_running(bank, sun):
    ada = bank.scope("Ada")
    with scoped(ada):
        assert [row.pk for row in queries.running(ada, bank.now)] == [sun.session]
        assert queries.running(ada, bank.now + timedelta(hours=13)) == []
        assert queries.running(bank.scope("Mei"), bank.now) == []


def test_a_day_of_the_league_is_neither_paused_nor_played_twice(bank, sun):
    league = Player(bank)
    league.make(datasets.demo_game(4), key="league", purpose="league")
    league.pace(5)
    with pytest.raises(actions.NoPause):
        league.pace(0)
    with pytest.raises(actions.Invalid):
        actions.drill_retry(**league.here(), session=league.session)
    league.later(seconds=1)
    one = league.segment()
    assert one.until - one.second == 3 * 5


def test_a_question_is_told_in_the_words_of_whoever_knows_them(bank, sign_in, sun):
    def teller(session, inject, language):
        return told.Asked("柜员机坏了", "怎么办？", (("wait", "等一等"),)) if inject == "machine" else None

    told.register(teller)
    try:
        sun.pace(60)
        sun.later(seconds=4_500 / 60)
        (asked,) = [one for one in sun.segment().questions if one["key"] == "machine"]
        found = shown.question(sun.segment().session, asked)
    finally:
        told._tellers.remove(teller)
    assert (found["title"], found["choices"]) == ("柜员机坏了", [["wait", "等一等"], ["call_vendor", "call vendor"]])


class Shelf:
    """One scenario."""

    def offers(self, unit, now, language):
        return [offers.Offer("bank.payday", "自编的发薪日", "人多。", 2, True)]

    def make(self, unit, key, seed, now):
        return (datasets.demo_game(seed), 3) if key == "bank.payday" else None


def test_a_scenario_of_a_shelf_is_offered_and_played(bank, sign_in):
    shelf, sun = offers.register(Shelf()), sign_in("Sun")
    try:
        assert "自编的发薪日" in sun.get("/academy/drill").content.decode()
        sent = {"scenario": "bank.payday", "seed": "5", "idempotency_key": "one"}
        assert sun.post("/academy/drill/new", sent).status_code == 302
        assert sun.post("/academy/drill/new", sent | {"scenario": "none", "idempotency_key": "two"}).status_code == 404
    finally:
        offers._shelves.remove(shelf)
    (row,) = rows(bank, DrillSession)
    assert (row.scenario, row.version, row.seed) == ("bank.payday", 3, 5)
    assert row.game_hash == datasets.demo_game(5).hash()


def test_every_scenario_in_force_is_offered_and_says_what_its_day_asks(bank, sign_in):
    sun = sign_in("Sun")
    page = sun.get("/academy/drill").content.decode()
    assert all(name in page for name in ("发薪日", "养老钱", "警铃", "挤兑"))
    sent = {"scenario": "academy.scenario.elder_fraud", "seed": "7", "idempotency_key": "one"}
    assert sun.post("/academy/drill/new", sent).status_code == 302
    (row,) = rows(bank, DrillSession)
    with scoped(bank.scope("Sun")):
        row = DrillSession.objects.select_related("org_unit").get(pk=row.pk)
        asking = [one.key for one in log.game_of(row).injects if one.choices]
        said = [told.asked(row, key, "zh-hans") for key in asking]
    assert asking and all(one.title and one.text and len(one.choices) >= 3 for one in said)
    assert not any(english_left(words) for one in said for words in (one.title, one.text, *dict(one.choices).values()))


def test_what_counted_where_nobody_answered_is_told_once_its_time_is_over(bank, sun):
    game = datasets.demo_game(3, injects=datasets.demo_injects())
    minute, patience = next((i.minute, i.patience) for i in game.injects if i.choices and i.minute)
    sun.pace(60)
    sun.later(seconds=minute + patience - game.opens + 10 - 0.5)
    assert [row for row in shown.news(sun.segment().session, sun.segment()) if "没有人回答" in row[2]] == []
    sun.later(seconds=1)
    told_ = [row for row in shown.news(sun.segment().session, sun.segment()) if "没有人回答" in row[2]]
    assert [row[0] for row in told_] == [int(60 * (minute + patience))]
    sun.later(minutes=30)
    again = [row for row in shown.news(sun.segment().session, sun.segment()) if "没有人回答" in row[2]]
    assert told_[0] in again, "it is told to who opens the page later, too"


def test_every_order_of_a_drill_has_a_button_on_its_page(bank, sign_in, sun):
    page = sign_in("Sun").get(f"/academy/drill/{sun.session}").content.decode()
    script = (Path(shown.__file__).parents[1] / "static/academy/drill.js").read_text()
    rows = script.partition("function waitingRow")[2].partition("function ticketButton")[0]
    missing = {act for act in FIELDS if f"/do/{act}" not in page and f'"{act}"' not in rows} - {playing.ANSWER}
    assert missing == set()


def test_the_picture_of_a_running_day_is_that_of_the_engine(sun):
    sun.pace(60)
    sun.later(minutes=2)
    one = sun.segment()
    with scoped(sun.scope):
        game = playing.Game.from_bytes(bytes(DrillSession.objects.get().game))
    state = playing.play(game, [], one.since / 60).state
    waiting = {int(key) for key, who in one.picture["c"].items() if who[0] == "q"}
    assert waiting == set(state.waiting())
    assert one.numbers["waiting"] == len(waiting)
    assert timedelta(seconds=one.second) == timedelta(minutes=530 + 120)
