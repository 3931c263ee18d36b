"""`counterpoint demo`: seeds once, serves, and begins again at 10:30 when somebody asked for it."""

import json
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from counterpoint.config import demo_command, up_command
from counterpoint.config import profile as profiles
from counterpoint.config.demo import bank as banks
from counterpoint.config.demo import clock_setup, controls, player, seeding, snapshot, story
from counterpoint.foundation.api import clock as clocks


@pytest.fixture
def home(monkeypatch, tmp_path):
    """An own home; nothing is set up or started for real."""
    monkeypatch.setenv("COUNTERPOINT_HOME", str(tmp_path / "demo"))
    monkeypatch.setenv("COUNTERPOINT_PROFILE", "test")
    monkeypatch.setattr(profiles, "start", lambda profile=None: profile)
    (tmp_path / "demo").mkdir()
    return tmp_path / "demo"


@pytest.fixture
def served(monkeypatch, home, clock):
    """Notes what was seeded and served; `served.ends` says what a person did before each end."""
    story_ = SimpleNamespace(seeded=[], trees=[], opened=[], ends=[])

    def serve(**given):
        story_.trees.append(given)
        if story_.ends:
            story_.ends.pop(0)()

    class Timer:
        def __init__(self, seconds, act, arguments):
            self.start = lambda: story_.opened.append(arguments[0])

    monkeypatch.setattr(demo_command, "_seed_if_empty", story_.seeded.append)
    monkeypatch.setattr(demo_command, "_snapshot", lambda home, act: story_.seeded.append(act))
    monkeypatch.setattr(demo_command, "_announce", lambda *said: None)
    monkeypatch.setattr(up_command, "serve", serve)
    monkeypatch.setattr(demo_command.threading, "Timer", Timer)
    return story_


