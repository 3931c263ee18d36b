"""`up`, `web`, `jobs`, `tick`, `migrate`: what the tree is made of, and what stops it before it starts."""

import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from counterpoint.config import up_command
from counterpoint.config.supervisor import UpFailed
from counterpoint.foundation import health, keys, tick


@pytest.fixture(autouse=True)
def as_tests(monkeypatch):
    for name in ("COUNTERPOINT_PROFILE", "COUNTERPOINT_BIND", "COUNTERPOINT_PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def trees(monkeypatch, tmp_path):
    """Trees that are run instead of being started: (children, folder), and what they say when ready."""
    monkeypatch.setenv("COUNTERPOINT_HOME", str(tmp_path))
    seen = []

    def supervisor(children, folder):
        def run(ready):
            seen.append((children, folder))
            ready()

        return SimpleNamespace(run=run)

    monkeypatch.setattr(up_command, "Supervisor", supervisor)
    return seen


def test_the_tree_is_web_jobs_and_tick_and_lives_under_home(trees, tmp_path, capsys):
    up_command.serve(host="127.0.0.1", port=8123)
    ((children, folder),) = trees
    assert [child.name for child in children] == ["web", "jobs", "tick"]
    assert [child.port for child in children] == [8123, None, None]
    assert folder == tmp_path / "run"
    assert capsys.readouterr().out == "Counterpoint answers at http://127.0.0.1:8123/\n"


def test_jobs_and_tick_are_the_same_program_with_another_word(trees):
    up_command.serve(host="127.0.0.1", port=1)
    _web, jobs, ticking = trees[0][0]
    assert jobs.command == (sys.executable, "-m", "counterpoint.config.cli", "jobs")
    assert ticking.command == (sys.executable, "-m", "counterpoint.config.cli", "tick")


def test_more_commands_may_join_the_tree(trees):
    up_command.serve(host="127.0.0.1", port=1, extra={"player": ["play", "on"]})
    last = trees[0][0][-1]
    assert (last.name, last.command, last.port) == ("player", ("play", "on"), None)


def test_an_address_for_every_network_is_told_as_one_that_a_browser_opens(trees, capsys):
    up_command.serve(host="0.0.0.0", port=80)
    assert "http://127.0.0.1:80/" in capsys.readouterr().out
    assert "0.0.0.0" in trees[0][0][0].command


def option(command, name):
    return command[command.index(f"--{name}") + 1]


def test_one_worker_answers_pages_and_streams_and_queues_more_than_it_carries():
    command = up_command.web_command("10.0.0.7", 8443)
    assert [option(command, name) for name in ("host", "port", "workers", "interface")] == [
        "10.0.0.7", "8443", "1", "asgi",
    ]  # fmt: skip
    assert int(option(command, "backlog")) >= 8192 <= int(option(command, "backpressure"))
    assert "--no-ws" in command and command[-1] == "counterpoint.config.asgi:application"


def test_the_web_alone_replaces_its_process_and_follows_the_environment(monkeypatch):
    ran = []
    monkeypatch.setattr(up_command.os, "execv", lambda program, command: ran.append((program, command)))
    done = CliRunner().invoke(up_command.web, env={"COUNTERPOINT_BIND": "::1", "COUNTERPOINT_PORT": "9000"})
    assert done.exit_code == 0, done.output
    ((program, command),) = ran
    assert program == sys.executable and (option(command, "host"), option(command, "port")) == ("::1", "9000")


@pytest.mark.parametrize("port", ["eighty", "8000.5", ""])
def test_a_port_that_is_no_number_is_refused_by_its_form(trees, port):
    done = CliRunner().invoke(up_command.up, ["--port", port])
    assert done.exit_code == 2 and "--port" in done.output and trees == []


@pytest.fixture
def ready(settings, tmp_path, monkeypatch):
    """An installation whose front end is built, with steps that only note that they ran."""
    done = []
    settings.STATIC_ROOT, settings.KEYS = tmp_path / "static", tmp_path / "keys"
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").write_text("{}")
    monkeypatch.setattr(up_command, "migrate_under_lock", lambda: done.append("migrate"))
    monkeypatch.setattr("django.core.management.call_command", lambda name, **options: done.append(name))
    monkeypatch.setattr("django.db.connections.close_all", lambda: done.append("close"))
    return done


def test_the_database_comes_up_to_date_before_the_checks_and_no_connection_is_left_to_share(ready):
    up_command.prepare()
    assert ready == ["migrate", "check", "close"]


@pytest.mark.parametrize(("profile", "made"), [("test", True), ("demo", True), ("production", False)])
def test_keys_are_made_for_a_demo_but_never_behind_the_back_of_production(ready, settings, profile, made):
    settings.PROFILE = profile
    up_command.prepare()
    assert (settings.KEYS / "journal.pem").is_file() is made


def test_without_a_front_end_nothing_is_migrated_and_the_remedy_is_named(ready, settings):
    (settings.STATIC_ROOT / "staticfiles.json").unlink()
    with pytest.raises(UpFailed, match="counterpoint assets"):
        up_command.prepare()
    assert ready == []


def test_migrations_run_inside_the_lock_of_this_home(monkeypatch, tmp_path, db):
    monkeypatch.setenv("COUNTERPOINT_HOME", str(tmp_path))
    story = []

    class Lock:
        def __init__(self, folder):
            story.append(folder)

        def __enter__(self):
            story.append("locked")

        def __exit__(self, *_failure):
            story.append("free")

    monkeypatch.setattr(health, "migration_lock", Lock)
    monkeypatch.setattr(
        "django.core.management.call_command", lambda name, **options: story.append(options | {"": name})
    )
    assert CliRunner().invoke(up_command.migrate).exit_code == 0
    assert story == [tmp_path / "run", "locked", {"": "migrate", "interactive": False, "verbosity": 0}, "free"]


def test_one_tick_tells_every_outcome_also_a_failed_one(monkeypatch, bank):
    outcomes = [
        SimpleNamespace(name="messages", ok=True, error=""),
        SimpleNamespace(name="anchor", ok=False, error="no disk"),
    ]
    monkeypatch.setattr(tick.Ticker, "step", lambda self: outcomes)
    kept = [up_command.signal.getsignal(number) for number in (up_command.signal.SIGTERM, up_command.signal.SIGINT)]
    try:
        done = CliRunner().invoke(up_command.tick, ["--once"])
    finally:
        up_command.signal.signal(up_command.signal.SIGTERM, kept[0])
        up_command.signal.signal(up_command.signal.SIGINT, kept[1])
    assert done.output.splitlines() == ["messages: ok", "anchor: no disk"]


def test_a_ticking_process_ends_on_a_signal(monkeypatch, bank):
    stops = []
    monkeypatch.setattr(up_command.signal, "signal", lambda number, handler: stops.append((number, handler)))
    seen = []

    def loop(stop):
        seen.append(stop.is_set())
        stops[0][1](stops[0][0], None)
        seen.append(stop.is_set())

    monkeypatch.setattr(tick, "loop", loop)
    assert CliRunner().invoke(up_command.tick).exit_code == 0
    assert seen == [False, True]
    assert {number for number, _handler in stops} == {up_command.signal.SIGTERM, up_command.signal.SIGINT}


def test_the_real_work_of_a_tick_is_all_done_once(bank, settings, tmp_path):
    settings.HOME, settings.KEYS, settings.FILES = tmp_path, tmp_path / "keys", tmp_path / "files"
    keys.create(tmp_path / "keys")
    outcomes = tick.Ticker().step()
    assert {outcome.name for outcome in outcomes} == {work.name for work in tick.works()}
    assert [(one.name, one.error) for one in outcomes if not one.ok] == []
