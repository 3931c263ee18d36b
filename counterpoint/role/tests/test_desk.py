"""The desk follows the day, shows each person their own branch, and never falls over a broken panel."""

from datetime import UTC, datetime, timedelta

import pytest

from counterpoint.foundation.api import unscoped
from counterpoint.foundation.models import Post
from counterpoint.ui import panels
from counterpoint.ui.panels import Panel, PanelBody

BRANCH = ["Mei", "Omar", "Sun", "Ada", "Bo", "Stranger"]
ABOVE = ["Rita", "Hana", "Otto", "Sysadmin"]
pytestmark = pytest.mark.usefixtures("no_foreign_panels")


@pytest.mark.parametrize("who", BRANCH)
def test_everybody_of_a_branch_has_a_desk_in_chinese(sign_in, who):
    page = sign_in(who).get("/?stay=desk", follow=True)
    assert page.status_code == 200
    text = page.content.decode()
    assert "11月23日" in text and "工作日" in text


@pytest.mark.parametrize("who", ABOVE)
def test_people_above_the_branch_see_their_branches_instead(sign_in, who, a_busy_day):
    text = sign_in(who).get("/").content.decode()
    assert "人民路支行" in text
    assert ("西湖支行" in text) is (who != "Rita")


def test_a_branch_without_a_roster_is_louder_than_one_with(sign_in, a_busy_day):
    rows = sign_in("Hana").get("/").content.decode().split("<tbody>")[1].split("<tr>")[1:]
    assert ["未发布" in row for row in rows] == [False, True, True]


def test_loudness_follows_roster_first_then_the_promise_once_enough_were_called(bank):
    from counterpoint.foundation.api import scoped
    from counterpoint.role.api import day_at
    from counterpoint.role.numbers import DayNumbers, TierPromise
    from counterpoint.role.overview import level_of

    def day(kept, called):
        return DayNumbers(called, called, 0, 0, 5.0, 9.0, (TierPromise("standard", 15, called, kept, 9, 20),), ())

    with scoped(bank.scope("Sun")):
        today = day_at(bank.b01, bank.now)
    assert level_of(today, day(40, 40), 0) == "act"
    assert level_of(today, day(1, 10), 5) == "calm"
    assert [level_of(today, day(kept, 40), 5) for kept in (40, 34, 20)] == ["fine", "watch", "act"]
    assert level_of(today, None, None) == "calm"


def test_somebody_from_above_opens_the_desk_of_a_branch(sign_in, a_busy_day):
    client = sign_in("Rita")
    page = client.post("/branch", {"branch": "b02", "next": "/desk"}, follow=True)
    assert "解放路支行" in page.content.decode()
    assert client.post("/branch", {"branch": "b03", "next": "/desk"}).status_code == 404


def test_somebody_without_a_post_is_told_so_after_signing_in(client, bank):
    with unscoped("the test ends a post"):
        Post.objects.filter(user=bank.people["Mei"]).update(until=bank.now.date() - timedelta(days=1))
    client.force_login(bank.people["Mei"])
    page = client.get("/")
    assert page.status_code == 200 and "您今天没有网点岗位" in page.content.decode()
    assert client.get("/onsite/hall").status_code == 404


def test_a_signed_out_person_is_sent_to_the_sign_in_page(client, bank):
    assert client.get("/").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("utc", "question"),
    [
        ((0, 30), "网点可以开门了吗？"),
        ((2, 30), "每位客户都能按时办上业务吗？"),
        ((4, 0), "午间轮换顺利吗？"),
        ((6, 0), "下午高峰守得住承诺吗？"),
        ((8, 45), "关门前都能办完吗？"),
        ((10, 0), "今天怎么样，明天准备好了吗？"),
    ],
)
def test_each_hour_asks_its_own_question(sign_in, clock, utc, question):
    clock.at = datetime(2026, 11, 23, *utc, tzinfo=UTC)
    assert question in sign_in("Sun").get("/").content.decode()


def test_before_opening_the_branch_says_what_is_not_ready(sign_in, clock, only_these_sources):
    import pandas as pd

    clock.at = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    only_these_sources("team.shifts", ("user",), lambda branch, day: pd.DataFrame({"user": []}))
    text = sign_in("Sun").get("/").content.decode()
    assert "今天没有已发布的排班" in text and 'data-level="act"' in text


def test_a_ready_branch_says_so(sign_in, clock, a_busy_day):
    clock.at = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    text = sign_in("Sun").get("/desk/panels/role.readiness").content.decode()
    assert "2 人在班" in text and "预计 98 位客户" in text


def test_the_promise_is_judged_once_enough_were_called(sign_in, a_busy_day):
    text = sign_in("Sun").get("/desk/panels/role.promise").content.decode()
    assert 'data-level="act"' in text and "目标 90 %" in text
    assert 'data-level="calm"' in sign_in("Bo").get("/desk/panels/role.promise").content.decode()


def test_a_panel_opens_in_place_with_its_longest_waits(sign_in, a_busy_day):
    text = sign_in("Sun").get("/desk/panels/role.promise/open").content.decode()
    assert "A019" in text and "<html" not in text


def test_panels_are_redrawn_only_when_the_hour_asks_for_others(sign_in):
    client = sign_in("Sun")
    assert client.get("/desk/panels?phase=open").status_code == 204
    assert client.get("/desk/panels?phase=pre_open").status_code == 200


def test_a_panel_of_another_room_is_shown_and_a_broken_one_does_not_take_the_desk_along(sign_in):
    def broken(request):
        raise RuntimeError("no")

    everywhere = frozenset({"open"})
    panels.register(
        Panel(
            "x.good",
            "Hall",
            everywhere,
            1,
            None,
            lambda request: PanelBody("role/parts/greeting.html", {}, "watch", "22 wait"),
        ),
        Panel("x.bad", "Broken", everywhere, 2, None, broken),
        Panel(
            "x.secret",
            "Secret",
            everywhere,
            3,
            "foundation.journal.view",
            lambda request: PanelBody("role/parts/greeting.html"),
        ),
    )
    text = sign_in("Sun").get("/").content.decode()
    assert "22 wait" in text and "Broken" in text and "Secret" in text
    client = sign_in("Mei")
    assert "Secret" not in client.get("/?stay=desk").content.decode()
    assert client.get("/desk/panels/x.secret").status_code == 404


def test_a_panel_that_nobody_registered_does_not_exist(sign_in):
    assert sign_in("Sun").get("/desk/panels/nobody.knows").status_code == 404


@pytest.mark.parametrize(("who", "where"), [("Mei", "/console"), ("Omar", "/lobby")])
def test_floor_staff_land_at_their_workplace_and_may_choose_the_desk(sign_in, monkeypatch, who, where):
    from counterpoint.role import desk

    monkeypatch.setattr(
        desk,
        "reverse",
        lambda name, args=None: {"onsite:console": "/console", "onsite:lobby": "/lobby"}.get(name, "/live/b01"),
    )
    client = sign_in(who)
    assert client.get("/").headers["Location"] == where
    assert client.get("/?stay=desk").status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/?stay=own").headers["Location"] == where


def test_a_supervisor_stays_at_the_desk(sign_in, monkeypatch):
    from counterpoint.role import desk

    monkeypatch.setattr(desk, "reverse", lambda name, args=None: "/console")
    assert sign_in("Sun").get("/").status_code == 200
