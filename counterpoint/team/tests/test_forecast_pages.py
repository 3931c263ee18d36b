"""Forecast, need and plan on the screen: each state of each step, charts against sums by hand, the workbook."""

import io
import sys
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pandas as pd
import pytest
from django.urls import reverse
from openpyxl import load_workbook

from counterpoint.foundation.api import JobRun, scoped
from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source, sources
from counterpoint.team import api
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import TUESDAY, WEEK, by, in_days, journal, publish

FORECAST, NEED, PLAN = reverse("team:forecast"), reverse("team:need"), reverse("team:plan")


def words(answer):
    return [str(message) for message in answer.context["messages"]]


def jobs(team):
    with scoped(team.scope("Sun")):
        return list(JobRun.objects.order_by("requested_at", "pk"))


def steps_of(client, week=WEEK):
    return {s.key: s for s in client.get(PLAN, {"week": week.isoformat()}).context["steps"]}


@pytest.fixture
def offered(monkeypatch):
    """`offered(key, columns, rows)` makes rows of another room available under a key."""
    registry = sys.modules["counterpoint.primitives.metrics.sources"]
    monkeypatch.setattr(registry, "_sources", {s.key: s for s in sources() if not s.key.startswith("onsite.")})

    def offer(key, columns, rows):
        frame = pd.DataFrame(rows, columns=list(columns))

        def read(_scope, _branch, since, until):
            return frame[(frame["date"] >= since) & (frame["date"] < until)]

        metrics.register(Source(key, columns, "rows", read))

    return offer


ARRIVALS = ("date", "service", "minute", "arrivals")


@pytest.mark.parametrize("url", [FORECAST, NEED])
def test_without_a_forecast_the_page_says_how_to_get_one(team, sign_in, url):
    page = sign_in("Sun").get(url).content.decode()
    assert "没有覆盖该日的预测。" in page and PLAN in page


@pytest.mark.parametrize("url", [FORECAST, NEED, reverse("team:forecast-excel")])
@pytest.mark.parametrize("day", ["soon", "2026-02-30", "9999-12-31", "0001-01-01", "2026-11-30 ", "２０２６-11-30"])
def test_a_day_that_is_no_date_is_not_found(team, sign_in, url, day):
    expected.store(team)
    assert sign_in("Sun").get(url, {"day": day}).status_code == 404


@pytest.mark.parametrize(("number", "found"), [(-1, False), (0, True), (6, True), (7, False)])
def test_a_forecast_is_shown_for_the_days_it_covers(team, sign_in, number, found):
    expected.store(team)
    for url in (FORECAST, NEED):
        assert (sign_in("Sun").get(url, {"day": in_days(number)}).context["found"] is not None) is found


def test_a_day_is_told_by_its_sum_its_range_and_its_peak(team, sign_in):
    expected.store(team)
    chart = sign_in("Sun").get(FORECAST, {"day": TUESDAY}).context["chart"]
    assert chart.title == "12-01 周二：预计 32 位客户（16 至 48），09:30 最忙"
    assert list(chart.x) == ["09:00", "09:30", "10:00"]
    (series,) = chart.series
    assert (list(series.values), list(series.low), list(series.high)) == (
        [10.0, 16.0, 6.0], [5.0, 8.0, 3.0], [15.0, 24.0, 9.0],
    )  # fmt: skip


def test_a_closed_day_has_no_peak_and_no_crash(team, sign_in):
    expected.store(team)
    sun = sign_in("Sun")
    assert (
        sun.get(FORECAST, {"day": in_days(5)}).context["chart"].title == "12-05 周六：预计 0 位客户（0 至 0），– 最忙"
    )
    need = sun.get(NEED, {"day": in_days(5)})
    assert need.context["chart"].title == "同时在岗最多需要 0 人，在 –" and need.context["table"].rows == []


def test_services_are_ranked_by_what_they_bring(team, sign_in):
    expected.store(team)
    chart = sign_in("Sun").get(FORECAST, {"day": WEEK}).context["services"]
    assert chart.title == "现金存款 的客户最多" and list(chart.x) == ["现金存款", "转账"]
    assert list(chart.series[0].values) == [12.0, 4.0]


