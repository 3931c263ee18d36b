"""The page on the phone: two weeks of shifts, requests, wishes, the ledger and the calendar address."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from counterpoint.foundation.api import Invalid, User, scoped
from counterpoint.foundation.models import JournalText
from counterpoint.team import api, workbench
from counterpoint.team.models import LeaveRequest, Preference, SwapRequest
from counterpoint.team.tests.stories import (
    TUESDAY,
    WEEK,
    answer_swap,
    ask_leave,
    ask_swap,
    by,
    decide_leave,
    edit,
    journal,
    key,
    profile,
    publish,
)

URL = reverse("team:my")


def read(client):
    return client.get(URL).content.decode()


def words(answer):
    return [str(message) for message in answer.context["messages"]]


def send(client, name, row=None, **form):
    args = [row.pk] if row is not None else []
    return client.post(reverse(f"team:{name}", args=args), form, follow=True)


def rows(team, model):
    with scoped(team.scope("Sun")):
        return list(model.objects.order_by("pk"))


@pytest.fixture
def lunch(team, draft):
    """A published Monday on which Mei changes her post and has lunch, and everybody else is as drafted."""
    cell = api.Cell(
        key(team, "Mei"), 0, start=540, end=1080, lunch=(690, 720),
        tasks=((540, 690, "cash"), (720, 840, "cash"), (840, 1080, "lobby")),
    )  # fmt: skip
    row = edit(team, draft, cell).roster
    reasons = {v["key"]: "a test" for v in hard_rules(team, row)}
    return publish(team, row, waivers=reasons)


def hard_rules(team, row):
    with scoped(team.scope("Sun")):
        _found, judged = workbench.judgement(workbench.problem_of(row, fresh=True), workbench.schedule_of(row))
    return [v for v in judged["violations"] if v["hard"]]


def test_a_person_without_a_profile_is_told_what_to_do_and_offered_no_form(bank, sign_in):
    page = read(sign_in("Mei"))
    assert "你在本网点还没有员工档案。" in page and "请运营主管为你设置合同与技能。" in page
    assert reverse("team:leave") not in page and reverse("team:wishes") not in page


def test_before_anything_is_published_every_day_is_off(team, draft, sign_in):
    page = read(sign_in("Mei"))
    assert page.count('<span class="soft">休</span>') == 14
    assert "你没有即将到来的已发布班次。" in page and "还没有发布内容。" in page


def test_a_day_says_hours_posts_and_lunch(team, lunch, sign_in):
    page = read(sign_in("Mei"))
    assert "09:00–18:00" in page
    assert "现金 · 14:00 起大堂 · 午餐 11:30–12:00" in page


def test_today_and_past_days_are_marked(team, out, sign_in, clock):
    clock.at = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    days = sign_in("Mei").get(URL).context["weeks"][0]
    assert [(d["today"], d["past"]) for d in days] == [(False, True), (True, False)] + [(False, False)] * 5


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 11, 29, 15, 59, tzinfo=UTC), date(2026, 11, 23)),  # still Sunday in Shanghai
        (datetime(2026, 11, 29, 16, 0, tzinfo=UTC), date(2026, 11, 30)),  # Monday has begun there
        (datetime(2027, 1, 1, 2, 0, tzinfo=UTC), date(2026, 12, 28)),  # a week over the turn of the year
    ],
)
def test_the_week_turns_at_the_branchs_midnight(team, sign_in, clock, now, first):
    clock.at = now
    weeks = sign_in("Mei").get(URL).context["weeks"]
    assert [week[0]["date"] for week in weeks] == [first, first + timedelta(days=7)]


def test_only_shifts_to_come_are_offered_for_a_swap(team, out, sign_in, clock):
    clock.at = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    context = sign_in("Mei").get(URL).context
    assert [s.date for s in context["coming"]] == [TUESDAY]
    assert [c.name for c in context["colleagues"]] == ["Ada", "Omar", "Sun"]


def test_everybody_sees_the_ledger_and_finds_their_own_line(team, out, sign_in):
    answer = sign_in("Mei").get(URL)
    assert [(r.name, r.shifts, r.hours) for r in answer.context["ledger"]] == [("Mei", 2, 6.0), ("Omar", 2, 6.0)]
    assert "<tr data-mine><td>Mei</td>" in answer.content.decode()


@pytest.mark.parametrize(("weeks_ahead", "shifts"), [(0, 2), (8, 2), (9, 0)])
def test_the_ledger_looks_back_eight_weeks(team, out, sign_in, clock, weeks_ahead, shifts):
    clock.at = datetime(2026, 11, 30, 2, tzinfo=UTC) + timedelta(weeks=weeks_ahead)
    ledger = sign_in("Mei").get(URL).context["ledger"]
    assert [r.shifts for r in ledger if r.name == "Mei"] == ([shifts] if shifts else [])


def test_leave_of_one_day_needs_no_last_day(team, sign_in):
    answer = send(sign_in("Mei"), "leave", kind="annual", since="2026-12-01")
    assert words(answer) == ["已提交。主管审批后会通知你。"]
    assert [(r.since, r.until) for r in rows(team, LeaveRequest)] == [(TUESDAY, TUESDAY)]
    page = answer.content.decode()
    assert "12-01 年假 · 待审批" in page and "撤回" in page


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"kind": "holiday", "since": "2026-12-01"}, "没有这种假别。"),
        ({"kind": "annual", "since": "2026-12-02", "until": "2026-12-01"}, "请假结束早于开始，请检查日期时间。"),
        ({"kind": "annual", "since": "2199-12-31"}, "请假须在过去一年至未来两年之内，请检查日期。"),
    ],
)
def test_a_refused_leave_says_why_on_the_page(team, sign_in, form, message):
    answer = send(sign_in("Mei"), "leave", **form)
    assert words(answer) == [message] and rows(team, LeaveRequest) == []


@pytest.mark.parametrize(
    "since",
    ["", "tomorrow", "2026-13-01", "2026-02-29", "２０２６-12-01x", "9999-12-31", "0001-01-01", "2026-12-01\u200b"],
)
def test_a_first_day_that_is_no_date_is_not_found(team, sign_in, since):
    assert send(sign_in("Mei"), "leave", kind="annual", since=since).status_code == 404
    assert rows(team, LeaveRequest) == []


def test_a_leap_day_is_a_day(team, sign_in, clock):
    clock.at = team.now = datetime(2028, 2, 1, 2, tzinfo=UTC)
    send(sign_in("Mei"), "leave", kind="annual", since="2028-02-29")
    assert [r.since for r in rows(team, LeaveRequest)] == [date(2028, 2, 29)]


def test_a_very_long_reason_is_cut_and_never_shown_to_colleagues(team, sign_in):
    send(sign_in("Mei"), "leave", kind="sick", since="2026-12-01", reason="病" * 5000)
    with scoped(team.scope("Sun")):
        texts = [row.text["reason"] for row in JournalText.objects.filter(entry__kind="team.leave_requested")]
    assert texts == ["病" * 500] and "病病" not in read(sign_in("Omar"))


def test_own_leave_is_withdrawn_from_the_page_and_nobody_elses(team, sign_in):
    leave = ask_leave(team, "Mei")
    assert sign_in("Omar").post(reverse("team:leave-withdraw", args=[leave.pk])).status_code == 404
    answer = send(sign_in("Mei"), "leave-withdraw", leave)
    assert words(answer) == ["已撤回。"] and answer.context["leaves"] == []
    decided = decide_leave(team, ask_leave(team, "Mei"))
    assert words(send(sign_in("Mei"), "leave-withdraw", decided)) == ["该申请已审批，请联系主管。"]


def test_only_the_last_ten_requests_are_listed(team, sign_in):
    for n in range(12):
        ask_leave(team, since=WEEK + timedelta(days=n))
    listed = sign_in("Mei").get(URL).context["leaves"]
    assert [row.since for row, _kind, _state in listed] == [WEEK + timedelta(days=n) for n in range(2, 12)]


def test_a_swap_is_asked_and_answered_on_two_phones(team, out, sign_in):
    mei, ada = sign_in("Mei"), sign_in("Ada")
    asked = send(mei, "swap", day="2026-11-30", taker=str(profile(team, "Ada").pk))
    assert words(asked) == ["已询问同事。"] and "11-30 → Ada · 已询问" in asked.content.decode()
    assert "Mei 请你接 2026-11-30 的班" in read(ada) and "请你接" not in read(sign_in("Omar"))
    swap = rows(team, SwapRequest)[0]
    answered = send(ada, "swap-answer", swap, answer="agree")
    assert words(answered) == ["已答复。"] and "请你接" not in answered.content.decode()
    assert "11-30 → Ada · 双方同意" in read(mei)
    assert words(send(mei, "swap-answer", swap, answer="withdraw")) == ["已撤回。"]
    assert [row.state for row in rows(team, SwapRequest)] == ["withdrawn"]


def test_a_swap_with_a_day_back_names_it(team, draft, sign_in):
    row = edit(team, draft, api.Cell(key(team, "Mei"), 1, off=True)).roster
    row = edit(team, row, api.Cell(key(team, "Ada"), 1, start=540, end=720, tasks=((540, 720, "cash"),))).roster
    publish(team, row)
    send(sign_in("Mei"), "swap", day="2026-11-30", back="2026-12-01", taker=str(profile(team, "Ada").pk))
    assert "Mei 请你接 2026-11-30 的班，并接下你 2026-12-01 的班" in " ".join(read(sign_in("Ada")).split())


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"day": "2026-12-02"}, "你当天没有已发布的班，或同事当天已有班。"),
        ({"day": "2026-11-20"}, "只能换同一周内尚未到来的班。"),
        ({"day": "2026-11-30", "back": "2026-12-07"}, "只能换同一周内尚未到来的班。"),
    ],
)
def test_a_refused_swap_says_why_on_the_page(team, out, sign_in, form, message):
    answer = send(sign_in("Mei"), "swap", taker=str(profile(team, "Ada").pk), **form)
    assert words(answer) == [message] and rows(team, SwapRequest) == []


@pytest.mark.parametrize(
    "form",
    [
        {"day": "2026-11-30", "taker": ""},
        {"day": "2026-11-30", "taker": "Ada"},
        {"day": "2026-11-30", "taker": str(uuid4())},
        {"taker": "own"},
        {"day": "30.11.2026", "taker": "own"},
        {"day": "2026-11-30", "back": "soon", "taker": "own"},
    ],
)
def test_a_swap_with_a_broken_form_is_not_found(team, out, sign_in, form):
    if form.get("taker") == "own":
        form = form | {"taker": str(profile(team, "Ada").pk)}
    assert send(sign_in("Mei"), "swap", **form).status_code == 404 and rows(team, SwapRequest) == []


@pytest.mark.parametrize("word", ["", "yes", "AGREE", "同意", "agree "])
def test_an_answer_that_is_no_answer_declines_nothing(team, out, sign_in, word):
    swap = ask_swap(team)
    assert send(sign_in("Ada"), "swap-answer", swap, answer=word).status_code == 404
    assert [row.state for row in rows(team, SwapRequest)] == ["asked"]


def test_a_neighbours_swap_is_not_found(team, out, sign_in):
    swap = ask_swap(team)
    for name, answer in (
        ("Omar", "agree"),
        ("Omar", "withdraw"),
        ("Ada", "withdraw"),
        ("Mei", "agree"),
        ("Bo", "agree"),
    ):
        assert send(sign_in(name), "swap-answer", swap, answer=answer).status_code == 404, (name, answer)
    answer_swap(team, swap)
    assert [row.state for row in rows(team, SwapRequest)] == ["agreed"]


def test_wishes_are_replaced_whole_and_unknown_ones_left_out(team, sign_in):
    mei = sign_in("Mei")
    form = {"wish-0": "off", "wish-1": "early", "wish-2": "late", "wish-3": "work", "wish-4": "party", "wish-7": "off"}
    assert words(send(mei, "wishes", **form)) == ["已保存，下次排班会考虑你的意愿。"]
    kept = [(w.weekday, w.kind, w.minute, w.weight) for w in rows(team, Preference)]
    assert sorted(kept) == [(0, "off", 0, 2), (1, "early", 1020, 2), (2, "late", 570, 2), (3, "work", 0, 2)]
    send(mei, "wishes", **{"wish-5": "off"})
    assert [(w.weekday, w.kind) for w in rows(team, Preference)] == [(5, "off")]
    assert [data["count"] for _kind, data in journal(team, "team.preference_set")] == [4, 1]


def test_a_calendar_address_is_got_changed_and_stopped(team, out, sign_in, client):
    mei = sign_in("Mei")
    assert "生成地址" in read(mei)
    first = send(mei, "feed-address")
    assert words(first) == ["请把地址复制到手机日历中订阅。"]
    address = first.context["feed"]
    assert address.startswith("http://testserver/team/feed/") and client.get(address).status_code == 200
    assert address not in read(sign_in("Omar"))
    send(mei, "feed-address")
    assert client.get(address).status_code == 404
    assert words(send(mei, "feed-address", revoke="1")) == ["原地址已失效。"]
    assert User.objects.get(pk=team.people["Mei"].pk).feed_token == "" and "生成地址" in read(mei)


@pytest.mark.parametrize("name", ["leave", "swap", "wishes", "feed-address"])
def test_forms_are_sent_not_opened_and_only_by_people_of_the_branch(team, sign_in, name, client):
    url = reverse(f"team:{name}")
    assert sign_in("Mei").get(url).status_code == 405
    for reader in ("Rita", "Hana", "Otto", "Sysadmin"):
        assert sign_in(reader).post(url, {"kind": "annual", "since": "2026-12-01"}).status_code == 404, reader
    assert client.post(url).status_code == 302  # to the sign-in page


@pytest.mark.parametrize(
    ("name", "page"), [("Sun", "team:plan"), ("Ada", "team:plan"), ("Mei", "team:my"), ("Omar", "team:my")]
)
def test_the_front_page_leads_planners_to_the_plan_and_others_to_their_shifts(team, sign_in, name, page):
    assert sign_in(name).get(reverse("team:home")).headers["Location"] == reverse(page)


def test_the_page_speaks_english_when_asked(team, out, sign_in):
    client = sign_in("Mei")
    client.cookies["counterpoint-language"] = "en"
    page = read(client)
    assert "This week" in page and "Cash" in page and "Ask for leave" in page


def test_wishes_given_twice_for_a_weekday_are_refused_before_anything_changes(team):
    mei = by(team, "Mei") | {"branch": team.b01}
    api.preferences_set(**mei, wishes=[(0, "off", 0, 2)])
    wrong = [
        [(7, "off", 0, 2)], [(-1, "off", 0, 2)], [(0, "", 0, 2)], [(0, "off", 0, 0)], [(0, "off", 0, 6)],
        [(0, "early", 1441, 2)], [(0, "early", -1, 2)], [(1, "off", 0, 2), (1, "off", 0, 3)],
    ]  # fmt: skip
    for wishes in wrong:
        with pytest.raises(Invalid, match="意愿"):
            api.preferences_set(**mei, wishes=wishes)
    assert [(w.weekday, w.kind) for w in rows(team, Preference)] == [(0, "off")]
    for edge in [(6, "avoid", 1440, 5), (0, "work", 0, 1)]:
        assert api.preferences_set(**mei, wishes=[edge]) == 1
