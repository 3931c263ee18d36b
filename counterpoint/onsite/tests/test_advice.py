"""The advisor in the hall: asked, told in words, taken as if by hand, declined, scored; and who may."""

from datetime import date, timedelta
from typing import get_args

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from counterpoint.foundation.api import Forbidden, Invalid, JobRun, NotFound, scoped, unscoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.onsite import api, asking, futures, shown_advice
from counterpoint.onsite.actions import advice as acts
from counterpoint.onsite.catalogue import Advised, catalogue
from counterpoint.onsite.models import Advice, Diversion, Duty, Window
from counterpoint.onsite.queries import advice as reads
from counterpoint.onsite.tests.advised import act, found, kinds, page, standing
from counterpoint.primitives.content import kind_of

pytestmark = pytest.mark.django_db


def call_omar(bank):
    return found("call", user=str(bank.people["Omar"].pk), counter=2)


def test_an_answer_is_kept_and_journalled_once(bank, advisor):
    advisor.answer = call_omar(bank)
    given = act(bank, "advice_ask")
    assert (given.kind, given.counter, given.state) == ("call", 2, "given")
    assert given.user == bank.people["Omar"].pk
    assert kinds(bank).count("onsite.advice_given") == 1


def test_asking_twice_in_a_minute_gives_the_same_answer_without_new_futures(bank, advisor):
    one = act(bank, "advice_ask", now=bank.now)
    two = act(bank, "advice_ask", now=bank.now + timedelta(seconds=29 - bank.now.second))
    assert one == two
    assert advisor.asked == 1
    three = act(bank, "advice_ask", now=bank.now + timedelta(minutes=1))
    assert three.id != one.id
    assert kinds(bank).count("onsite.advice_given") == 2


def test_two_who_ask_at_once_get_one_answer(bank, advisor, monkeypatch):
    """Both have looked and found none; the second one's row is refused by the database."""
    first = act(bank, "advice_ask")
    monkeypatch.setattr(acts, "_consulted", lambda _call: found("nothing"))
    assert act(bank, "advice_ask", now=bank.now + timedelta(seconds=5)).id == first.id
    assert kinds(bank).count("onsite.advice_given") == 1


def test_the_journal_tells_the_moment_of_asking(bank, advisor):
    at = bank.now + timedelta(seconds=25)
    given = act(bank, "advice_ask", now=at)
    assert given.at == bank.now
    with unscoped("the test reads the journal"):
        assert JournalEntry.objects.filter(kind="onsite.advice_given").get().at == at


def test_a_cold_simulation_says_so(bank, monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", False)
    with pytest.raises(api.NotReady):
        act(bank, "advice_ask")


def test_a_hall_that_cannot_be_pictured_gives_no_advice(bank, advisor):
    advisor.answer = None
    with pytest.raises(api.NotReady):
        act(bank, "advice_ask")
    with unscoped("the test counts"):
        assert not Advice.objects.exists()


def test_taking_advice_opens_the_window_as_if_by_hand(bank, advisor):
    advisor.answer = call_omar(bank)
    given = act(bank, "advice_ask")
    done = act(bank, "advice_take", advice=given.id)
    assert done.state == "taken"
    with scoped(bank.scope("Sun")):
        row = Advice.objects.get(pk=given.id)
        assert Window.objects.get(counter__number=2).open
        assert Duty.objects.get(user=bank.people["Omar"]).counter.number == 2
    assert row.decided_by_id == bank.people["Sun"].pk
    assert kinds(bank)[-2:] == ["onsite.window_opened", "onsite.advice_taken"]


def test_guiding_sets_the_share_that_was_advised(bank, advisor):
    advisor.answer = found("guide", service="transfer", share=0.3)
    act(bank, "advice_take", advice=act(bank, "advice_ask").id)
    with scoped(bank.scope("Sun")):
        assert Diversion.objects.get(service="transfer").share == 0.3


def test_closing_frees_the_person(bank, advisor):
    act(bank, "window_open", counter=1, user=bank.people["Mei"].pk)
    advisor.answer = found("close", user=str(bank.people["Mei"].pk), counter=1)
    act(bank, "advice_take", advice=act(bank, "advice_ask").id)
    with scoped(bank.scope("Sun")):
        assert not Window.objects.get(counter__number=1).open


def test_when_the_move_is_refused_nothing_is_decided(bank, advisor):
    act(bank, "window_open", counter=2, user=bank.people["Omar"].pk)
    act(bank, "ticket_take", service="transfer")
    act(bank, "window_open", counter=3, user=bank.people["Mei"].pk)
    act(bank, "ticket_call_next", counter=3)
    advisor.answer = found("call", user=str(bank.people["Mei"].pk), counter=1)
    given = act(bank, "advice_ask")
    before = len(kinds(bank))
    with pytest.raises(api.CounterBusy):
        act(bank, "advice_take", advice=given.id)
    with scoped(bank.scope("Sun")):
        assert Advice.objects.get(pk=given.id).state == "given"
    assert len(kinds(bank)) == before


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (15, True), (16, False)])
def test_old_advice_is_not_carried_out(bank, advisor, minutes, fresh):
    advisor.answer = call_omar(bank)
    given = act(bank, "advice_ask")
    later = given.at + timedelta(minutes=minutes)
    if fresh:
        assert act(bank, "advice_take", advice=given.id, now=later).state == "taken"
    else:
        with pytest.raises(Invalid, match="已过时"):
            act(bank, "advice_take", advice=given.id, now=later)