def test_what_came_stands_beside_the_forecast_once_the_day_has_begun(team, sign_in, offered, clock):
    offered(
        "onsite.arrivals",
        ARRIVALS,
        [(WEEK, "a", 540, 3), (WEEK, "b", 540, 1), (WEEK, "a", 600, 7), (TUESDAY, "a", 540, 9)],
    )
    expected.store(team)
    sun = sign_in("Sun")
    assert len(sun.get(FORECAST, {"day": WEEK}).context["chart"].series) == 1  # it is still the week before
    clock.at = datetime(2026, 11, 29, 16, 0, tzinfo=UTC)
    came = sun.get(FORECAST, {"day": WEEK}).context["chart"].series[1]
    assert (came.name, list(came.values)) == ("实到", [4, 0, 7])
    assert len(sun.get(FORECAST, {"day": TUESDAY}).context["chart"].series) == 1


def test_how_it_was_made_and_what_it_assumes_is_on_the_page(team, sign_in):
    notes = [
        {"code": "shared_skill", "text": "…", "values": {"service": "转账", "with": "现金"}},
        {"code": "patience", "text": "…", "values": {"mean": 30.04, "events": 3}},
        {"code": "unheard_of", "text": "A note in plain words.", "values": {}},
        {"code": "patience", "text": "Values are missing.", "values": {}},
    ]
    expected.store(team, notes=notes, scores={"wape": 0.234, "coverage": 0.81})
    page = sign_in("Sun").get(FORECAST, {"day": WEEK}).content.decode()
    for told in (
        "转账 由 现金 的员工兼办。",
        "客户平均耐心 30.0 分钟（弃号 3 次；次数少时为缺省值）。",
        "A note in plain words.",
        "Values are missing.",
        "依据 2026-10-01 至 2026-11-20 共 24 天",
        "0123456789ab",
        "2026-11-23 10:30 生成",
    ):
        assert told in page, told
    context = sign_in("Sun").get(FORECAST, {"day": WEEK}).context
    assert (context["error"], context["inside"]) == (23, 81)


def test_a_forecast_without_any_test_says_so(team, sign_in, offered):
    expected.store(team)
    page = sign_in("Sun").get(FORECAST, {"day": WEEK}).content.decode()
    assert "历史太短，无法回测" in page and "已存预测的误差" not in page


@pytest.mark.parametrize(
    ("chosen", "around"),
    [
        (0, [0, 1, 2, 3, 7, 8, 9]),
        (3, [0, 1, 2, 3, 7, 8, 9]),  # the fourth open day is the first with all three before it
        (7, [1, 2, 3, 7, 8, 9, 10]),
        (4, [1, 2, 3, 7, 8, 9, 10]),  # closed: the next open day counts
        (10, [7, 8, 9, 10]),
        (13, [7, 8, 9, 10]),  # closed, and nothing open comes after: the last open day counts
    ],
)
def test_up_to_seven_open_days_around_the_chosen_one_are_offered(team, sign_in, chosen, around):
    body = expected.payload(14)
    for n, day in enumerate(body["days"]):
        day["open"] = [[540, 660]] if n in (0, 1, 2, 3, 7, 8, 9, 10) else []
    api.forecast_store(
        **by(team, "Sun"), branch=team.b01, since=WEEK, until=in_days(14), seed=2, inputs_hash="y", payload=body
    )
    for url in (FORECAST, NEED):
        tabs = sign_in("Sun").get(url, {"day": in_days(chosen)}).context["tabs"]
        assert [key for key, _label, _url in tabs] == [in_days(n).isoformat() for n in around]
        assert all(address == f"{url}?day={key}" for key, _label, address in tabs)


def test_the_need_of_a_day_is_one_row_a_post_and_half_hour_with_its_reason(team, sign_in):
    expected.store(team)
    context = sign_in("Sun").get(NEED, {"day": WEEK}).context
    assert context["chart"].title == "同时在岗最多需要 4 人，在 09:30"
    assert list(context["chart"].rows) == ["现金", "非现金"]
    assert [list(row) for row in context["chart"].cells] == [[2, 3, 1], [1, 1, 1]]
    assert [tuple(row) for row in context["table"].rows] == [
        ("09:00", "现金", 2, 3, "再少就办不完"), ("09:00", "非现金", 1, 1, "营业期间最低岗位"),
        ("09:30", "现金", 3, 4, "再少就达不到承诺"), ("09:30", "非现金", 1, 2, "营业期间最低岗位"),
        ("10:00", "现金", 1, 2, "营业期间最低岗位"), ("10:00", "非现金", 1, 1, "营业期间最低岗位"),
    ]  # fmt: skip
    assert context["share"] == 90


