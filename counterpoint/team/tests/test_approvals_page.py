"""The page of what waits for a decision: what each request would do, what the buttons do, and who sees it."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from counterpoint.team import api
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
    on_post,
    publish,
    revise,
)

URL = reverse("team:approvals")


def read(client, **more):
    return client.get(URL, **more).content.decode()


def sent(client, name, row, **form):
    """The page after the button was pressed."""
    return client.post(reverse(f"team:{name}", args=[row.pk]), form, follow=True)


def words(answer):
    """The messages on top of the page."""
    return [str(message) for message in answer.context["messages"]]


def test_an_empty_page_says_that_nothing_waits(team, sign_in):
    assert "没有待审批事项" in read(sign_in("Sun"))
    english = sign_in("Ada")
    english.cookies["counterpoint-language"] = "en"
    assert "Nothing waits for a decision." in read(english)


def test_leave_shows_person_kind_days_and_the_shifts_it_would_hit(team, out, sign_in):
    ask_leave(team, "Mei", since=WEEK, until=TUESDAY, kind="sick")
    page = read(sign_in("Sun"))
    assert "<h2>Mei · 病假</h2>" in page and "2026-11-30 – 2026-12-01" in page
    assert "这些日期已有 2 个已发布的班次。" in page and "批准后请制作新版排班。" in page


def test_leave_of_somebody_who_is_off_says_that_no_shift_is_hit(team, out, sign_in):
    ask_leave(team, "Ada", since=WEEK, until=TUESDAY)
    assert "这些日期没有已发布的班次。" in read(sign_in("Sun"))


def test_the_reason_is_not_on_the_page_of_everybodys_requests(team, sign_in):
    ask_leave(team, "Mei", reason="发烧")
    assert "发烧" not in read(sign_in("Ada"))


def test_decided_and_withdrawn_requests_leave_the_page(team, sign_in):
    decide_leave(team, ask_leave(team, "Mei"))
    api.leave_withdraw(**by(team, "Omar"), leave_id=ask_leave(team, "Omar").pk)
    assert "没有待审批事项" in read(sign_in("Sun"))


@pytest.mark.parametrize(("agreed", "approvable"), [(False, False), (True, True)])
def test_a_swap_can_be_approved_only_when_the_colleague_agreed(team, out, sign_in, agreed, approvable):
    swap = ask_swap(team)
    if agreed:
        answer_swap(team, swap)
    page = read(sign_in("Sun"))
    assert "Mei → Ada · 2026-11-30" in page and "规则与岗位覆盖均不受影响" in page
    assert ('value="approve"' in page) is approvable and 'value="refuse"' in page


def test_what_a_swap_breaks_is_said_in_the_readers_language_with_its_source(team, out, sign_in):
    ask_swap(team)
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Ada"], skills=[api.SkillInput("lobby", 1)],
        min_day_minutes=240,
    )  # fmt: skip
    page = read(sign_in("Sun"))
    assert "2026-11-30 09:00 现金 缺 1 人" in page
    assert "Ada 当日工时比合同少 60 分钟" in page
    assert "Ada 在 09:00 的岗位上没有有效证书" in page and "技能矩阵" in page
    assert "contract asks for" not in page and "holds no valid" not in page


def test_at_most_four_holes_of_a_swap_are_listed(team, out, sign_in):
    ask_swap(team)
    api.staff_profile_set(**by(team, "Sun"), branch=team.b01, user=team.people["Ada"], skills=[], min_day_minutes=60)
    assert read(sign_in("Sun")).count("现金 缺 1 人") == 4


def test_a_swap_whose_shift_has_gone_says_so(team, out, sign_in):
    ask_swap(team)
    publish(team, edit(team, revise(team, out), api.Cell(key(team, "Mei"), 0, off=True)).roster)
    assert "排班已变动，这个班不能再换" in read(sign_in("Sun"))


@pytest.mark.parametrize(("decision", "state"), [("approve", "approved"), ("refuse", "refused")])
def test_leave_is_decided_by_a_button_and_the_page_says_so(team, sign_in, decision, state):
    leave = ask_leave(team)
    answer = sent(sign_in("Sun"), "leave-decide", leave, decision=decision)
    assert words(answer) == ["已审批，当事人会收到通知。"] and answer.redirect_chain == [(URL, 302)]
    assert [data["state"] for _kind, data in journal(team, "team.leave_decided")] == [state]


@pytest.mark.parametrize(("decision", "worker"), [("approve", "Ada"), ("refuse", "Mei")])
def test_a_swap_is_decided_by_a_button(team, out, sign_in, decision, worker):
    swap = ask_swap(team)
    answer_swap(team, swap)
    answer = sent(sign_in("Sun"), "swap-decide", swap, decision=decision)
    assert words(answer) == ["已审批，双方会收到通知。"] and worker in on_post(team)


@pytest.mark.parametrize("decision", ["", "APPROVE", "yes", "批准", "refuse ", None])
@pytest.mark.parametrize("name", ["leave-decide", "swap-decide"])
def test_a_word_that_is_no_decision_decides_nothing(team, out, sign_in, name, decision):
    row = ask_leave(team) if name == "leave-decide" else ask_swap(team)
    form = {} if decision is None else {"decision": decision}
    assert sign_in("Sun").post(reverse(f"team:{name}", args=[row.pk]), form).status_code == 404
    assert journal(team, "team.leave_decided") + journal(team, "team.swap_decided") == []


def test_a_refusal_of_the_verb_is_a_message_on_the_page(team, out, sign_in):
    swap = ask_swap(team)
    answer = sent(sign_in("Sun"), "swap-decide", swap, decision="approve")
    assert words(answer) == ["双方同意后主管才能审批。"]
    own = sent(sign_in("Sun"), "leave-decide", ask_leave(team, "Sun"), decision="approve")
    assert words(own) == ["本人的请假由他人审批，请找网点负责人或代理人。"]


@pytest.mark.parametrize("name", ["leave-decide", "swap-decide"])
def test_a_request_that_does_not_exist_is_not_found(team, sign_in, name):
    url = reverse(f"team:{name}", args=[uuid4()])
    assert sign_in("Sun").post(url, {"decision": "approve"}).status_code == 404
    assert sign_in("Sun").get(url).status_code == 405


@pytest.mark.parametrize("reader", ["Mei", "Omar", "Rita", "Hana", "Otto", "Sysadmin", "Bo", "Stranger"])
def test_nobody_else_decides_by_sending_the_form(team, out, sign_in, reader):
    leave, swap = ask_leave(team), ask_swap(team)
    client = sign_in(reader)
    for name, row in (("leave-decide", leave), ("swap-decide", swap)):
        answer = client.post(reverse(f"team:{name}", args=[row.pk]), {"decision": "refuse"})
        assert answer.status_code == 404
    assert journal(team, "team.leave_decided") + journal(team, "team.swap_decided") == []


def test_a_neighbouring_branch_sees_only_its_own_requests(team, out, sign_in):
    ask_leave(team)
    ask_swap(team)
    page = strip_tags(read(sign_in("Bo")))  # a token in an attribute may spell any short name
    assert "没有待审批事项" in page and "Mei" not in page