@pytest.mark.parametrize("second", ["advice_take", "advice_decline"])
@pytest.mark.parametrize("first", ["advice_take", "advice_decline"])
def test_a_decision_is_made_once(bank, advisor, first, second):
    given = act(bank, "advice_ask")
    act(bank, first, advice=given.id)
    with pytest.raises(Invalid, match="已有决定"):
        act(bank, second, advice=given.id)


@pytest.mark.parametrize("name", ["advice_ask", "advice_take", "advice_decline", "advice_score"])
def test_a_teller_does_not_run_the_hall(bank, advisor, name):
    inputs = {} if name == "advice_ask" else {"advice": act(bank, "advice_ask").id}
    with pytest.raises(Forbidden):
        act(bank, name, "Mei", **inputs)


@pytest.mark.parametrize("name", ["advice_take", "advice_decline"])
def test_another_branch_s_advice_is_not_here(bank, advisor, name):
    given = act(bank, "advice_ask")
    with pytest.raises(NotFound):
        getattr(api, name)(scope=bank.scope("Bo"), branch=bank.b02, now=bank.now, advice=given.id)
    with pytest.raises(NotFound):
        getattr(api, name)(scope=bank.scope("Bo"), branch=bank.b01, now=bank.now, advice=given.id)


# --- what came --------------------------------------------------------------------------------------------------------


def serve(bank, number, taken, called):
    """One ticket taken and called at these minutes from now (called None: still waiting)."""
    at = bank.now + timedelta(minutes=taken)
    ticket = act(bank, "ticket_take", service="transfer", now=at, key=f"t{number}")
    if called is not None:
        then = bank.now + timedelta(minutes=called)
        act(bank, "ticket_call", counter=3, ticket=ticket.id, now=then)
        act(bank, "ticket_start", ticket=ticket.id, now=then)
        act(bank, "ticket_finish", ticket=ticket.id, now=then)
    return ticket


def test_what_came_counts_those_who_waited_then_or_came_in_the_hour(bank):
    act(bank, "window_open", counter=3, user=bank.people["Mei"].pk)
    serve(bank, 1, -20, -15)  # gone before
    serve(bank, 2, -10, 5)  # 15 minutes
    serve(bank, 3, 10, 12)  # 2 minutes
    serve(bank, 4, 30, None)  # still waiting at 60: 30 minutes
    serve(bank, 5, 61, None)  # came too late
    with scoped(bank.scope("Sun")):
        came = reads.realised(bank.b01, bank.now.date(), bank.now, bank.now + timedelta(minutes=60))
    assert came == {"p90_wait": 27.0, "walkouts": 0.0, "people": 3}


def test_those_who_walked_out_in_the_hour_are_counted_with_their_wait(bank):
    act(bank, "window_open", counter=3, user=bank.people["Mei"].pk)
    ticket = serve(bank, 1, -5, None)
    act(bank, "ticket_abandon", ticket=ticket.id, now=bank.now + timedelta(minutes=10))
    with scoped(bank.scope("Sun")):
        came = reads.realised(bank.b01, bank.now.date(), bank.now, bank.now + timedelta(minutes=60))
    assert came == {"p90_wait": 15.0, "walkouts": 1.0, "people": 1}