def run(*arguments):
    done = CliRunner().invoke(demo_command.command, [str(a) for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def test_the_demo_is_seeded_then_served_with_a_player_beside_it(served, home):
    assert run("--port", 8123).exit_code == 0
    assert served.seeded == [home]
    (tree,) = served.trees
    assert (tree["host"], tree["port"]) == ("127.0.0.1", 8123)
    assert tree["extra"]["player"] == (sys.executable, "-m", "counterpoint.config.cli", "demo", "player")


def test_the_browser_opens_once_and_only_if_wanted(served):
    run("--no-open")
    assert served.opened == []
    run("--host", "0.0.0.0", "--port", 9000)
    assert served.opened == ["http://127.0.0.1:9000/"]


def test_a_rewind_puts_the_start_back_and_serves_again_without_a_second_browser(served, home):
    (home / snapshot.KEPT).touch()
    controls.remember(home, story.start() + timedelta(hours=3))
    served.ends = [lambda: controls.ask_rewind(home), lambda: None]
    run()
    assert len(served.trees) == 2 and len(served.opened) == 1
    assert served.seeded == [home, snapshot.restore]
    assert not controls.rewind_asked(home)
    pace = json.loads((home / controls.PACE).read_text())
    assert pace["base_demo"] == story.start().isoformat()


def test_a_rewind_without_a_kept_start_only_forgets_how_far_it_was_played(served, home):
    controls.remember(home, story.start() + timedelta(hours=3))
    served.ends = [lambda: controls.ask_rewind(home)]
    run("--no-open")
    assert served.seeded == [home] and not (home / controls.LAST).exists()


def test_after_a_plain_stop_the_day_goes_on_where_it_was(served, home):
    controls.remember(home, story.start() + timedelta(hours=3))
    run("--no-open")
    assert len(served.trees) == 1
    pace = json.loads((home / controls.PACE).read_text())
    assert pace["base_demo"] == (story.start() + timedelta(hours=3)).isoformat()


def test_a_fresh_demo_forgets_the_old_one(served, home):
    (home / "counterpoint.sqlite3").write_text("old")
    run("--no-open")
    assert (home / "counterpoint.sqlite3").exists()
    run("--no-open", "--fresh")
    assert home.is_dir() and not (home / "counterpoint.sqlite3").exists()


@pytest.mark.parametrize("speed", story.SPEEDS)
def test_the_demo_starts_at_every_speed_that_its_page_offers(served, home, speed):
    assert run("--no-open", "--speed", speed).exit_code == 0
    assert json.loads((home / controls.PACE).read_text())["speed"] == speed


@pytest.mark.parametrize("speed", ["-5", "7", "61", "nan", "inf"])
def test_a_speed_that_the_page_does_not_offer_is_refused_before_anything_is_thrown_away(served, home, speed):
    (home / "counterpoint.sqlite3").write_text("old")
    done = run("--no-open", "--fresh", "--speed", speed)
    assert done.exit_code == 2 and "--speed" in done.output
    assert served.trees == [] and (home / "counterpoint.sqlite3").exists()


def test_the_commands_speeds_are_the_pages():
    assert demo_command.SPEEDS == story.SPEEDS


def test_the_players_home_is_the_projects_own_unless_it_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COUNTERPOINT_PROFILE", "production")
    monkeypatch.delenv("COUNTERPOINT_HOME", raising=False)
    assert demo_command._home() == profiles.PROJECT / "var" / "demo"
    assert demo_command.os.environ["COUNTERPOINT_PROFILE"] == "demo"
    monkeypatch.setenv("COUNTERPOINT_HOME", str(tmp_path))
    assert demo_command._home() == tmp_path


def test_everybody_is_announced_with_number_and_role_and_the_password_once(bank, capsys):
    demo_command._announce("http://127.0.0.1:8000/", "2026-11-25", 20.0)
    said = capsys.readouterr().out
    assert "2026-11-25 · speed 20× · http://127.0.0.1:8000/" in said and "http://127.0.0.1:8000/demo" in said
    assert said.count(banks.PASSWORD) == 1
    lines = {line.split()[0]: line for line in said.splitlines() if line.startswith("    ")}
    assert "Sun" in lines["sun"] and "Sysadmin" in lines["sysadmin"]


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Kiritimati"])
def test_the_announced_day_is_the_branchs_whatever_zone_the_machine_stands_in(served, monkeypatch, zone):
    import time

    said = []
    monkeypatch.setattr(demo_command, "_announce", lambda address, day, speed: said.append(day))
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        run("--no-open")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert said == ["2026-11-25"]


@pytest.mark.parametrize("engine", ["counterpoint.foundation.sqlite", "django.db.backends.postgresql"])
def test_only_the_embedded_database_can_be_kept_and_put_back(settings, monkeypatch, tmp_path, engine):
    asked = []
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": engine, "NAME": str(tmp_path / "db")})
    demo_command._snapshot(tmp_path, lambda database, home: asked.append((database, home)))
    assert asked == ([(tmp_path / "db", tmp_path)] if "sqlite" in engine else [])


@pytest.mark.parametrize(("empty", "seeded"), [(True, 1), (False, 0)])
def test_a_bank_that_is_there_is_never_seeded_again(home, clock, monkeypatch, empty, seeded, capsys):
    done = []
    monkeypatch.setattr(up_command, "prepare", lambda: None)
    monkeypatch.setattr(seeding, "empty", lambda: empty)
    monkeypatch.setattr(seeding, "seed", lambda until, say: done.append(until) or say("bank"))
    monkeypatch.setattr(demo_command, "_snapshot", lambda home, act: done.append(act))
    demo_command._seed_if_empty(home)
    assert done == [story.start(), snapshot.keep][: 2 * seeded]
    assert ("bank" in capsys.readouterr().out) is bool(seeded)
    assert isinstance(clocks.current(), clocks.DemoClock) is bool(seeded)


def test_the_player_notes_how_far_it_came_and_ends_the_tree_on_a_rewind(home, monkeypatch, clock):
    turns, ended = [], []

    class Player:
        def __init__(self, plans, seed):
            assert len(plans) == 12 and seed == story.SEED

        def round(self, now, real):
            turns.append(now)
            if len(turns) == 2:
                controls.ask_rewind(home)
            return len(turns)

    def stop_tree():
        ended.append(len(turns))
        raise SystemExit(0)

    monkeypatch.setattr(player, "Player", Player)
    monkeypatch.setattr(controls, "stop_tree", stop_tree)
    monkeypatch.setattr(demo_command.os, "nice", lambda by: None)
    monkeypatch.setattr(demo_command.time, "sleep", lambda seconds: clock.advance(minutes=1))
    run("player")
    assert ended == [2] and turns[1] - turns[0] == timedelta(minutes=1)
    assert json.loads((home / controls.LAST).read_text())["demo"] == turns[1].isoformat()


@pytest.mark.parametrize(("profile", "installed"), [("demo", True), ("test", False), ("production", False)])
def test_only_the_demo_profile_gets_the_demos_clock(settings, tmp_path, clock, profile, installed):
    settings.PROFILE, settings.HOME = profile, tmp_path
    clock_setup.install_for_profile()
    assert isinstance(clocks.current(), clocks.DemoClock) is installed