def test_the_workbook_holds_every_open_half_hour_of_every_service_and_their_sum(team, sign_in):
    expected.store(team)
    answer = sign_in("Sun").get(reverse("team:forecast-excel"), {"day": TUESDAY})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="forecast-2026-11-30.xlsx"'
    lines = [[c.value for c in row] for row in load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows()]
    head = next(n for n, line in enumerate(lines) if line[0] == "日期")
    assert lines[head] == ["日期", "时间", "业务", "均值", "P10", "P50", "P90"]
    rows = lines[head + 1 :]
    assert len(rows) == 3 * 3 * 3
    assert rows[:3] == [
        ["2026-11-30", "09:00", "现金存款", 4, 2, 4, 6], ["2026-11-30", "09:00", "转账", 1, 0.5, 1, 1.5],
        ["2026-11-30", "09:00", "全部业务", 5, 2.5, 5, 7.5],
    ]  # fmt: skip
    assert sum(row[3] for row in rows if row[2] == "全部业务") == 16 * 6
    above = " ".join(str(value) for line in lines[:head] for value in line if value)
    assert "人民路支行" in above and "种子 1" in above and "0123456789ab" in above


def test_there_is_no_workbook_without_a_forecast(team, sign_in):
    assert sign_in("Sun").get(reverse("team:forecast-excel")).status_code == 404


@pytest.mark.parametrize(
    ("reader", "status"), [("Rita", 200), ("Otto", 200), ("Mei", 404), ("Omar", 404), ("Sysadmin", 404)]
)
def test_forecasts_are_read_by_leaders_and_those_above(team, sign_in, reader, status):
    expected.store(team)
    for url in (FORECAST, NEED, PLAN, reverse("team:forecast-excel") + f"?day={WEEK}"):
        assert sign_in(reader).get(url).status_code == status


def test_a_neighbour_sees_no_forecast_of_this_branch(team, sign_in):
    expected.store(team)
    assert sign_in("Bo").get(FORECAST, {"day": WEEK}).context["found"] is None


def test_an_empty_branch_is_led_from_step_to_step(bank, sign_in, offered):
    steps = steps_of(sign_in("Sun"))
    assert [(s.key, s.level) for s in steps.values()] == [
        ("history", "act"), ("forecast", "act"), ("need", "calm"), ("roster", "act"), ("published", "watch"),
    ]  # fmt: skip
    assert steps["history"].text == "还没有号票。" and steps["roster"].url == reverse("team:staff")
    assert all(s.todo for key, s in steps.items() if key != "need")


@pytest.mark.parametrize(("days", "level"), [(0, "act"), (1, "watch"), (13, "watch"), (14, "fine"), (90, "fine")])
def test_two_weeks_of_tickets_make_a_history(team, sign_in, offered, days, level):
    rows = [(date(2026, 11, 22) - timedelta(days=n), 40) for n in range(days)]
    offered("onsite.days", ("date", "tickets"), rows)
    step = steps_of(sign_in("Sun"))["history"]
    assert step.level == level
    if days:
        assert step.text == f"{days} 天共 {40 * days} 张号票"


def test_each_step_turns_fine_when_it_is_done(team, draft, sign_in):
    expected.store(team, scores={"wape": 0.2, "coverage": 0.8})
    steps = steps_of(sign_in("Sun"))
    assert steps["forecast"].text == "11-23 生成 · 过去几周：误差 20 %，80 % 落在区间内"
    assert steps["need"].text == "7 天共需 14 岗位人时"  # (2+3+1 + 1+1+1) half hours on three days
    assert (steps["roster"].text, steps["published"].level) == ("第 1 版为草案", "watch")
    publish(team, draft)
    steps = steps_of(sign_in("Sun"))
    assert steps["roster"].text == "第 1 版" and steps["published"].text == "第 1 版，自 11-23"
    assert {s.level for key, s in steps.items() if key != "history"} == {"fine"}


