"""Every page of the numbers, for who may see it, in Chinese without a word left in English."""

import io
import re
from datetime import date, timedelta
from types import SimpleNamespace

import openpyxl
import pytest

from counterpoint.analytics.boards import board_for, boards
from counterpoint.foundation.api import ScopeError, scoped
from counterpoint.onsite.tests.test_history import bring as history
from counterpoint.onsite.tests.test_history import log
from counterpoint.primitives.metrics import alarm_list, metrics, needs, peers, periods, targets
from counterpoint.primitives.metrics.models import MetricPeers, MetricTarget
from counterpoint.primitives.metrics.tests import feeds, test_watching
from counterpoint.ui.leftovers import english_left

PAGES = (
    "/analytics/", "/analytics/?grain=week", "/analytics/?grain=month&view=table", "/analytics/?grain=quarter",
    "/analytics/kpis/", "/analytics/kpis/?q=wait", "/analytics/kpis/?group=risk", "/analytics/kpis/onsite.wait_p90/",
    "/analytics/kpis/onsite.wait_p90/?grain=month", "/analytics/kpis/onsite.wait_avg/rows/?grain=week&on=2026-11-16",
    "/analytics/kpis/service.complaint_rate/", "/analytics/kpis/risk.suitability/?grain=month", "/analytics/alerts/",
    "/analytics/alerts/?which=all", "/analytics/import/",
)  # fmt: skip


def left(answer):
    """English words on a page, apart from names, codes and keys."""
    codes = " ".join(one.code for one in metrics(date(2026, 11, 23)).values())
    own = {"Sun", "AUM", "hq", "mei", *re.findall(r"[A-Za-z]+", codes)}
    return english_left(answer.content.decode(), own)


@pytest.fixture
def lived(bank, monkeypatch):
    """A week of tickets and an alarm."""
    monday = bank.now.date() - timedelta(days=7)
    history(bank, log(tuple(monday + timedelta(days=n) for n in range(5)), branch="b01"))
    feed = feeds.offer(monkeypatch)
    feed.days(bank.now.date(), 8, n=100, bad=30)
    one = feeds.metric(test_watching.LIMIT, key="onsite.wait_over_30")
    test_watching.judge(bank, one)
    return bank


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_whole_and_chinese(lived, sign_in, page):
    answer = sign_in("Sun").get(page)
    assert answer.status_code == 200
    assert left(answer) == []


@pytest.mark.parametrize(
    ("who", "unit", "paced"),
    [("Sun", "b01", False), ("Rita", "east", True), ("Rita", "b01", False), ("Hana", "hq", True)],
)
def test_a_board_listens_to_its_own_unit_and_all_below_it(lived, sign_in, who, unit, paced):
    text = sign_in(who).get(f"/analytics/?unit={unit}").content.decode()
    assert f"/live/{unit}" in text and "live:cases.opened from:body" in text and "every 120s" in text
    assert ("from:body throttle:15s" in text) is paced


@pytest.mark.parametrize(("who", "board"), [("Mei", "teller"), ("Sun", "supervisor"), ("Ada", "branch_head"),
                                            ("Rita", "region"), ("Hana", "bank"), ("Otto", "bank")])  # fmt: skip
def test_everybody_lands_on_the_board_of_their_role(lived, sign_in, who, board):
    answer = sign_in(who).get("/analytics/")
    assert answer.status_code == 200 and answer.context["body"].key == board


def test_a_board_names_only_metrics_that_exist(bank):
    known = metrics(bank.now.date())
    for board in boards(bank.now.date()).values():
        assert set(board.metrics) | set(board.compare) <= set(known)
    assert board_for({"supervisor", "teller"}, bank.now.date()).key == "supervisor"
    assert board_for(set(), bank.now.date()) is None


def test_a_teller_sees_the_own_numbers_and_nobody_elses(lived, sign_in):
    mei = sign_in("Mei")
    page = "/analytics/kpis/onsite.service_minutes/"
    assert mei.get(f"{page}?person=mei").status_code == 200
    assert mei.get(f"{page}?person=omar").status_code == 404
    assert mei.get("/analytics/alerts/").status_code == 404
    assert sign_in("Sun").get(f"{page}?person=mei").status_code == 200


def test_rows_behind_a_number_are_shown_and_saved(lived, sign_in):
    sun = sign_in("Sun")
    page = "/analytics/kpis/onsite.wait_avg/rows/?grain=week&on=2026-11-16"
    shown = sun.get(page)
    assert shown.context["found"].total == 10
    book = openpyxl.load_workbook(io.BytesIO(sun.get(f"{page}&as=excel").content))
    assert book.worksheets[0].max_row == 10 + 3  # title, definition, headings


def test_the_board_as_excel_has_numbers_as_numbers(lived, sign_in):
    answer = sign_in("Sun").get("/analytics/board.xlsx?grain=week&on=2026-11-16")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    found = next(row for row in rows if row[0] == "平均等候时间")
    assert found[1] == 6.0 and found[3] == 10


def test_a_target_is_set_by_who_may_and_rules_below(lived, sign_in):
    form = {"high": "5", "since": "2026-11-01", "reason": "更严"}
    page = "/analytics/kpis/onsite.wait_avg/target/"
    assert sign_in("Sun").post(f"{page}?unit=b01", form).status_code == 404
    assert sign_in("Hana").post(f"{page}?unit=hq", form).status_code == 302
    board = sign_in("Sun").get("/analytics/?grain=week&on=2026-11-16")
    card = next(c for c in board.context["found"].cards if c.metric.key == "onsite.wait_avg")
    assert card.value.target.bounds.high == 5.0 and card.value.target.unit == "hq"
    with scoped(lived.scope("Ada")):
        assert sign_in("Ada").post(f"{page}?unit=b01", form | {"high": "9"}).status_code == 302
    again = sign_in("Sun").get("/analytics/?grain=week&on=2026-11-16")
    card = next(c for c in again.context["found"].cards if c.metric.key == "onsite.wait_avg")
    assert card.value.target.bounds.high == 9.0


