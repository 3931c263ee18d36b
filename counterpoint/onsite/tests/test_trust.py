"""The check of the twin: kept and journalled, used by the live hall, told in words; what it keeps back, and who may."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from counterpoint.foundation.api import Forbidden, JobRun, NotFound, scoped
from counterpoint.onsite import api, checking, futures, shown_trust, trusting
from counterpoint.onsite.actions import trust as acts
from counterpoint.onsite.calibrated import barred
from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.models import DayLog, TwinCheck
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.checked import answer, checked

pytestmark = pytest.mark.django_db


def plan(bank):
    """The planned model of the branch as JSON."""
    with scoped(bank.scope("Sun")):
        hall = hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)
        return json.loads(futures.planned_model(hall).to_json())


@pytest.fixture
def check(bank, monkeypatch):
    """Run a check whose finding is given by hand."""

    def run(status="passed", change=None, who="Sun", now=None, **more):
        model = plan(bank)
        if change:
            change(model)
        monkeypatch.setattr(acts, "check", lambda _hall, _scope: checked(model, status, **more))
        return api.twin_check(scope=bank.scope(who), branch=bank.b01, now=now or bank.now)

    return run


def slow_transfers(model):
    for service in model["services"]:
        if service["code"] == "transfer":
            service["counter"]["mean"] = 42.0
    model["patience"]["mean"] = 3.0
    model["pace"] = [1.0, 1.2]


def logs(bank, days, source="live"):
    with scoped(bank.scope("Sun")):
        for n in range(1, days + 1):
            DayLog(
                org_unit=bank.b01, business_date=bank.now.date() - timedelta(days=n), source=source, digest="x",
                tickets=1, payload=b"", written_at=bank.now,
            ).save()  # fmt: skip


def jobs(bank):
    with scoped(bank.scope("Sun")):
        return list(JobRun.objects.filter(kind=trusting.KIND))


def test_a_check_is_kept_with_its_days_and_journalled(hall, bank, check):
    found = check("failed")
    assert (found.status, found.since, found.until) == ("failed", date(2026, 11, 2), date(2026, 11, 22))
    with scoped(bank.scope("Sun")):
        row = TwinCheck.objects.get()
    assert (row.until, row.judged_since, row.tickets, row.gate) == (date(2026, 11, 15), date(2026, 11, 16), 1400, 1)
    assert hall.last().kind == "onsite.twin_checked"
    assert "speed" not in {value["what"] for value in row.values}


def test_the_live_twin_takes_what_the_newest_check_found(bank, check):
    scope = bank.scope("Sun")

    def model():
        with scoped(scope):
            return futures.model_of(hall_of(scope=scope, branch=bank.b01, now=bank.now))

    before = model()
    check(change=slow_transfers)
    after = model()
    code = before.service_codes.index("transfer")
    assert after.services[code].counter.mean == 42.0 != before.services[code].counter.mean
    assert after.patience.mean == 3.0 and after.pace == (1.0, 1.2)
    others = [replace(s, counter=b.counter) for s, b in zip(after.services, before.services, strict=True)]
    assert others == list(before.services)
    assert all(c.walk > 0 for c in before.counters), "planned: the walk is added"
    assert after.counters == tuple(replace(c, walk=0.0) for c in before.counters), "measured: it is in the times"
    check(now=bank.now + timedelta(hours=1))
    assert model().services == before.services


def test_tiers_that_content_no_longer_has_leave_its_own_alone(bank, check):
    def another_tier(model):
        model["tiers"] = [{**model["tiers"][0], "code": "gone", "share": 1.0}]

    check(change=another_tier)
    scope = bank.scope("Sun")
    with scoped(scope):
        found = futures.model_of(hall_of(scope=scope, branch=bank.b01, now=bank.now))
    assert "gone" not in found.tier_codes and len(found.tiers) > 1


@pytest.mark.parametrize(
    ("status", "words"),
    [(None, "尚未按本网点校准"), ("not_judged", "尚未按本网点校准"), ("failed", "未校准"),
     ("passed", "已用本网点号票检验")],
)  # fmt: skip
def test_every_advice_says_whether_the_twin_was_checked(bank, check, sign_in, status, words):
    if status:
        check(status)
    page = sign_in("Sun").get("/onsite/hall").content.decode()
    assert words in page and 'href="/onsite/trust"' in page
    lobby = sign_in("Omar").get("/onsite/hall").content.decode()
    assert words in lobby and 'href="/onsite/trust"' not in lobby


@pytest.mark.parametrize(("rule", "status", "kept_back"), [
    ("label", None, False), ("label", "failed", False), ("block", None, True), ("block", "failed", True),
    ("block", "not_judged", True), ("block", "passed", False),
])  # fmt: skip
def test_advice_is_kept_back_only_where_the_rules_say_so(bank, check, rule, status, kept_back):
    if status:
        check(status)
    content = catalogue(bank.now.date())
    content = replace(content, advice=replace(content.advice, uncalibrated=rule))
    with scoped(bank.scope("Sun")):
        assert barred(bank.b01, content) is kept_back


def test_asking_where_advice_is_kept_back_says_why(bank, monkeypatch):
    from counterpoint.onsite.actions import advice

    monkeypatch.setattr(advice, "barred", lambda _branch, _content: True)
    with pytest.raises(api.NotCalibrated) as refused:
        api.advice_ask(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)
    assert refused.value.status == 409 and "可信检验" in str(refused.value.message)


@pytest.mark.parametrize("who", ["Mei", "Omar"])
def test_the_floor_neither_sees_nor_asks(bank, check, sign_in, who):
    check()
    with pytest.raises(Forbidden):
        api.twin_check(scope=bank.scope(who), branch=bank.b01, now=bank.now)
    client = sign_in(who)
    assert client.get("/onsite/trust").status_code == 404
    assert client.post("/onsite/trust/check").status_code == 404
    assert client.get("/onsite/trust/check.xlsx").status_code == 404


def test_a_stranger_finds_no_such_branch(bank, check, sign_in):
    check()
    with pytest.raises(NotFound):
        api.twin_check(scope=bank.scope("Stranger"), branch=bank.b01, now=bank.now)
    page = sign_in("Stranger").get("/onsite/trust")
    assert page.context["check"] is None and "尚未检验" in page.content.decode()


def test_the_page_shows_verdict_days_pictures_values_and_earlier_checks(bank, check, sign_in):
    check("failed", now=bank.now - timedelta(days=7))
    check("passed")
    sun = sign_in("Sun")
    page = sun.get("/onsite/trust")
    text = page.content.decode()
    assert "本网点的模拟可以相信" in text and "2026-11-20" in text and "以往检验" in text and "未通过" in text
    assert [one.key for one in page.context["charts"]] == ["trust-waits", "trust-hours"]
    assert page.context["fitted"][0]["value"] == 7.5
    for nonsense in ("?day=2031-01-01", "?day=%00", "?day=<script>"):
        assert sun.get(f"/onsite/trust{nonsense}").context["day"] == "2026-11-20"
    english = sun.get("/onsite/trust", headers={"accept-language": "en"})
    assert english.status_code == 200


def test_the_button_queues_one_check_a_minute_and_follows_it(bank, sign_in):
    sun = sign_in("Sun")
    for _ in range(2):
        assert sun.post("/onsite/trust/check").headers["Location"] == "/onsite/trust"
    (job,) = jobs(bank)
    assert job.state == JobRun.State.FAILED and "14" in job.error  # run at once in tests: there is no history
    assert 'class="job"' in sun.get("/onsite/trust").content.decode()
    assert sun.get("/onsite/trust/check").status_code == 405


def test_the_report_goes_to_excel(bank, check, sign_in):
    sun = sign_in("Sun")
    assert sun.get("/onsite/trust/check.xlsx").status_code == 404
    check("failed")
    book = load_workbook(BytesIO(sun.get("/onsite/trust/check.xlsx").content))
    assert [len(list(sheet.rows)) for sheet in book] == [4, 2, 3]
    assert "否" in {cell.value for row in book.worksheets[0].rows for cell in row}


def test_at_night_every_branch_with_enough_days_is_checked_once_a_week(bank, check):
    zone = ZoneInfo(bank.b01.time_zone)
    night = datetime.combine(bank.now.date(), datetime.min.time(), zone).replace(hour=22)
    assert trusting.check_everywhere(night) == 0
    logs(bank, checking.FEWEST - 1)
    assert trusting.check_everywhere(night) == 0
    logs_more = bank.now.date() - timedelta(days=checking.FEWEST)
    with scoped(bank.scope("Sun")):
        DayLog(org_unit=bank.b01, business_date=logs_more, source="live", digest="x", tickets=1, payload=b"",
               written_at=bank.now).save()  # fmt: skip
    assert trusting.check_everywhere(night.replace(hour=12)) == 0
    check(now=night - timedelta(days=8))
    assert trusting.check_everywhere(night) == 1 and len(jobs(bank)) == 1
    assert trusting.check_everywhere(night + timedelta(minutes=15)) == 0
    assert trusting.check_everywhere(night + timedelta(days=6)) == 0
    assert trusting.check_everywhere(night + timedelta(days=8)) == 1


def test_a_branch_whose_check_failed_is_left_alone_until_tomorrow(bank):
    night = datetime.combine(bank.now.date(), datetime.min.time(), ZoneInfo(bank.b01.time_zone)).replace(hour=22)
    logs(bank, checking.FEWEST)  # of days whose tickets cannot be read
    assert trusting.check_everywhere(night) == 1
    (job,) = jobs(bank)
    assert job.state == JobRun.State.FAILED
    assert trusting.check_everywhere(night + timedelta(minutes=15)) == 0
    assert trusting.check_everywhere(night + timedelta(days=1)) == 1


def test_an_old_failure_is_not_told_again_beside_a_newer_check(bank, check, sign_in):
    sun = sign_in("Sun")
    sun.post("/onsite/trust/check")
    assert 'class="job"' in sun.get("/onsite/trust").content.decode()
    check(now=bank.now + timedelta(hours=1))
    assert 'class="job"' not in sun.get("/onsite/trust").content.decode()


def test_too_little_history_is_said_not_guessed(bank):
    with pytest.raises(api.TooLittle) as refused:
        api.twin_check(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)
    assert "14" in str(refused.value.message)
    with scoped(bank.scope("Sun")):
        assert not TwinCheck.objects.exists()


@pytest.mark.parametrize(
    ("status", "level", "words"),
    [("passed", "fine", "可以相信"), ("failed", "act", "中位等候"), ("not_judged", "watch", "未判定")],
)
def test_the_verdict_in_words(status, level, words):
    told = shown_trust.verdict(answer(status))
    assert told["level"] == level and words in told["headline"]
    median, walkout, idle = told["rows"]
    assert (median.logged, median.simulated, median.allowed) == ("4.0 分钟", "4.4 分钟", "20.0 %")
    assert "+10 %" in median.off and "15.0 %" in median.off
    assert walkout.off == "-1.1 个百分点" and idle.simulated == ""
    assert told["rows"][0].passed is {"passed": True, "failed": False}.get(status)


def test_pictures_of_a_day_without_numbers_are_left_out():
    assert shown_trust.charts(answer(cdf=[], half_hours=[]), "2026-11-20") == []
    waits, hours = shown_trust.charts(answer(), "2026-11-20")
    assert waits.series[0].values == [50.0, 50.0] and waits.series[1].high == [None, None]
    assert hours.x == ["09:30"]


def test_windows_not_ready_and_people_who_follow_the_queue_are_shown_with_their_tickets():
    """As a calibration writes them, with the tickets each rests on."""
    values = [
        {"what": "not_ready", "code": "", "value": 0.125, "low": 0.1, "high": 0.15, "origin": "fitted", "tickets": 900},
        {"what": "ready_minutes", "code": "", "value": 0.7, "low": None, "high": None, "origin": "fitted",
         "tickets": 900},
        {"what": "staff_following", "code": "", "value": 1.04, "low": 1.02, "high": 1.06, "origin": "fitted",
         "tickets": 4000},
    ]  # fmt: skip
    ready, until, staff = shown_trust.fitted(TwinCheck(values=values), {}, {})
    assert (ready["value"], ready["high"], ready["tickets"]) == (12.5, 15.0, 900)
    assert "%%" not in ready["name"]
    assert (until["value"], until["low"], until["tickets"]) == (0.7, None, 900)
    assert (staff["value"], staff["tickets"]) == (1.04, 4000)
