"""Bookmarks and futures of past days: whose they are, what they keep, and what another decision would have brought."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from counterpoint.foundation.api import DomainError, Invalid, NotFound, scoped
from counterpoint.onsite import api, deciding, futures, replaying, shown_replay
from counterpoint.onsite.api import Decision
from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.models import Bookmark, Ticket
from counterpoint.onsite.queries import replays
from counterpoint.onsite.tests.lived import busy_morning
from counterpoint.onsite.tests.test_history import log
from counterpoint.science.replay import MEASURES

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)
AT = 640


@pytest.fixture
def day(hall, monkeypatch):
    """A morning with a queue before one window, closed an hour ago; the twin is warm."""
    monkeypatch.setitem(futures._warmth, "ready", True)
    hall.tickets = busy_morning(hall)
    hall.later(minutes=20)
    hall.do("day_close")
    hall.later(hours=1)
    return hall


def mark(hall, who="Sun", **more):
    given = {"scope": hall.bank.scope(who), "branch": hall.branch, "now": hall.now, "on": ON, "minute": AT}
    return api.bookmark_set(**given | {"name": "before the rush"} | more)


def tried(hall, kind="open", who="Sun", minute=AT, **fields):
    return hall.do("future_run", who, on=ON, minute=minute, decision=Decision(kind, **fields))


def outcome(hall, done):
    with hall.scoped():
        return Bookmark.objects.get(pk=done.id).outcome


def mine(hall, who="Sun", on=ON):
    return [row.name for row in replays.bookmarks(scope=hall.bank.scope(who), branch=hall.branch, on=on)]


# --- bookmarks -------------------------------------------------------------------------------------------------------


def test_a_minute_is_marked_with_a_name_and_one_entry_without_it(day):
    done = mark(day, name="  before the rush ")
    assert (done.name, done.minute, done.kind, done.removed) == ("before the rush", AT, "", False)
    assert day.last().kind == "onsite.bookmark_set"
    assert day.last().data == {"bookmark": str(done.id), "date": "2026-11-23", "minute": AT}


def test_bookmarks_are_ones_own(day):
    done = mark(day)
    assert mine(day) == ["before the rush"]
    assert mine(day, "Ada") == []
    for name in ("bookmark_remove", "bookmark_restore"):
        assert day.code(name, "Ada", bookmark=done.id) == "not_found"
    with pytest.raises(NotFound):
        replays.bookmark(scope=day.bank.scope("Ada"), branch=day.branch, bookmark=done.id)


def test_what_is_removed_can_be_brought_back_and_each_is_told_once(day):
    done = mark(day)
    for name, left, removed in (("bookmark_remove", [], True), ("bookmark_restore", ["before the rush"], False)):
        assert day.do(name, bookmark=done.id).removed is removed
        assert day.do(name, bookmark=done.id).removed is removed, "twice changes nothing"
        assert mine(day) == left
    assert day.kinds()[-2:] == ["bookmark_removed", "bookmark_restored"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"minute": 1440}, "minute"), ({"minute": -1}, "minute"),
     ({"on": ON + timedelta(days=1)}, "on")],
)  # fmt: skip
def test_a_mark_without_name_or_outside_every_day_is_refused(day, changes, field):
    with pytest.raises(Invalid) as refused:
        mark(day, **changes)
    assert refused.value.details["field"] == field
    assert mine(day) == []


def test_a_bookmark_of_another_branch_is_none(day):
    done = mark(day)
    with pytest.raises(NotFound):
        api.bookmark_remove(scope=day.bank.scope("Bo"), branch=day.bank.b02, now=day.now, bookmark=done.id)
    with pytest.raises(NotFound):
        api.bookmark_remove(scope=day.bank.scope("Rita"), branch=day.bank.b02, now=day.now, bookmark=done.id)


def test_the_same_press_twice_marks_once(day):
    assert mark(day, key="k1").id == mark(day, key="k1").id
    assert len(mine(day)) == 1
    with pytest.raises(api.KeyConflict):
        mark(day, key="k1", name="another")


def test_a_crowd_of_bookmarks_is_refused(day, monkeypatch):
    monkeypatch.setattr("counterpoint.onsite.actions.replays.MOST", 2)
    first = mark(day)
    mark(day)
    with pytest.raises(Invalid, match="2"):
        mark(day)
    day.do("bookmark_remove", bookmark=first.id)
    mark(day)
    assert day.code("bookmark_restore", bookmark=first.id) == "invalid"


def test_a_sign_that_no_database_keeps_is_left_out_of_names_and_keys(day):
    assert mark(day, name="before\0 noon", key="k\0").name == "before noon"


def test_a_key_that_was_answered_is_not_worked_out_again(day, monkeypatch):
    asked = {"on": ON, "minute": AT, "key": "k1"}
    done = day.do("future_run", decision=Decision("close", counter="1"), **asked)
    monkeypatch.setattr(replaying, "tried", None)
    assert day.do("future_run", decision=Decision("close", counter="1"), **asked).id == done.id
    with pytest.raises(api.KeyConflict):
        day.do("future_run", decision=Decision("close", counter="2"), **asked)


# --- futures ---------------------------------------------------------------------------------------------------------


def test_a_second_window_would_have_helped_and_the_numbers_say_how_sure_that_is(day):
    done = tried(day, counter="2", user=str(day.Ada))
    found = outcome(day, done)
    loss = found["futures"]["changed"]["rows"]["loss"]
    assert loss["high"] < 0 < done.saved and loss["better"] == 1.0
    assert found["draws"] >= 100 and found["exact"] and found["closed"]
    assert set(found["was"]) == set(found["unchanged"]) == set(MEASURES)
    assert found["unchanged"]["loss"][1] <= found["was"]["loss"] * 1.5
    assert sum(found["queue"]["changed"]) < sum(found["queue"]["unchanged"])
    assert day.last().data["saved"] == done.saved and day.last().data["option"] == "open"


def test_a_day_tried_twice_gives_the_same_numbers(day):
    one, two = (outcome(day, tried(day, "close", counter="1")) for _ in range(2))
    assert one == two
    assert one["futures"]["changed"]["rows"]["loss"]["low"] > 0, "closing the only window costs"


def test_the_day_itself_is_left_alone(day):
    with day.scoped():
        rows = list(Ticket.objects.order_by("pk").values())
        tried(day, counter="2", user=str(day.Ada))
        assert list(Ticket.objects.order_by("pk").values()) == rows


KINDS = {
    "open": {"counter": "2", "user": "Ada"}, "close": {"counter": "1"}, "lobby": {"user": "Mei"},
    "back_office": {"user": "Mei"}, "break": {"user": "Mei", "minutes": 10}, "first": {"tier": "vip"},
    "guide": {"service": "transfer", "share": 0.5}, "advised": {}, "without": {"position": 0},
    "call_first": {"ticket": "B003"},
    "surge": {"steps": (Decision("open", counter="2", user="Ada"), Decision("guide", service="transfer", share=0.5))},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_decision_can_be_tried(day, kind):
    fields = dict(KINDS[kind])
    if "user" in fields:
        fields["user"] = str(getattr(day, fields["user"]))
    if "steps" in fields:
        first, *others = fields["steps"]
        fields["steps"] = (replace(first, user=str(day.Ada)), *others)
    found = outcome(day, tried(day, kind, **fields))
    assert found["futures"]["changed"]["decision"]["kind"] in (
        kind,
        "open",
        "guide",
        "close",
        "surge",
        "call_first",
        "nothing",
    )
    assert found["at"] == (AT if kind != "without" else 630.0)


def test_a_break_is_moved_and_one_that_has_begun_is_not(hall, monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", True)
    busy_morning(hall)
    hall.do("break_start", user=hall.Mei, minutes=10)
    hall.later(minutes=10)
    hall.do("break_end", user=hall.Mei)
    hall.later(minutes=30)
    found = replays.past_day(scope=hall.sun, branch=hall.branch, on=ON, now=hall.now)
    one = next(told for told in found.decisions if told.kind == "break")
    later = int(one.minute) + 15
    moved = outcome(hall, tried(hall, "move_break", position=one.position, to=later))
    assert not moved["closed"] and moved["until"] == found.day.scenario.recorded.until
    for wrong in ({"position": one.position, "to": 600}, {"position": one.position}, {"position": 0, "to": later}):
        with pytest.raises(Invalid):
            tried(hall, "move_break", **wrong)
    with pytest.raises(Invalid):
        tried(hall, "move_break", minute=later + 5, position=one.position, to=later + 9)


WRONG = {
    "counter": ("close", {"counter": "77"}), "no counter": ("close", {}), "person": ("lobby", {"user": "nobody"}),
    "service": ("guide", {"service": "haircut", "share": 0.2}),
    "share": ("guide", {"service": "transfer", "share": 0.99}),
    "no share": ("guide", {"service": "transfer"}), "tier": ("first", {"tier": "king"}),
    "position": ("without", {"position": 99}), "take": ("without", {"position": 3}),
    "break": ("break", {"user": "Mei", "minutes": 500}), "kind": ("dance", {}),
    "unmanned": ("close", {"counter": "~1"}),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_decision_that_the_day_does_not_have_is_refused_in_words(day, wrong):
    kind, fields = WRONG[wrong]
    given = {k: str(day.Mei) if v == "Mei" else v for k, v in fields.items()}
    with pytest.raises(Invalid) as refused:
        tried(day, kind, **given)
    assert refused.value.message and mine(day) == []


@pytest.mark.parametrize("minute", [0, 1439, 2000, -5])
def test_a_minute_outside_the_day_is_refused(day, minute):
    with pytest.raises(Invalid):
        tried(day, "close", minute=minute, counter="1")


def test_while_the_twin_is_loading_nothing_is_tried(day, monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", False)
    with pytest.raises(api.NotReady):
        tried(day, "close", counter="1")


def test_a_day_without_tickets_is_no_day(hall, monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", True)
    with pytest.raises(api.NoDay):
        tried(hall, "close", counter="1")


def test_an_imported_day_can_be_tried_too(hall, monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", True)
    on = date(2026, 11, 16)
    api.history_import(scope=hall.sun, branches=[hall.branch], now=hall.now, log=log((on,)), label="old.csv")
    found = replays.past_day(scope=hall.sun, branch=hall.branch, on=on, now=hall.now)
    code, _name = found.counters[0]
    done = hall.do("future_run", on=on, minute=found.first, decision=Decision("close", counter=code))
    told = outcome(hall, done)
    assert told["inferred"] and "advisor" not in told["futures"]
    snapshot = replays.log_snapshot(branch=hall.branch, found=found, minute=found.until)
    assert snapshot.arrivals == found.tickets and snapshot.called > 0


def test_the_advisor_is_asked_with_what_was_known_then(day, monkeypatch):
    asked = []
    real = replaying.past_hall

    def looking_back(**given):
        asked.append(given["at"])
        return real(**given)

    monkeypatch.setattr(replaying, "past_hall", looking_back)
    found = outcome(day, tried(day, "advised"))
    assert [at.minute for at in asked] == [AT % 60]
    assert found["futures"]["changed"]["decision"] == found["futures"]["advisor"]["decision"]


def test_the_advisor_is_asked_only_for_what_can_be_decided_in_a_record(day, monkeypatch):
    """A break moved by the advisor is no decision of a record: it must neither be proposed nor refuse the others."""
    from counterpoint.science import advice

    allowed = []
    real = advice.advise
    monkeypatch.setattr(advice, "advise", lambda *a, **k: allowed.append(k["rules"].kinds) or real(*a, **k))
    tried(day, "close", counter="1")
    own = frozenset(catalogue(ON).advice.kinds)
    assert "delay_break" in own and allowed == [own & deciding.ADVISED]


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_calendar_knows_days_that_were_closed_and_today(day):
    on = date(2026, 11, 16)
    api.history_import(scope=day.sun, branches=[day.branch], now=day.now, log=log((on,)), label="old.csv")
    found = replays.month(scope=day.sun, branch=day.branch, now=day.now, first=date(2026, 11, 1))
    known = {s.date: (s.arrivals, s.source) for week in found.weeks for s in week if s.arrivals}
    assert known == {on: (len(log((on,))), "import"), ON: (14, "live")}
    assert (found.before, found.after) == (None, None)
    later = replays.month(scope=day.sun, branch=day.branch, now=day.now, first=date(2027, 1, 1))
    assert later.before == date(2026, 12, 1)
    assert replays.newest(scope=day.sun, branch=day.branch, now=day.now) == ON


def test_a_running_day_is_in_the_calendar_from_the_first_ticket_on(hall):
    assert replays.newest(scope=hall.sun, branch=hall.branch, now=hall.now) is None
    hall.take()
    assert replays.newest(scope=hall.sun, branch=hall.branch, now=hall.now) == ON
    found = replays.month(scope=hall.sun, branch=hall.branch, now=hall.now, first=date(2026, 11, 1))
    assert [s.date for week in found.weeks for s in week if s.running] == [ON]


def test_the_day_tells_its_decisions_in_order(day):
    found = replays.past_day(scope=day.sun, branch=day.branch, on=ON, now=day.now)
    assert [(told.kind, told.what) for told in found.decisions] == [
        ("open", ""), ("post", "back_office"), ("post", "lobby"),
    ]  # fmt: skip
    assert found.exact and found.closed and found.tickets == 14
    assert sum(row["came"] for row in found.course) == 14
    assert {name for _code, name in found.people} == {"Mei", "Ada", "Omar"}


@pytest.mark.parametrize("who", ["Mei", "Omar", "Otto", "Sysadmin"])
def test_those_who_do_not_lead_see_no_replay(day, who):
    scope = day.bank.scope(who)
    for read in (
        lambda: replays.past_day(scope=scope, branch=day.branch, on=ON, now=day.now),
        lambda: replays.month(scope=scope, branch=day.branch, now=day.now, first=date(2026, 11, 1)),
        lambda: replays.bookmarks(scope=scope, branch=day.branch),
        lambda: mark(day, who),
    ):
        with pytest.raises(DomainError) as refused:
            read()
        assert refused.value.code == "forbidden"


def test_a_region_looks_back_at_its_branches_and_strangers_find_none(day):
    rita = day.bank.scope("Rita")
    assert replays.past_day(scope=rita, branch=day.branch, on=ON, now=day.now).tickets == 14
    assert mark(day, "Rita").name
    with pytest.raises(NotFound):
        replays.past_day(scope=day.bank.scope("Stranger"), branch=day.branch, on=ON, now=day.now)
    with scoped(rita):
        assert Bookmark.objects.count() == 1


def test_people_at_no_window_and_windows_that_are_shut_are_offered_first(day):
    found = replays.past_day(scope=day.sun, branch=day.branch, on=ON, now=day.now)
    people, windows = replays.free_first(found, AT)
    assert [name for _code, name in people] == ["Ada", "Omar", "Mei"]
    assert [code for code, _name in windows] == ["2", "3", "4", "1"]


def test_every_kind_of_decision_has_a_name():
    assert all(shown_replay.kind_name(kind) != kind for kind in deciding.FIELDS)
    assert shown_replay.kind_name("") == ""
