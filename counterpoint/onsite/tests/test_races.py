"""Counters that call at the same moment never get the same ticket, and none is passed over (P-I7)."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def database_of_its_own(tmp_path):
    """Environment for a process that races on a database nobody else uses, on the engine the suite runs on."""
    settings = "counterpoint.config.settings.demo"
    home = {"COUNTERPOINT_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": settings}
    url = os.environ.get("COUNTERPOINT_DATABASE", "")
    if not url:
        yield home
        return
    import psycopg

    parts, name = urlsplit(url), f"races_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield home | {"COUNTERPOINT_DATABASE": urlunsplit(parts._replace(path=f"/{name}"))}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def race(tmp_path, rounds):
    with database_of_its_own(tmp_path) as own:
        done = subprocess.run(
            [sys.executable, "-m", "counterpoint.onsite.tests.races", str(rounds)],
            cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def judge(found):
    assert found["wrong"] == []
    assert found["one_ticket"] == ["NothingWaiting", "TicketView"]
    assert found["double_press"] == ["CounterBusy", "TicketView"]
    assert len(set(found["labels"])) == 6
    assert found["same_key"] == 1


def test_two_counters_never_get_the_same_ticket_nor_two_kiosks_the_same_number(tmp_path):
    judge(race(tmp_path, 15))


@pytest.mark.slow
def test_ten_thousand_races(tmp_path):
    judge(race(tmp_path, int(os.environ.get("COUNTERPOINT_RACES", "10000"))))