def test_people_without_a_draft_and_a_draft_without_a_roster_ask_for_action(team, draft, sign_in):
    assert steps_of(sign_in("Sun"), in_days(7))["roster"].text == "还没有草案。"
    api.roster_store(**by(team, "Sun"), branch=team.b01, week=WEEK, problem=draft.problem, solution={"status": "x"})
    step = steps_of(sign_in("Sun"))["roster"]
    assert (step.level, step.text) == ("act", "没有排班能满足全部硬性规则。")


@pytest.mark.parametrize(("reader", "buttons"), [("Sun", True), ("Rita", False)])
def test_only_planners_have_the_buttons_of_the_machine(team, sign_in, reader, buttons):
    page = sign_in(reader).get(PLAN).content.decode()
    assert (reverse("team:make-forecast") in page) is buttons and (reverse("team:make-draft") in page) is buttons


def test_the_plan_opens_on_next_week(team, sign_in, clock):
    clock.at = datetime(2026, 11, 29, 15, 59, tzinfo=UTC)
    assert sign_in("Sun").get(PLAN).context["week"] == WEEK
    clock.at = datetime(2026, 11, 29, 16, 0, tzinfo=UTC)
    assert sign_in("Sun").get(PLAN).context["week"] == in_days(7)


@pytest.mark.parametrize(
    ("week", "since", "days"),
    [
        ("2026-11-30", "2026-11-24", 14),  # next week: from tomorrow on, two weeks
        ("2026-11-23", "2026-11-23", 14),  # this week: from its Monday
        ("2026-11-09", "2026-11-09", 14),  # a past week
        ("2026-12-14", "2026-11-24", 28),
        ("2026-12-21", "2026-11-24", 35),
    ],
)
def test_the_button_asks_for_a_forecast_that_covers_the_week(team, sign_in, offered, week, since, days):
    answer = sign_in("Sun").post(reverse("team:make-forecast"), {"week": week}, follow=True)
    assert answer.redirect_chain[0][0] == f"{PLAN}?week={week}"
    (job,) = jobs(team)
    assert (job.payload["since"], job.payload["days"], job.payload["branch"]) == (since, days, "b01")
    until = date.fromisoformat(since) + timedelta(days=days)
    assert (
        date.fromisoformat(since) <= date.fromisoformat(week) and date.fromisoformat(week) + timedelta(days=7) <= until
    )


def test_a_week_too_far_ahead_is_refused_with_words(team, sign_in, offered):
    answer = sign_in("Sun").post(reverse("team:make-forecast"), {"week": "2026-12-28"}, follow=True)
    assert words(answer) == ["预测可覆盖 1 至 35 天。"] and jobs(team) == []


@pytest.mark.parametrize("name", ["make-forecast", "make-draft"])
def test_a_job_that_fails_says_why_and_is_followed_on_the_page(team, sign_in, offered, name):
    sun = sign_in("Sun")
    answer = sun.post(reverse(f"team:{name}"), {"week": "2026-11-30"}, follow=True)
    assert words(answer) == ["还没有取号历史。请导入号票文件，或等待现场取号。"]
    (job,) = jobs(team)
    assert job.state == "failed" and [url for url, _text in answer.context["jobs"]] == [
        reverse("foundation:job", args=[job.pk])
    ]
    assert journal(team, "team.forecast") == []
    again = sun.post(reverse(f"team:{name}"), {"week": "2026-11-30"}, follow=True)
    assert len(jobs(team)) == 1 and again.status_code == 200  # the same minute asks for the same work


@pytest.mark.parametrize("name", ["make-forecast", "make-draft"])
@pytest.mark.parametrize("reader", ["Mei", "Omar", "Rita", "Otto", "Sysadmin"])
def test_only_leaders_put_the_machine_to_work(team, sign_in, name, reader):
    assert sign_in(reader).post(reverse(f"team:{name}"), {"week": "2026-11-30"}).status_code == 404
    assert sign_in("Sun").get(reverse(f"team:{name}")).status_code == 405 and jobs(team) == []


def test_jobs_that_no_longer_exist_do_not_break_the_page(team, sign_in):
    sun = sign_in("Sun")
    session = sun.session
    session["team-jobs"] = ["nonsense", str(uuid4())]
    session.save()
    assert sun.get(PLAN).context["jobs"] == []