@pytest.mark.parametrize(
    ("decision", "chosen", "nothing", "hit"),
    [
        ("advice_take", (0.0, 1.0), (50.0, 99.0), True),  # nobody waits: 0 minutes came
        ("advice_take", (5.0, 9.0), (0.0, 99.0), False),
        ("advice_decline", (0.0, 1.0), (50.0, 99.0), False),
        ("advice_decline", (5.0, 9.0), (0.0, 99.0), True),
        (None, (5.0, 9.0), (0.0, 99.0), True),
    ],
)
def test_the_band_of_what_was_done_is_the_one_that_counts(bank, advisor, decision, chosen, nothing, hit):
    advisor.answer = found("guide", chosen, nothing, service="transfer", share=0.3)
    given = act(bank, "advice_ask")
    if decision:
        act(bank, decision, advice=given.id)
    assert act(bank, "advice_score", advice=given.id, now=given.until - timedelta(seconds=1)).hit is None
    assert act(bank, "advice_score", advice=given.id, now=given.until).hit is hit
    assert act(bank, "advice_score", advice=given.id, now=given.until + timedelta(hours=1)).hit is hit
    assert kinds(bank).count("onsite.advice_scored") == 1


# --- by itself --------------------------------------------------------------------------------------------------------


def test_every_open_hall_is_asked_every_ten_minutes(bank, advisor):
    assert asking.ask_everywhere(bank.now) == 0  # no day is open
    act(bank, "day_open")
    assert asking.ask_everywhere(bank.now) == 1
    asking.ask_everywhere(bank.now + timedelta(minutes=1))
    with unscoped("the test counts"):
        assert Advice.objects.count() == 1
        assert JobRun.objects.filter(kind=asking.KIND).count() == 1
    asking.ask_everywhere(bank.now + timedelta(minutes=10))
    with unscoped("the test counts"):
        assert JobRun.objects.filter(kind=asking.KIND).count() == 2


def test_a_hall_outside_its_hours_and_a_closed_day_are_left_alone(bank, advisor):
    act(bank, "day_open")
    assert asking.ask_everywhere(bank.now - timedelta(hours=2)) == 0
    act(bank, "day_close")
    assert asking.ask_everywhere(bank.now) == 0


def test_a_hall_that_cannot_be_pictured_is_no_failed_job(bank, advisor):
    advisor.answer = None
    act(bank, "day_open")
    asking.ask_everywhere(bank.now)
    with unscoped("the test looks"):
        run = JobRun.objects.get(kind=asking.KIND)
    assert (run.state, run.result) == ("done", {"refused": "advisor_not_ready"})


def test_advice_whose_hour_is_over_is_scored_by_itself_once(bank, advisor):
    given = act(bank, "advice_ask")
    assert asking.score_everywhere(given.until - timedelta(seconds=1)) == 0
    assert asking.score_everywhere(given.until) == 1
    assert asking.score_everywhere(given.until) == 0


# --- on the page ------------------------------------------------------------------------------------------------------


def test_the_hall_says_what_to_do_in_words_and_does_it_on_a_press(bank, advisor, sign_in, clock):
    advisor.answer = call_omar(bank)
    client = sign_in("Sun")
    given = act(bank, "advice_ask")
    text = page(client)
    assert "请后台的Omar来开 2 号窗口" in text
    assert "合计少等约 80 分钟" in text
    assert "九成客户等候由" not in text  # 20 minutes either way
    assert "尚未按本网点校准" in text
    client.post(reverse("onsite:deed", args=["advice-take"]), {"advice": str(given.id)})
    assert "已办理" in page(client)
    assert "照此办理" not in page(client)


def test_when_no_action_pays_the_hall_says_so(bank, advisor, sign_in, clock):
    advisor.answer = found("nothing")
    advisor.answer.predicted["others"].append(standing("guide", saved=-3.0, service="transfer", share=0.3))
    client = sign_in("Sun")
    act(bank, "advice_ask")
    text = page(client)
    assert "维持现状" in text
    assert "动不如不动" in text
    assert "另有 1 个做法一同比较" in text
    assert "照此办理" not in text


def test_when_nothing_can_be_moved_the_hall_says_that(bank, advisor, sign_in, clock):
    client = sign_in("Sun")
    act(bank, "advice_ask")
    text = page(client)
    assert "没有可调的人手或设备" in text
    assert "动不如不动" not in text


def test_without_advice_the_supervisor_may_ask(bank, advisor, sign_in, clock):
    client = sign_in("Sun")
    assert "现在就问" in page(client)
    client.post(reverse("onsite:deed", args=["advice-ask"]))
    assert "维持现状" in page(client)
    assert "最近一刻钟没有建议" not in page(client)


def test_a_teller_reads_advice_but_has_no_buttons(bank, advisor, sign_in, clock):
    advisor.answer = call_omar(bank)
    act(bank, "advice_ask")
    text = page(sign_in("Mei"))
    assert "2 号窗口" in text
    assert "照此办理" not in text


