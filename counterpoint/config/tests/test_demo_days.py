"""Any drawn day, played on the stage alone, ends with everybody accounted for: the hall is imitated in a few lines."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.config.demo.script import Fault, Script, Seat, Visitor
from counterpoint.config.demo.stage import SETTLE, UNKNOWN_PATIENCE, WALK, Chair, Paper, Stage

ON = date(2026, 11, 25)
OPENS, CLOSES = 540.0, 720.0
SERVICES = ("cash", "loan")
DOES = {1: frozenset({"cash"}), 2: frozenset({"cash", "loan"}), 3: frozenset({"loan"})}


@dataclass
class Hall:
    """Does what the cues say, as the real hall would, and writes down what happened."""

    stage: Stage
    story: list = field(default_factory=list)
    ended: dict = field(default_factory=dict)
    called: dict = field(default_factory=dict)

    def play(self):
        for _ in range(4000):
            cue = self.stage.next()
            if cue is None:
                return self
            self.story.append(cue)
            getattr(self, f"_{cue.what}")(cue)
        raise AssertionError("the day never ends")

    def chair(self, cue):
        return self.stage.chairs[int(cue.about)]

    def _arrive(self, cue):
        visitor, stage = self.stage.script.visitors[cue.number], self.stage
        stage.coming = visitor.number + 1
        ticket = f"t{visitor.number}"
        stage.papers[ticket] = Paper(ticket, visitor.service, cue.minute, visitor.number)
        stage.visitor_of[ticket] = visitor.number

    def _call(self, cue):
        chair = self.chair(cue)
        assert chair.idle, "a counter calls only while somebody sits there free"
        able = [p for p in self.stage.papers.values() if p.service in chair.services]
        paper = min(able, key=lambda p: p.taken)
        assert paper.taken <= cue.minute, "nobody is called before the ticket was taken"
        del self.stage.papers[paper.ticket]
        chair.ticket, chair.state, chair.since = paper.ticket, "called", cue.minute
        self.called[paper.ticket] = cue.minute

    def _start(self, cue):
        chair = self.chair(cue)
        assert WALK[0] - 1e-9 <= cue.minute - self.called[chair.ticket] <= WALK[1] + 1e-9
        chair.state, chair.since = "serving", cue.minute

    def _finish(self, cue):
        chair = self.chair(cue)
        self.ended[chair.ticket] = ("served", cue.minute)
        chair.ticket, chair.state, chair.since = "", "", cue.minute

    def _abandon(self, cue):
        del self.stage.papers[cue.about]
        self.ended[cue.about] = ("abandoned", cue.minute)

    def _open(self, cue):
        self.stage.done.add(f"open:{cue.about}")
        staff_no = cue.about.split(":")[0]
        self.stage.chairs[cue.number] = Chair(cue.number, True, staff_no, None, DOES[cue.number], since=cue.minute)

    def _close(self, cue):
        assert not self.stage.chairs[cue.number].ticket, "nobody leaves a customer at the counter"
        self.stage.done.add(f"close:{cue.about}")
        self.stage.chairs[cue.number] = Chair(cue.number, since=cue.minute)

    def _break_start(self, cue):
        chair = self.stage.chairs[cue.number]
        assert not chair.ticket
        self.stage.done.add(f"lunch:{cue.about}")
        chair.away_until = cue.minute + 30

    def _break_end(self, cue):
        chair = self.stage.chairs[cue.number]
        chair.away_until, chair.since = None, cue.minute

    def _fault(self, cue):
        self.stage.done.add(f"fault:{cue.about}")

    def _restored(self, cue):
        self.stage.done.add(f"restored:{cue.about}")

    def _day_close(self, cue):
        self.stage.done.add(f"day:{ON}")
        self.stage.closed = True


@st.composite
def scripts(draw):
    """A short day: up to three people who take lunch or not, up to twenty visitors, perhaps a broken machine."""
    numbers = draw(st.lists(st.sampled_from([1, 2, 3]), min_size=0, max_size=3, unique=True))
    seats = []
    for number in numbers:
        lunch = draw(st.none() | st.just((630.0, 30.0)))
        end = draw(st.sampled_from([690.0, CLOSES + 60]))
        seats.append(Seat(f"s{number}", number, OPENS - 5, end, lunch, draw(st.sampled_from([0.8, 1.0, 1.3]))))
    minutes = sorted(draw(st.lists(st.floats(OPENS, CLOSES - 1), max_size=20)))
    visitors = tuple(
        Visitor(n, at, draw(st.sampled_from(SERVICES)), "standard", draw(st.floats(3, 60)), draw(st.floats(1, 25)))
        for n, at in enumerate(minutes)
    )
    faults = (Fault("crs1", 600.0, 640.0),) if draw(st.booleans()) else ()
    return Script(ON, OPENS, CLOSES, visitors, tuple(seats), faults)


@settings(max_examples=60)
@given(script=scripts())
def test_every_day_ends_with_nobody_at_a_counter_and_waiting_only_who_has_patience_left(script):
    hall = Hall(Stage(script)).play()
    waiting = hall.stage.papers.values()
    assert set(hall.ended) | {paper.ticket for paper in waiting} == {f"t{v.number}" for v in script.visitors}
    closed = hall.story[-1].minute
    assert all(paper.taken + script.visitors[paper.visitor].patience >= closed > CLOSES for paper in waiting)
    assert not any(chair.ticket for chair in hall.stage.chairs.values()) and hall.stage.closed
    assert [cue.what for cue in hall.story].count("day_close") == 1 and hall.story[-1].what == "day_close"


@settings(max_examples=40)
@given(script=scripts())
def test_time_never_runs_backwards_and_equal_minutes_follow_the_ranks(script):
    story = Hall(Stage(script)).play().story
    for before, after in pairwise(story):
        assert before.minute <= after.minute + 1e-9


@settings(max_examples=40)
@given(script=scripts())
def test_the_same_script_is_played_the_same_way_twice(script):
    assert Hall(Stage(script)).play().story == Hall(Stage(script)).play().story


@settings(max_examples=40)
@given(script=scripts())
def test_who_leaves_has_waited_exactly_as_long_as_patience_lasted_and_who_is_served_no_longer(script):
    hall = Hall(Stage(script)).play()
    for ticket, (how, minute) in hall.ended.items():
        visitor = script.visitors[int(ticket[1:])]
        if how == "abandoned":
            assert minute == pytest.approx(visitor.minute + visitor.patience)
        else:
            assert hall.called[ticket] <= visitor.minute + visitor.patience + 1e-9


@settings(max_examples=40)
@given(script=scripts())
def test_everybody_opens_eats_and_closes_at_most_once(script):
    story = Hall(Stage(script)).play().story
    for what in ("open", "break_start", "close"):
        about = [cue.about for cue in story if cue.what == what]
        assert len(about) == len(set(about))
    assert sum(cue.what == "open" for cue in story) == len(script.seats)
    assert (
        sum(cue.what == "fault" for cue in story) == sum(cue.what == "restored" for cue in story) == len(script.faults)
    )


@settings(max_examples=40)
@given(script=scripts())
def test_lunch_never_begins_before_its_time_and_a_break_that_began_ends(script):
    story = Hall(Stage(script)).play().story
    starts = {cue.about: cue.minute for cue in story if cue.what == "break_start"}
    ends = {cue.about: cue.minute for cue in story if cue.what == "break_end"}
    assert all(minute >= 630 for minute in starts.values())
    assert starts.keys() == ends.keys()
    assert all(ends[who] == pytest.approx(minute + 30) for who, minute in starts.items())


def test_a_day_that_nobody_works_is_closed_after_everybody_gave_up():
    visitor = Visitor(0, 600.0, "cash", "standard", 20.0, 5.0)
    story = Hall(Stage(Script(ON, OPENS, CLOSES, (visitor,), ()))).play().story
    assert [(cue.what, cue.minute) for cue in story] == [
        ("arrive", 600.0), ("abandon", 620.0), ("day_close", CLOSES + SETTLE),
    ]  # fmt: skip


def test_who_comes_first_is_called_first_also_across_counters():
    seat = Seat("s1", 1, OPENS - 5, CLOSES + 60, None, 1.0)
    visitors = tuple(Visitor(n, 541.0 + n, "cash", "standard", 60.0, 4.0) for n in range(6))
    hall = Hall(Stage(Script(ON, OPENS, CLOSES, visitors, (seat,)))).play()
    assert list(hall.called) == [f"t{n}" for n in range(6)]


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_work_is_shorter_for_a_quicker_person(speed):
    seat = Seat("s1", 1, OPENS - 5, CLOSES + 60, None, speed)
    hall = Hall(Stage(Script(ON, OPENS, CLOSES, (Visitor(0, 541.0, "cash", "standard", 60.0, 8.0),), (seat,)))).play()
    started = next(cue.minute for cue in hall.story if cue.what == "start")
    assert hall.ended["t0"][1] - started == pytest.approx(8.0 / speed)


def test_a_ticket_that_a_person_took_waits_for_a_fixed_patience():
    stage = Stage(Script(ON, OPENS, CLOSES, (), ()), papers={"x": Paper("x", "cash", 600.0, None)})
    cue = stage.next()
    assert (cue.what, cue.about, cue.minute) == ("abandon", "x", 600.0 + UNKNOWN_PATIENCE)


def test_a_visitor_whom_the_machine_did_not_help_comes_back_to_the_counter():
    visitor = Visitor(0, 560.0, "cash", "standard", 20.0, 5.0, machine="crs", alone=4.0, needs_counter=True)
    stage = Stage(Script(ON, OPENS, CLOSES, (visitor,), ()), coming=1, at_machine={0: 564.0})
    assert (stage.next().what, stage.next().minute, stage.next().about) == ("arrive", 564.0, "counter")


def test_a_person_whose_lunch_was_put_off_takes_no_customer_instead():
    seat = Seat("s1", 1, OPENS - 5, CLOSES + 60, (630.0, 30.0), 1.0)
    chair = Chair(1, True, "s1", None, DOES[1], since=631.0)
    waiting = {"t0": Paper("t0", "cash", 600.0, 0)}
    stage = Stage(
        Script(ON, OPENS, CLOSES, (Visitor(0, 600.0, "cash", "standard", 200.0, 5.0),), (seat,)),
        chairs={1: chair}, papers=waiting, done={"open:s1:1"}, visitor_of={"t0": 0}, coming=1,
    )  # fmt: skip
    lunch = stage.next()
    assert (lunch.what, lunch.minute) == ("break_start", 631.0)
    stage.block(lunch)
    again = stage.next()
    assert (again.what, again.minute) == ("break_start", 632.0)