@pytest.mark.parametrize("wrong", [{"high": ""}, {"reason": ""}, {"low": "9", "high": "5"}, {"since": "x"}])
def test_a_wrong_target_is_refused_with_a_word(lived, sign_in, wrong):
    form = {"high": "5", "since": "2026-11-01", "reason": "更严"} | wrong
    sign_in("Hana").post("/analytics/kpis/onsite.wait_avg/target/?unit=hq", form)
    with scoped(lived.scope("Hana")):
        assert not MetricTarget.objects.exists()


def test_versions_of_a_target_follow_each_other(bank):
    one = needs.metric("onsite.wait_avg", bank.now.date())
    day, here = bank.now.date(), {"scope": bank.scope("Hana"), "org_unit": bank.hq, "metric": one, "now": bank.now}
    targets.target_set(**here, since=day - timedelta(days=30), high=9.0, reason="a")
    targets.target_set(**here, since=day - timedelta(days=3), high=7.0, reason="b")
    days = [periods.of("day", day - timedelta(days=n)) for n in (0, 10, 60)]
    found = targets.of(scope=bank.scope("Sun"), units=[bank.b01], metrics=[one], periods=days)
    assert [found[bank.b01.pk, one.key, p].bounds.high for p in days] == [7.0, 9.0, 10.0]


def test_an_alert_tells_why_and_is_taken_care_of(lived, sign_in):
    (alarm,) = alarm_list(scope=lived.scope("Sun"), unit=lived.b01)
    sun = sign_in("Sun")
    page = f"/analytics/alerts/{alarm.pk}/"
    answer = sun.get(page)
    assert "30.0" in answer.content.decode() and left(answer) == []
    assert sun.post(f"{page}see/").status_code == 302
    assert "已有人处理" in sun.get(page).content.decode()
    assert sign_in("Stranger").get(page).status_code == 404


def test_a_number_is_muted_with_a_reason_and_told_again(lived, sign_in):
    sun, page = sign_in("Sun"), "/analytics/kpis/onsite.wait_over_30/mute/?unit=b01"
    sun.post(page, {"until": "2026-11-30", "reason": "装修"})
    assert "装修" in sun.get("/analytics/alerts/").content.decode()
    sun.post(page, {"unmute": "1"})
    assert "装修" not in sun.get("/analytics/alerts/").content.decode()


def test_the_desk_tells_of_numbers_off_course(lived, sign_in):
    answer = sign_in("Sun").get("/desk/panels/analytics.off_course")
    assert "超时等候率" in answer.content.decode() and left(answer) == []


def test_like_branches_are_told_as_quartiles_and_only_when_enough(bank, monkeypatch):
    monday = bank.now.date() - timedelta(days=7)
    history(bank, log((monday,), branch="b01"))
    assert peers.compare_region(bank.east, bank.now) == 0  # two branches: each could tell the other's number
    monkeypatch.setattr(peers, "FEWEST", 2)
    feed = feeds.offer(monkeypatch)
    feed.days(bank.now.date(), 1, n=100, bad=30)
    feed.days(bank.now.date(), 1, n=100, bad=10, branch="b02")
    monkeypatch.setattr(needs, "items", lambda *asked, **more: {"test.bad": SimpleNamespace(value=feeds.metric())})
    assert peers.compare_region(bank.east, bank.now) > 0
    day = periods.of("day", bank.now.date() - timedelta(days=1))
    told = peers.peers_of(scope=bank.scope("Sun"), branch=bank.b01, wanted=[day])["test.bad", day.slug]
    assert (told.low, told.middle, told.high, told.rank, told.count) == (15.0, 20.0, 25.0, 2, 2)
    with pytest.raises(ScopeError), scoped(bank.scope("Sun")):
        MetricPeers(org_unit=bank.b02, metric="x", period="y", count=1, low=0, middle=0, high=0, at=bank.now).save()


def test_every_region_has_its_turn_of_being_compared_also_beside_one_that_tells_nothing(bank, monkeypatch):
    turns = []
    monkeypatch.setattr(peers, "_looked", {})
    monkeypatch.setattr(peers, "compare_region", lambda region, now: turns.append(region.code) or 0)
    for seconds in range(0, 1200, 30):
        peers.compare(bank.now + timedelta(seconds=seconds))
    assert sorted(turns) == sorted(["east", "west"] * 2)
    for seconds in range(0, 300, 30):  # the clock was set back by an hour
        peers.compare(bank.now - timedelta(seconds=3600 - seconds))
    assert sorted(turns) == sorted(["east", "west"] * 3)


@pytest.mark.parametrize(
    "page",
    ["/analytics/?unit=b03", "/analytics/?grain=year", "/analytics/?on=nonsense", "/analytics/kpis/no.such/",
     "/analytics/kpis/onsite.wait_avg/rows/?part=x", "/analytics/alerts/?which=x", "/analytics/kpis/?group=x"],
)  # fmt: skip
def test_nonsense_and_strangers_units_are_not_there(bank, sign_in, page):
    assert sign_in("Sun").get(page).status_code == 404
