"""The replay's pages: choose a day, look at a minute, mark it, decide otherwise, compare, take it as a workbook."""

from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from counterpoint.foundation import actions
from counterpoint.foundation.api import scoped
from counterpoint.onsite import api, futures, shown_replay
from counterpoint.onsite.models import Bookmark
from counterpoint.onsite.tests.lived import busy_morning, outcome
from counterpoint.onsite.tests.test_history import log

pytestmark = pytest.mark.django_db
DAY = "/onsite/replay/2026-11-23"


@pytest.fixture
def day(hall, clock, monkeypatch):
    """The morning is over and closed; it is a quarter past one."""
    monkeypatch.setitem(futures._warmth, "ready", True)
    busy_morning(hall)
    hall.do("day_close")
    hall.later(hours=2)
    clock.at = hall.now
    return hall


@pytest.fixture
def sun(sign_in):
    client = sign_in("Sun")
    client.cookies["counterpoint-language"] = "en"
    return client


def text(answer, status=200):
    assert answer.status_code == status
    return " ".join(unescape(answer.content.decode()).split())


def saved(hall, **more):
    """A future of Sun's by hand."""
    with hall.scoped():
        row = Bookmark(
            org_unit=hall.branch, user_id=hall.sun.actor, business_date=date(2026, 11, 23), minute=640, name="",
            kind="close", decision={"kind": "close", "counter": "1"}, outcome=outcome(), made_at=hall.now,
        )  # fmt: skip
        for name, value in more.items():
            setattr(row, name, value)
        row.save()
    return row


# --- choosing --------------------------------------------------------------------------------------------------------


def test_the_calendar_leads_to_the_days_that_can_be_lived_again(day, sun):
    page = text(sun.get("/onsite/replay"))
    assert f'href="{DAY}"' in page and "14 came" in page
    assert "Newest day, 11-23" in page and "No bookmark yet" in page
    assert "2026-12" not in text(sun.get("/onsite/replay?month=2026-11"))
    assert "14 came" not in text(sun.get("/onsite/replay?month=2026-12"))


def test_a_new_branch_is_told_what_to_do(hall, sun):
    page = text(sun.get("/onsite/replay"))
    assert "No day has been closed yet" in page and "bring in a ticket history" in page


@pytest.mark.parametrize("month", ["2026-13", "x", "1600-01", "9999-12", "²026-01", ""])
def test_a_month_that_is_none_shows_the_newest(day, sun, month):
    assert f'href="{DAY}"' in text(sun.get("/onsite/replay", {"month": month}))


@pytest.mark.parametrize(
    "nonsense", ["2026-13-40", "x", "20261123", "1600-01-01", "2026-11-23x", "２０２６-11-23", "2026-W48-1"]
)
def test_a_day_that_is_none_is_no_page(day, sun, nonsense):
    for address in ("", "/hall"):
        assert sun.get(f"/onsite/replay/{nonsense}{address}").status_code == 404
    assert sun.post(f"/onsite/replay/{nonsense}/try", {"minute": 640, "kind": "close"}).status_code == 404


@pytest.mark.parametrize("empty", ["2026-11-22", "2026-11-30"])
def test_a_day_without_anybody_leads_back_with_words(day, sun, empty):
    answer = sun.get(f"/onsite/replay/{empty}", follow=True)
    assert answer.redirect_chain == [("/onsite/replay", 302)]
    assert "Nobody took a ticket on this day." in text(answer)


def test_a_branch_without_windows_is_told_so(day, bank, sign_in):
    from counterpoint.foundation import access, roles

    root = access.system_scope(tuple(roles.table()))
    with scoped(root):
        bare = actions.org_unit_create(
            scope=root, now=bank.now, kind="branch", code="b09", name="无窗口支行", parent=bank.east
        )
        person = actions.person_add(
            scope=root, now=bank.now, org_unit=bare, staff_no="bare", name="Bare", password="branch-day-1030"
        )
        actions.post_grant(
            scope=root, now=bank.now, org_unit=bare, user=person, role="supervisor", since=date(2026, 1, 1)
        )
        api.ticket_take(scope=root, branch=bare, now=bank.now, service="transfer")
    from django.test import Client

    client = Client()
    client.force_login(person)
    client.cookies["counterpoint-language"] = "en"
    assert "set up its windows first" in text(client.get(DAY, follow=True))
    assert client.get(f"{DAY}/hall").status_code == 404


# --- a day -----------------------------------------------------------------------------------------------------------


def test_a_day_shows_its_course_its_decisions_and_the_hall_at_a_minute_under_the_replay_frame(day, sun):
    page = text(sun.get(f"{DAY}?at=640"))
    assert 'data-mode="replay"' in page and "11-23 10:40" in page
    assert "14 tickets." in page and "every recorded time comes out" in page
    assert "Window 1 opened with Mei" in page and "Ada sent to: back office" in page
    assert "At most" in page and "waiting at once" in page
    assert page.count("What if not?") == 3
    assert "Do it" not in page and "Close the window" not in page, "nothing of the past is done with a press"


