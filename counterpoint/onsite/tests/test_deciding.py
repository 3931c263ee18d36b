"""Decisions as changes of a record, and records, decisions and futures in words; no database."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import translation

from counterpoint.foundation.api import Invalid
from counterpoint.onsite import deciding, shown_replay
from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.deciding import Decision
from counterpoint.onsite.queries.replays import PastDay, Told
from counterpoint.onsite.tests.lived import outcome
from counterpoint.science import advice, replay

ON = date(2026, 11, 23)
CONTENT = catalogue(ON)
AT = 600.0


@pytest.fixture(scope="module")
def day():
    return replay.scenario(replay.recorded_day(2, trouble=0.05), replay.datasets.branch())


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def change(day, kind, at=AT, **fields):
    return deciding.change_of(day, Decision(kind, **fields), at, CONTENT)


def events(day, kind, **fields):
    return [(e.minute, e.kind, e.person, e.counter, e.what, e.value) for e in change(day, kind, **fields).events]


def test_each_kind_is_one_event_of_the_record_and_who_is_called_walks_first(day):
    walk = CONTENT.advice.walk
    assert events(day, "open", counter="3", user="eve") == [(AT + walk, "open", "eve", "3", "", 0.0)]
    assert events(day, "close", counter="1") == [(AT, "close", "", "1", "", 0.0)]
    assert events(day, "lobby", user="bo") == [(AT, "post", "bo", "", "lobby", 0.0)]
    assert events(day, "back_office", user="bo") == [(AT, "post", "bo", "", "back_office", 0.0)]
    assert events(day, "guide", service="transfer", share=0.4) == [(AT, "share", "", "", "transfer", 0.4)]
    assert events(day, "first", tier="vip") == [(AT, "rank", "", "", "vip", -1)]


def waiting(day):
    tickets = replay.standing_at(day.recorded, AT).tickets
    return next(code for code, ticket in tickets.items() if ticket.state == "waiting")


def test_a_ticket_is_called_first_only_while_it_waits(day):
    (event,) = change(day, "call_first", ticket=waiting(day)).events
    assert (event.kind, event.ticket, event.value) == ("first", waiting(day), 1.0)
    with pytest.raises(Invalid) as refused:
        change(day, "call_first", at=day.recorded.until, ticket=waiting(day))
    assert refused.value.details["field"] == "ticket"


def test_a_surge_plan_is_its_steps_at_the_same_minute(day):
    steps = (Decision("open", counter="3", user="eve"), Decision("guide", service="transfer", share=0.4))
    plan = change(day, "surge", steps=steps)
    assert plan.events == tuple(e for s in steps for e in deciding.change_of(day, s, AT, CONTENT).events)
    assert Decision("surge", steps=steps).plain() == {
        "kind": "surge",
        "steps": [
            {"kind": "open", "counter": "3", "user": "eve"}, {"kind": "guide", "service": "transfer", "share": 0.4}
        ],
    }  # fmt: skip


def test_a_break_ends_where_the_person_sat(day):
    there = replay.standing_at(day.recorded, AT).people
    seated = next(who for who, place in there.items() if place.where == "counter")
    start, back = change(day, "break", user=seated, minutes=20).events
    assert (start.kind, start.value, back.kind, back.minute) == ("break", 20.0, "back", AT + 20)
    assert back.counter == there[seated].counter
    other = next(who for who in day.staffing.codes if there.get(who) is None or there[who].where != "counter")
    assert change(day, "break", user=other, minutes=20).events[1].counter == ""


def test_nothing_is_decided_after_the_end_of_the_record(day):
    late = day.recorded.until - 1
    assert [e.minute for e in change(day, "open", at=late, counter="3", user="eve").events] == [day.recorded.until]


def test_what_was_decided_is_left_out_at_its_own_minute(day):
    position = day.recorded.decisions()[2]
    decision = Decision("without", position=position)
    assert position in change(day, "without", position=position).without
    assert deciding.forked_at(day, decision, AT) == day.minutes[position]
    assert deciding.forked_at(day, Decision("close", counter="1"), AT) == AT


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("advised", {}, "kind"), ("nothing", {}, "kind"), ("open", {"counter": "3", "user": "stranger"}, "user"),
        ("open", {"user": "eve"}, "counter"), ("break", {"user": "eve"}, "minutes"),
        ("guide", {"share": 0.3}, "service"),
        ("guide", {"service": "transfer", "share": -0.1}, "share"), ("first", {}, "tier"), ("without", {}, "position"),
        ("move_break", {"position": 0, "to": 700}, "position"), ("surge", {}, "kind"),
        ("call_first", {"ticket": "Z999"}, "ticket"),
    ],
)  # fmt: skip
def test_what_the_day_has_not_is_refused_with_the_field(day, kind, fields, field):
    with pytest.raises(Invalid) as refused:
        change(day, kind, **fields)
    assert refused.value.details["field"] == field


def test_options_of_the_advisor_speak_the_same_language():
    options = {
        "call": Decision("open", "3", "bo"), "from_lobby": Decision("open", "3", "bo"),
        "swap": Decision("open", "3", "bo"),
        "close": Decision("close", "3"), "guide": Decision("guide", "3", service="transfer", share=0.6),
    }  # fmt: skip
    for kind, decision in options.items():
        service = "transfer" if kind == "guide" else None
        option = advice.Option(kind, person="bo", counter="3", service=service, amount=0.6)
        assert deciding.option_of(option) == decision
    first = advice.Option("reorder", ticket=1)
    assert deciding.option_of(first, ["A001", "A002"]) == Decision("call_first", ticket="A002")
    plan = advice.Option("surge", steps=(first, advice.Option("close", counter="3")))
    assert deciding.option_of(plan, ["A001", "A002"]) == Decision(
        "surge", steps=(Decision("call_first", ticket="A002"), Decision("close", "3"))
    )
    assert set(options) | {"reorder", "surge"} == deciding.ADVISED


def test_what_is_empty_is_not_kept():
    assert Decision("close", counter="1").plain() == {"kind": "close", "counter": "1"}
    assert Decision(**Decision("break", user="x", minutes=5).plain()) == Decision("break", user="x", minutes=5)


# --- words -----------------------------------------------------------------------------------------------------------

TRANSFER = CONTENT.services["transfer"].name("en")
TOLD = {
    "open": (Told(0, 540.0, "open", "m", "1", "", 0.0), "Window 1 opened with Mei"),
    "close": (Told(1, 600.0, "close", "", "1", "", 0.0), "Window 1 closed"),
    "break": (Told(2, 610.0, "break", "m", "", "", 30.0), "Mei began a break of 30 minutes"),
    "share": (Told(3, 620.0, "share", "", "", "transfer", 0.3), f"30 % of “{TRANSFER}” guided to the machines"),
    "sent": (Told(4, 630.0, "post", "m", "", "lobby", 0.0), "Mei sent to: lobby"),
    "moved": (Told(5, 640.0, "post", "m", "2", "counter", 0.0), "Mei moved to window 2"),
}  # fmt: skip


def past_day(**more):
    """A day by hand, with as much as words need."""
    none = float("nan")
    names = ("minute", "came", "called", "left", "longest", "p90_wait", "mean_wait")
    rows = ((540.0, 3.0, 2.0, 1.0, 4.0, 7.0, 3.0), (570.0, 1.0, 0.0, 0.0, 2.0, none, none))
    course = tuple(dict(zip(names, row, strict=True)) for row in rows)
    hall = SimpleNamespace(content=CONTENT)
    found = PastDay(
        ON, 540, 660, True, False, 4, course, tuple(one for one, _said in TOLD.values()), (("m", "Mei"),),
        (("1", "Cash"), ("2", "")), {}, True, 0.0, SimpleNamespace(hall=hall),
    )  # fmt: skip
    return replace(found, **more)


@pytest.mark.parametrize("name", TOLD)
def test_what_was_decided_is_told_in_one_sentence(name):
    one, said = TOLD[name]
    assert shown_replay.told(one, shown_replay.Words(past_day(), "en")) == said


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ({"kind": "open", "counter": "2", "user": "m"}, "Window 2 opened with Mei"),
        ({"kind": "lobby", "user": "m"}, "Mei sent to: lobby"),
        ({"kind": "break", "user": "m", "minutes": 15}, "Mei began a break of 15 minutes"),
        ({"kind": "move_break", "position": 2, "to": 655}, "The break of Mei moved to 10:55"),
        ({"kind": "without", "position": 1}, "Not done: Window 1 closed"),
        ({"kind": "without", "position": 77}, "Not done: –"),
        ({"kind": "nothing"}, "Change nothing"),
        ({"kind": "advised"}, "As the advisor would have said"),
        ({"kind": "call_first", "ticket": "B003"}, "B003 called before the others of its tier"),
        (
            {"kind": "surge", "steps": [{"kind": "lobby", "user": "m"}, {"kind": "close", "counter": "1"}]},
            "Surge plan: Mei sent to: lobby; Window 1 closed",
        ),
    ],
)
def test_what_is_decided_otherwise_is_told_in_one_sentence(decision, said):
    assert shown_replay.decided(decision, shown_replay.Words(past_day(), "en")) == said


def test_windows_of_an_imported_day_go_by_their_place_in_the_list():
    words = shown_replay.Words(past_day(inferred=True, counters=(("mei", "Mei"), ("bo", "Bo"))), "en")
    assert words.windows == {"mei": "1", "bo": "2"}


def test_the_course_of_the_day_states_what_was_found():
    queue, waits = shown_replay.course(past_day(), 575)
    assert queue.title == "At most 4 waiting at once, in the half hour from 09:00"
    assert waits.title == "Worst half hour: of those who came from 09:00, 9 of 10 waited at most 7 minutes"
    assert queue.now == waits.now == "09:30"
    assert waits.series[0].values == [7.0, None]
    nobody = tuple(row | {"p90_wait": float("nan")} for row in past_day().course)
    assert shown_replay.course(past_day(course=nobody), 0)[1].title == "Nobody was called"


def test_decisions_stand_on_the_line_of_the_day():
    line = shown_replay.strip(past_day())
    assert (line["first"], line["last"]) == ("09:00", "11:00")
    assert line["ticks"][0] == (0.0, 540, 0) and line["ticks"][1] == (500.0, 600, 1)


def test_the_table_holds_what_was_both_futures_and_the_range_and_the_others_when_there_are():
    found = outcome()
    table = shown_replay.table(found)
    assert [str(c.label) for c in table.columns][-1] == "Range (95 % of draws)"
    assert table.rows[0] == ["P90 wait (min)", "11.0", "12.0", "10.0", "−2.0", "−5.0 … −0.5"]
    found["futures"]["best"] = found["futures"]["changed"]
    assert str(shown_replay.table(found).columns[-1].label) == "Difference, best in hindsight"


def test_the_chart_says_when_the_queue_differs_most():
    found = outcome()
    assert shown_replay.queue_chart(found).title == "The queue would have been about the same"
    found["queue"]["changed"] = [3.0, 0.5]
    assert shown_replay.queue_chart(found).title == "At 10:45 about 1.5 fewer would have waited"
    found["queue"]["changed"] = [7.0, 0.5]
    assert shown_replay.queue_chart(found).title == "At 10:30 about 4.0 more would have waited"
    found["queue"] = {name: [] for name in found["queue"]}
    assert shown_replay.queue_chart(found).title == "Nothing to draw: the day ends here"


def test_known_and_drawn_are_told_apart_and_an_open_day_says_where_it_ends():
    said = shown_replay.known(outcome(inferred=True, closed=False, until=660.0, exact=False))
    assert sum(text.startswith("Known") for text in said) == 3
    assert any(text.startswith("Drawn, 100 times") for text in said)
    assert not any(text.startswith("Checked") for text in said)
    assert said[-1].endswith("11:00.") and any("Only tickets are known" in text for text in said)