def test_a_hit_rate_is_shown_from_five_on(bank, advisor):
    row = reads.Current(None, {}, reads.Record(4, 4, 0))
    assert shown_advice.advice(row, {})["rate"] is None
    row = reads.Current(None, {}, reads.Record(5, 4, 0))
    assert shown_advice.advice(row, {})["rate"] == 80


def test_the_record_counts_the_last_fifty(bank, advisor):
    for i in range(3):
        given = act(bank, "advice_ask", now=bank.now + timedelta(minutes=i))
        act(bank, "advice_score", advice=given.id, now=bank.now + timedelta(hours=2))
    read = reads.current(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now + timedelta(minutes=30))
    assert read.advice is None
    assert (read.record.scored, read.record.hits, read.record.taken) == (3, 3, 0)


@pytest.mark.parametrize("kind", [*get_args(Advised), "nothing"])
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_kind_has_words_in_every_language(kind, language):
    with translation.override(language):
        more = {"label": "B003", "why": "patience", "overtaken": 2, "minute": 700, "steps": [standing("guide")] * 2}
        option = standing(kind, user="7", counter=2, service="transfer", share=0.3, **more)
        said = shown_advice.deed(option, {"7": "Omar"}, {"transfer": "转账"})
        assert "%(" not in said
        assert (said == gettext("Change nothing")) is (kind == "nothing")
        assert shown_advice.effect(kind, option, standing("nothing"))
        if kind in ("call", "from_lobby", "swap", "close"):
            assert "Omar" in said
            assert "2" in said


def test_only_what_changes_is_told(bank):
    before, after = standing("nothing"), standing("guide")
    after["mean"] = after["mean"] | {"p90_wait": 12.4, "walkouts": 0.4}
    with translation.override("zh-hans"):
        told = shown_advice.effect("guide", after, before)
    assert told == "九成客户等候由 20 分钟变为 12 分钟以内；离开的由 2 人变为 0.4 人；合计少等约 80 分钟。"


def test_longer_waits_of_people_who_would_have_left_are_not_called_a_saving():
    after = standing("guide")
    after["mean"] = after["mean"] | {"walkouts": 0.0}
    after["saved"] = after["saved"] | {"waited": -30.0}
    with translation.override("en"):
        assert shown_advice.effect("guide", after, standing("nothing")) == "0 instead of 2 leave."


def test_the_weights_are_content_and_their_examples_are_checked():
    rules = catalogue(date(2026, 11, 23)).advice
    assert (rules.walkout, rules.least) == (30, 10)
    assert set(rules.kinds) <= set(get_args(Advised))


FAIR = {"places": 3, "spare": 1, "longer": 10, "late": False}
PLAN = {"waiting": 4, "p90": 25, "steps": ["call", "guide"], "moves": 6}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kinds": ["call", "sing"]}, "sing"),
        ({"walkout": -1}, "walkout"),
        ({"move": "much"}, "move"),
        ({"least": True}, "least"),
        ({"fairness": FAIR | {"places": "all"}}, "places"),
        ({"fairness": FAIR | {"late": 1}}, "late"),
        ({"fairness": FAIR | {"paper": "yes"}}, "paper"),
        ({"surge": PLAN | {"steps": ["close"]}}, "close"),
        ({"surge": PLAN | {"waiting": -1}}, "waiting"),
    ],
)
def test_a_wrong_weight_is_refused_by_name(wrong, said):
    body = {
        "kinds": ["call"], "walk": 3, "quiet": 1, "walkout": 30, "breach": 10, "staff_minute": 0.5,
        "move": 5, "least": 10, "fairness": FAIR, "surge": PLAN,
    }  # fmt: skip
    kind = kind_of("advice")
    kind.value_of("hall", body)
    with pytest.raises(ValueError, match=said):
        kind.value_of("hall", body | wrong)


@pytest.mark.slow
def test_the_real_advisor_answers_about_a_real_hall(bank, monkeypatch):
    monkeypatch.setitem(futures._warmth, "asked", False)
    monkeypatch.setitem(futures._warmth, "ready", False)
    assert futures.warm(wait=True)
    act(bank, "window_open", counter=1, user=bank.people["Mei"].pk)
    act(bank, "person_move", user=bank.people["Omar"].pk, place="back_office")
    for i in range(14):
        act(bank, "ticket_take", service="cash_deposit", now=bank.now + timedelta(seconds=i))
    given = act(bank, "advice_ask", now=bank.now + timedelta(minutes=2))
    assert given.kind == "call"
    assert given.counter == 2
    assert act(bank, "advice_take", advice=given.id, now=bank.now + timedelta(minutes=3)).state == "taken"
