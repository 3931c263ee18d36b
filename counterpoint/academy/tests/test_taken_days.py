"""A closed live day becomes a day to be played: it lives again exactly, and nothing of it names anybody."""

import json
import zlib
from datetime import date
from types import SimpleNamespace

import pytest

from counterpoint.academy.debrief import days, keeping
from counterpoint.academy.debrief.actions import NotExact, day_take
from counterpoint.academy.debrief.judging import QUICK
from counterpoint.academy.drill import log
from counterpoint.academy.models import DrillDay, DrillSession
from counterpoint.academy.models.drill import OVER
from counterpoint.foundation.api import Forbidden
from counterpoint.onsite import api as onsite
from counterpoint.onsite.tests.halls import Hall, forget
from counterpoint.onsite.tests.lived import busy_morning
from counterpoint.science import playing, replay
from counterpoint.science.replay.datasets import branch, recorded_day

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


@pytest.fixture
def hall(bank):
    """A morning with a queue before one window, a second one opened late, closed; the clock stands an hour later."""
    forget()
    found = Hall(bank)
    found.tickets = busy_morning(found)
    found.do("window_open", counter=2, user=found.Ada)
    found.later(minutes=20)
    found.do("day_close")
    found.later(hours=1)
    yield found
    forget()


def taken(hall, name="Sun"):
    return day_take(scope=hall.bank.scope(name), branch=hall.branch, on=ON, now=hall.now, real=hall.now)


def stored(hall):
    with hall.scoped():
        return DrillDay.objects.get()


def test_the_stored_day_lived_again_unchanged_gives_every_recorded_time(hall):
    taken(hall)
    row = stored(hall)
    day = days.unpack(bytes(row.payload))
    lent = onsite.recorded_day(scope=hall.bank.scope("Sun"), branch=hall.branch, on=ON, now=hall.now)
    assert [event.minute for event in day.recorded.events] == [event.minute for event in lent.recorded.events]
    assert [event.kind for event in day.recorded.events] == [event.kind for event in lent.recorded.events]
    assert replay.replay(days.scenario_of(day), seed=day.seed).exact
    assert days.pack(day) == bytes(row.payload)
    assert days.digest(bytes(row.payload)) == row.digest


@pytest.mark.parametrize("seed", range(3))
def test_so_do_days_full_of_odd_turns(seed):
    record, model = days.anonymous(recorded_day(seed, trouble=0.1), branch())
    day = days.Stored(record, model, ((1.0,) * 16,) * 3, playing.Game.__dataclass_fields__["loss"].default_factory(), 1)
    again = days.unpack(days.pack(day))
    assert again == day
    assert replay.replay(days.scenario_of(again), seed=1).exact


def test_no_name_number_or_word_of_the_live_day_is_in_payload_or_page(hall, sign_in):
    session = taken(hall)
    with hall.scoped():
        row = DrillDay.objects.get()
        session = DrillSession.objects.get(pk=session.pk)
        session.state, session.over_at = OVER, hall.now
        session.save()
        keeping.judge(session, QUICK, hall.now)
        people = [str(one) for one in (hall.Mei, hall.Omar, hall.Ada)]
    text = zlib.decompress(bytes(row.payload)[len(days.MAGIC) :]).decode()
    game = bytes(session.game)
    page = sign_in("Sun").get(f"/academy/drill/{session.pk}/debrief").content.decode()
    own = page[page.index('<main class="main"') : page.index("</main>")]
    staff = [one.staff_no for one in hall.bank.people.values()]
    labels = [ticket.label for ticket in hall.tickets]
    for where in (text, game.decode("latin-1"), own):
        for secret in (*people, *staff, *labels, "Mei", "Omar", "Ada", "stm-1", "STM-1"):
            assert f'"{secret}"' not in where and f">{secret}<" not in where, secret
    for secret in (*people, *labels, "Mei", "Omar"):
        assert secret not in own
    plain = json.loads(text)
    assert {worker["code"] for worker in plain["workers"]} <= {"p1", "p2", "p3", "p4"}
    assert {visit["code"] for visit in plain["visits"]} == {str(n) for n in range(1, len(labels) + 1)}


def test_words_that_are_no_code_of_the_branch_are_dropped():
    """A canary in every field of text."""
    mark, model = "Zhang-Wei-8841", branch()
    service, counter, opens = model.service_codes[0], model.counter_codes[0], model.open_minute
    events = (
        replay.Event(opens, "open", counter=counter, person=mark),
        replay.Event(opens, "post", person=mark, what="lobby"),
        replay.Event(opens + 1, "take", ticket=mark),
        replay.Event(opens + 2, "leave", ticket=mark, what=mark),
        replay.Event(opens + 3, "down", what=mark),
        replay.Event(opens + 9, "shut"),
    )
    visits, workers = (replay.Visit(mark, service, "standard"),), (replay.Worker(mark, (service,)),)
    record = replay.Recorded(events, visits, workers, model.close_minute, down=(mark,), shares=((mark, 0.5),))
    found, _model = days.anonymous(record, model)
    assert mark not in repr(found)
    assert [event.kind for event in found.events] == ["open", "post", "take", "leave", "shut"]


def test_the_real_supervisors_orders_are_a_way_through_the_same_day(hall):
    session = taken(hall)
    game = log.game_of(session)
    orders = days.real_orders(stored(hall), game)
    assert [order.act for order in orders] == ["window-open"]
    with hall.scoped():
        session.state, session.over_at = OVER, hall.now
        session.save()
        data = keeping.judge(session, QUICK, hall.now).data
    assert data["real"]["total"] == pytest.approx(playing.play(game, orders).loss.total, abs=0.01)
    assert len(data["paths"]["real"]) == len(data["minutes"])
    assert data["reached"] <= data["real"]["total"] + 0.01


def test_the_same_day_is_kept_once_and_leaders_alone_take_it(hall):
    first, second = taken(hall), taken(hall)
    assert first.pk == second.pk  # a second press
    assert stored(hall).business_date == ON
    with pytest.raises(Forbidden):
        taken(hall, "Mei")


def test_a_day_that_the_simulation_does_not_reach_is_not_taken(hall, monkeypatch):
    monkeypatch.setattr(replay, "replay", lambda *_a, **_k: SimpleNamespace(exact=False))
    with pytest.raises(NotExact):
        taken(hall)


def test_one_press_on_the_replay_page_takes_the_day(hall, sign_in, monkeypatch):
    monkeypatch.setattr("counterpoint.foundation.clock.now", lambda: hall.now)
    sun = sign_in("Sun")
    page = sun.get(f"/onsite/replay/{ON}").content.decode()
    assert f'action="/academy/day/{ON}/take"' in page and "作为演练" in page
    assert f"/academy/day/{ON}/take" not in sign_in("Mei").get(f"/onsite/replay/{ON}").content.decode()
    assert sun.post(f"/academy/day/{ON}/take").status_code == 302
    assert stored(hall).business_date == ON