def test_the_hall_follows_the_scrubber(day, sun):
    early, late = (text(sun.get(f"{DAY}/hall?at={at}")) for at in (631, 652))
    assert "A001" in early and early != late
    assert 'data-mode-now="replay"' in late


@pytest.mark.parametrize("at", ["", "x", "0", "99999", "-4", "²", "631.5"])
def test_an_odd_minute_shows_the_nearest(day, sun, at):
    assert sun.get(DAY, {"at": at}).status_code == 200


def test_a_day_still_running_goes_up_to_now(hall, clock, sun):
    busy_morning(hall)
    clock.at = hall.now
    page = text(sun.get(DAY))
    assert "The day is still running." in page
    minutes = int((hall.now - hall.bank.now).total_seconds() // 60)
    assert f'max="{630 + minutes}"' in page


def test_of_an_imported_day_windows_are_those_who_served(day, sun):
    on = date(2026, 11, 16)
    api.history_import(scope=day.sun, branches=[day.branch], now=day.now, log=log((on,)), label="old.csv")
    page = text(sun.get("/onsite/replay/2026-11-16"))
    assert "who served is taken for a window" in page
    assert "As the advisor would have said" not in page, "what was known then is not known"
    assert sun.get("/onsite/replay/2026-11-16/hall?at=600").status_code == 200


# --- deeds -----------------------------------------------------------------------------------------------------------


def test_a_minute_is_marked_removed_and_brought_back(day, sun):
    page = text(sun.post(f"{DAY}/bookmark", {"minute": 640, "name": "rush"}, follow=True))
    assert "“rush” is marked" in page and "rush" in text(sun.get("/onsite/replay"))
    with day.scoped():
        row = Bookmark.objects.get()
    gone = sun.post(reverse("onsite:replay-mark", args=[row.pk, "remove"]), follow=True)
    assert "Bring back what was removed" in text(gone)
    assert "rush" not in text(sun.get(DAY))
    sun.post(reverse("onsite:replay-mark", args=[row.pk, "restore"]))
    assert "rush" in text(sun.get(DAY))
    assert sun.post(reverse("onsite:replay-mark", args=[row.pk, "burn"])).status_code == 404
    assert sun.get(reverse("onsite:replay-mark", args=[row.pk, "remove"])).status_code == 405


def test_without_a_name_the_mark_is_refused_in_words(day, sun):
    assert "Give the bookmark a name." in text(sun.post(f"{DAY}/bookmark", {"minute": 640}, follow=True))


def test_another_decision_leads_to_two_futures_side_by_side(day, sun):
    sent = {"minute": 640, "kind": "open", "counter": "2", "user": str(day.Ada), "name": "Ada helps"}
    answer = sun.post(f"{DAY}/try", sent, follow=True)
    page = text(answer)
    assert answer.redirect_chain[0][0].startswith("/onsite/replay/future/")
    assert "Window 2 opened with Ada" in page and "Ada helps" in page
    assert "Simulated: it would have saved about" in page
    assert "Unchanged, simulated" in page and "Range (95 % of draws)" in page
    assert "Drawn, 100 times" in page and "Checked: the day lived again unchanged" in page
    assert 'data-mode="replay"' in page


def test_it_is_told_in_chinese_with_simulated_on_every_figure(day, sign_in):
    row = saved(day)
    page = text(sign_in("Sun").get(reverse("onsite:replay-future", args=[row.pk])))
    assert "照旧（模拟）" in page and "改变后（模拟）" in page and "1 号窗口关闭" in page
    assert "模拟：等候与损失约省 2 分钟" in page


@pytest.mark.parametrize(
    "sent",
    [{"kind": "dance"}, {"kind": "close", "minute": "x"}, {"kind": "guide", "share": "much"}, {},
     {"kind": "without", "position": "first"}, {"kind": "move_break", "position": "0", "to": "soon"},
     {"kind": "close", "idempotency_key": "k" * 300}],
)  # fmt: skip
def test_a_form_that_no_page_sends_is_no_page(day, sun, sent):
    assert sun.post(f"{DAY}/try", {"minute": 640} | sent).status_code == 404


def test_a_decision_that_does_not_fit_goes_back_to_the_minute_with_words(day, sun):
    answer = sun.post(f"{DAY}/try", {"minute": 640, "kind": "close", "counter": "88"}, follow=True)
    assert answer.redirect_chain == [(f"{DAY}?at=640", 302)]
    assert "There is no counter 88 here." in text(answer)


@pytest.mark.parametrize("share", ["nan", "inf", "1e308", "2"])
def test_a_share_that_is_none_is_refused_and_left_aside_where_it_is_not_asked(day, sun, share):
    sent = {"minute": 640, "share": share, "user": "a\0b", "service": "transfer"}
    answer = sun.post(f"{DAY}/try", sent | {"kind": "guide"}, follow=True)
    assert "can use a machine" in text(answer)
    sun.post(f"{DAY}/try", sent | {"kind": "close", "counter": "1"})
    with day.scoped():
        assert Bookmark.objects.get().decision == {"kind": "close", "counter": "1"}


def test_while_the_simulation_is_loading_it_says_so(day, sun, monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", False)
    answer = sun.post(f"{DAY}/try", {"minute": 640, "kind": "close", "counter": "1"}, follow=True)
    assert "still being loaded" in text(answer)


# --- futures ---------------------------------------------------------------------------------------------------------


def test_two_futures_of_a_day_are_compared(day, sun):
    one, two = saved(day), saved(day, name="later", decision={"kind": "close", "counter": "2"})
    page = text(sun.get(reverse("onsite:replay-future", args=[one.pk])))
    assert "Compare with" in page and "Both decisions against" not in page
    both = text(sun.get(reverse("onsite:replay-future", args=[one.pk]), {"with": str(two.pk)}))
    assert "Both decisions against going on unchanged, simulated" in both and "10:30 later" in both
    for nonsense in ("x", str(one.pk), str(day.Mei)):
        assert "Both decisions against" not in text(
            sun.get(reverse("onsite:replay-future", args=[one.pk]), {"with": nonsense})
        )


def test_the_comparison_is_a_workbook_that_says_simulated(day, sun):
    row = saved(day)
    answer = sun.get(reverse("onsite:replay-future-excel", args=[row.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="replay-2026-11-23-1040.xlsx"'
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Comparison", "Waiting", "Known and drawn"]
    rows = [[cell.value for cell in line] for line in book["Comparison"].iter_rows()]
    assert "Window 1 closed" in rows[0][0] and "Simulated figures: 100 draws" in rows[1][0]
    assert rows[3][:4] == ["P90 wait", "min", 11, 12]
    assert [line[0].value for line in book["Waiting"].iter_rows(min_row=4)] == ["10:30", "10:45"]


def test_a_plain_bookmark_is_no_future_and_others_have_none(day, sun, sign_in):
    plain, future = saved(day, outcome=None, kind=""), saved(day)
    assert sun.get(reverse("onsite:replay-future", args=[plain.pk])).status_code == 404
    for name in ("onsite:replay-future", "onsite:replay-future-excel"):
        assert sun.get(reverse(name, args=[future.pk])).status_code == 200
        for who in ("Ada", "Mei", "Bo", "Stranger"):
            assert sign_in(who).get(reverse(name, args=[future.pk])).status_code == 404


@pytest.mark.parametrize("who", ["Mei", "Omar"])
def test_a_teller_finds_no_replay_anywhere(day, sign_in, who):
    client = sign_in(who)
    for address in ("/onsite/replay", DAY, f"{DAY}/hall"):
        assert client.get(address).status_code == 404
    for address in (f"{DAY}/try", f"{DAY}/bookmark"):
        assert client.post(address, {"minute": 640, "kind": "close", "name": "x"}).status_code == 404
    assert "/onsite/replay" not in client.get("/").content.decode()


# --- words -----------------------------------------------------------------------------------------------------------


def rows_with(**loss):
    found = outcome()
    found["futures"]["changed"]["rows"]["loss"] |= loss
    return found


@pytest.mark.parametrize(
    ("loss", "level"),
    [({"low": -9.0, "high": -2.0}, "fine"), ({"difference": 5.0, "low": 1.0, "high": 9.0}, "watch"),
     ({"low": -5.0, "high": 4.0}, "calm"), ({"difference": 0.0, "low": 0.0, "high": 0.0}, "calm")],
)  # fmt: skip
def test_the_verdict_is_as_sure_as_the_range(loss, level):
    text_, found = shown_replay.verdict(rows_with(**loss))
    assert found == level and text_.startswith(("模拟", "Simulated"))


def test_differences_carry_their_sign_and_nothing_is_nothing():
    assert [shown_replay.signed(v) for v in (3.14, -2.0, 0.01, -250.4)] == ["+3.1", "−2.0", "0", "−250"]


def test_everything_that_cannot_be_acted_out_has_words():
    from counterpoint.onsite.rules import telling  # noqa: F401  (the kinds come from there)
    from counterpoint.science import replay

    keys = set()
    for seed in range(40):
        day = replay.scenario(replay.recorded_day(seed, trouble=0.2, closed=seed % 2 == 0), replay.datasets.branch())
        keys |= set(day.unexpressed)
    assert len(keys) >= 8
    said = shown_replay.limits(dict.fromkeys(keys, 3))
    assert all("3" in one and ":" not in one.split()[0] for one in said)


def test_an_hour_later_the_day_says_the_same(day, sun, clock):
    first = text(sun.get(f"{DAY}/hall?at=640"))
    clock.at = day.now + timedelta(hours=1)
    assert text(sun.get(f"{DAY}/hall?at=640")) == first
