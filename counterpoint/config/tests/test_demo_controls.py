"""The demo's clock is moved from its page, remembered over a stop, and taken back to 10:30 with its database."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from counterpoint.config.demo import controls, snapshot, story
from counterpoint.foundation.api import clock

REAL = datetime(2027, 1, 5, 8, 0, tzinfo=UTC)


def shown(home, real):
    return clock.DemoClock(home / controls.PACE).pace(real).at(real)


def test_the_story_begins_at_half_past_ten_of_a_payday_in_the_branch_time_zone():
    assert story.start() == datetime(2026, 11, 25, 2, 30, tzinfo=UTC)


def test_time_runs_at_the_chosen_speed_and_a_change_keeps_the_instant(tmp_path):
    controls.resume(tmp_path, REAL, 1.0)
    later = REAL + timedelta(minutes=10)
    assert shown(tmp_path, later) == story.start() + timedelta(minutes=10)
    controls.speed_set(tmp_path, later, 60.0)
    assert shown(tmp_path, later) == story.start() + timedelta(minutes=10)
    assert shown(tmp_path, later + timedelta(minutes=1)) == story.start() + timedelta(minutes=70)


def test_a_pause_stands_still_and_goes_on_where_it_stood(tmp_path):
    controls.resume(tmp_path, REAL, 5.0)
    controls.speed_set(tmp_path, REAL + timedelta(minutes=1), 0.0)
    stood = shown(tmp_path, REAL + timedelta(hours=3))
    assert stood == story.start() + timedelta(minutes=5)
    controls.speed_set(tmp_path, REAL + timedelta(hours=3), 1.0)
    assert shown(tmp_path, REAL + timedelta(hours=3)) == stood


def test_a_speed_that_is_not_offered_is_refused(tmp_path):
    with pytest.raises(controls.NotADemo, match="speeds"):
        controls.speed_set(tmp_path, REAL, 1000.0)


def test_after_a_stop_the_demo_goes_on_where_it_was_played_to(tmp_path):
    controls.remember(tmp_path, story.start() + timedelta(hours=2))
    controls.resume(tmp_path, REAL + timedelta(days=3), 1.0)
    assert shown(tmp_path, REAL + timedelta(days=3)) == story.start() + timedelta(hours=2)
    assert json.loads((tmp_path / controls.LAST).read_text())["demo"].startswith("2026-11-25T04:30")


def database(path, entries, sessions):
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("CREATE TABLE foundation_journalentry (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT)")
        made.execute("CREATE TABLE django_session (session_key TEXT PRIMARY KEY, session_data TEXT, expire_date TEXT)")
        made.executemany("INSERT INTO foundation_journalentry (kind) VALUES (?)", [("x",)] * entries)
        made.executemany("INSERT INTO django_session VALUES (?, 'd', 'e')", [(name,) for name in sessions])


def test_the_start_comes_back_with_people_signed_in_and_entry_numbers_going_on(tmp_path):
    live = tmp_path / "live.sqlite3"
    database(live, 3, ["before"])
    assert not snapshot.kept(tmp_path)
    snapshot.keep(live, tmp_path)
    assert snapshot.kept(tmp_path)
    with closing(sqlite3.connect(live)) as later, later:
        later.executemany("INSERT INTO foundation_journalentry (kind) VALUES (?)", [("y",)] * 40)
        later.execute("INSERT INTO django_session VALUES ('during', 'd', 'e')")
    (tmp_path / "anchors").mkdir()
    snapshot.restore(live, tmp_path)
    assert not (tmp_path / "anchors").exists()
    with closing(sqlite3.connect(live)) as back:
        assert back.execute("SELECT COUNT(*), MAX(id) FROM foundation_journalentry").fetchone() == (3, 3)
        assert {row[0] for row in back.execute("SELECT session_key FROM django_session")} == {"before", "during"}
        assert back.execute("INSERT INTO foundation_journalentry (kind) VALUES ('z') RETURNING id").fetchone() == (44,)


@pytest.fixture
def home(tmp_path):
    with override_settings(HOME=tmp_path):
        controls.resume(tmp_path, clock.SystemClock().now(), 1.0)
        yield tmp_path


def test_anybody_signed_in_sees_the_clock_and_changes_its_speed(sign_in, home):
    client = sign_in("Mei")
    assert "演示时钟" in client.get("/demo").content.decode()
    client.post("/demo", {"speed": "20"})
    assert clock.DemoClock(home / controls.PACE).pace(REAL).speed == 20.0


def test_a_wrong_speed_changes_nothing(sign_in, home):
    sign_in("Mei").post("/demo", {"speed": "7"})
    assert clock.DemoClock(home / controls.PACE).pace(REAL).speed == 1.0


def test_back_to_half_past_ten_is_asked_for_only_where_a_start_is_kept(sign_in, home):
    client = sign_in("Sun")
    client.post("/demo", {"rewind": "1"})
    assert not controls.rewind_asked(home)
    (home / snapshot.KEPT).touch()
    client.post("/demo", {"rewind": "1"})
    assert controls.rewind_asked(home)


def test_outside_the_demo_there_is_no_such_page(sign_in, home):
    with override_settings(PROFILE="production"):
        assert sign_in("Sun").get("/demo").status_code == 404


def test_a_signed_out_person_is_asked_to_sign_in(client, home):
    assert client.get("/demo").status_code == 302
