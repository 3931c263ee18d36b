"""The doctor finds what is wrong and says what to do; health tells a load balancer only whether."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import RequestFactory

from counterpoint.foundation import calendar, clock, doctor, health, keys, restore
from counterpoint.foundation.models import Heartbeat, JobRun
from counterpoint.foundation.scope import unscoped

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about the embedded database")


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME, settings.KEYS, settings.STATIC_ROOT = tmp_path, tmp_path / "keys", tmp_path / "static"
    keys.create()
    return tmp_path


def verdicts(check, now=None):
    return {f.name: (str(f.verdict), f) for f in check(now or clock.SystemClock().now())}


@pytest.mark.parametrize(
    ("release", "bad"),
    [((3, 6, 23), False), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False), ((3, 50, 7), False),
     ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False)],
)  # fmt: skip
def test_the_releases_with_the_reset_bug_are_known(release, bad):
    assert doctor.has_reset_bug(release) is bad


@sqlite_only
def test_an_affected_sqlite_is_a_warning_that_says_why_it_is_safe_here(db, monkeypatch):
    monkeypatch.setattr(doctor, "sqlite3", SimpleNamespace(sqlite_version="3.40.1", sqlite_version_info=(3, 40, 1)))
    verdict, finding = verdicts(doctor._sqlite_version)["SQLite version"]
    assert verdict == "warn" and "ADR 0003" in finding.todo


@sqlite_only
def test_the_pragmas_in_force_are_looked_at_not_the_wished_ones(db):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint=1000")
    try:
        verdict, finding = verdicts(doctor._pragmas)["SQLite pragmas"]
        assert verdict == "fail" and "wal_autocheckpoint" in finding.seen
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint=0")


MOUNTS = """/dev/sda1 / ext4 rw 0 0
server:/x /srv nfs4 rw 0 0
/dev/sdb1 /srv/local ext4 rw 0 0
tmpfs /srv\\040x tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/srv/bank", "nfs4"),
        ("/srv/local/bank", "ext4"),
        ("/srvice", "ext4"),
        ("/srv x/y", "tmpfs"),
    ],
)
def test_the_file_system_of_a_folder_is_that_of_its_deepest_mount(path, kind):
    assert doctor.file_system(path, MOUNTS) == kind


@sqlite_only
def test_a_network_file_system_is_refused_for_the_embedded_database(home, db, monkeypatch):
    monkeypatch.setattr(doctor, "file_system", lambda *_: "nfs4")
    assert verdicts(doctor._home)["Data folder"][0] == "fail"


def test_missing_and_legible_keys_are_failures(home):
    assert verdicts(doctor._keys)["Keys"][0] == "ok"
    (home / "keys" / "fields").chmod(0o644)
    assert "others can read: fields" in verdicts(doctor._keys)["Keys"][1].seen
    (home / "keys" / "journal.pem").unlink()
    verdict, finding = verdicts(doctor._keys)["Keys"]
    assert verdict == "fail" and "keys create" in finding.todo


def test_the_calendar_is_asked_for_this_year_always_and_for_the_next_from_december(monkeypatch):
    monkeypatch.setattr(calendar, "announced", lambda year: year == 2026)
    on = {month: datetime(2026, month, 5, tzinfo=UTC) for month in (11, 12)}
    assert verdicts(doctor._calendar, on[11])["Holiday calendar"][0] == "ok"
    assert verdicts(doctor._calendar, on[12])["Holiday calendar"][0] == "warn"
    assert verdicts(doctor._calendar, datetime(2027, 1, 1, tzinfo=UTC))["Holiday calendar"][0] == "fail"


def test_old_zone_data_is_a_warning(monkeypatch):
    monkeypatch.setattr(doctor, "_zone_versions", lambda: iter(["", "2023c"]))
    assert verdicts(doctor._zone_data)["Time-zone data"][0] == "warn"


def test_a_clock_that_went_back_is_a_failure(db):
    now = clock.SystemClock().now()
    Heartbeat.objects.create(name="tick", at=now + timedelta(hours=1))
    assert verdicts(doctor._clock, now)["Clock"][0] == "fail"


def test_a_dropped_trigger_is_found(db):
    assert verdicts(doctor._triggers)["Database rules"][0] == "ok"
    table = "" if connection.vendor == "sqlite" else " ON foundation_journalentry"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER foundation_journalentry_grows_d{table}")
    assert verdicts(doctor._triggers)["Database rules"][0] == "fail"


def test_failing_tick_work_is_named(db):
    now = clock.SystemClock().now()
    Heartbeat.objects.create(name="onsite.escalate", at=now, detail={"error": "ValueError"})
    assert "onsite.escalate" in verdicts(doctor._beats, now)["Tick work"][1].seen


def test_an_unbuilt_front_end_is_a_failure(home):
    assert verdicts(doctor._assets)["Front end"][0] == "fail"
    (home / "static").mkdir()
    (home / "static" / "staticfiles.json").write_text("{}")
    assert verdicts(doctor._assets)["Front end"][0] == "ok"


def record(home, at, problems=()):
    body = {
        "at": at.isoformat(),
        "backup": "b",
        "sha256": "0" * 64,
        "rows": 1,
        "seconds": 1,
        "problems": list(problems),
    }
    from counterpoint.foundation import proof

    (home / "drills").mkdir(exist_ok=True)
    signed = body | {"signature": proof.sign(keys.signing_key(), body)}
    (home / "drills" / f"{at:%Y-%m-%dT%H%M%SZ}.json").write_text(json.dumps(signed))


def test_a_drill_counts_when_it_passed_is_signed_and_at_most_eight_days_old(home):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert verdicts(doctor._drill, now)["Restore drill"][1].seen == "never passed"
    record(home, now - timedelta(days=9))
    assert verdicts(doctor._drill, now)["Restore drill"][0] == "warn"
    record(home, now - timedelta(days=1), problems=["bad"])
    assert restore.last_good_drill() == now - timedelta(days=9)
    record(home, now - timedelta(days=2))
    assert verdicts(doctor._drill, now)["Restore drill"][0] == "ok"
    newest = max((home / "drills").iterdir(), key=lambda p: "21T" in p.name)
    newest.write_text(newest.read_text().replace('"rows": 1', '"rows": 2'))
    assert verdicts(doctor._drill, now)["Restore drill"][0] == "warn"


def test_a_check_that_breaks_is_itself_a_failure(db, monkeypatch):
    def broken(now):
        raise sqlite3.OperationalError("away")

    monkeypatch.setattr(doctor, "CHECKS", (broken,))
    (finding,) = doctor.examine(clock.SystemClock().now())
    assert finding.verdict == "fail" and finding.name == "broken"


def test_every_finding_that_is_not_ok_says_what_to_do(home, db):
    assert all(f.todo for f in doctor.examine(clock.SystemClock().now()) if f.verdict != "ok")


def ready(now):
    return {sign.name: sign.ok for sign in health.signs(now)}


def test_it_is_ready_while_tick_and_workers_show_signs_of_life(db, home):
    now = clock.SystemClock().now()
    assert ready(now) == {"database": True, "disk": True, "tick": False, "jobs": False}
    for name in ("tick", "jobs"):
        Heartbeat.objects.create(name=name, at=now - timedelta(seconds=5))
    assert all(ready(now).values())
    assert not ready(now + timedelta(seconds=40))["tick"]


def test_a_worker_inside_a_long_job_counts_as_alive(bank, home):
    now = clock.SystemClock().now()
    assert not ready(now)["jobs"]
    with unscoped("test"):
        JobRun(
            org_unit=bank.b01,
            key="k",
            kind="x",
            state="running",
            requested_at=now,
            lease_until=now + timedelta(seconds=9),
        ).save()
    assert ready(now)["jobs"]


def test_pending_migrations_make_it_unready(db, home, monkeypatch):
    monkeypatch.setattr(health, "pending_migrations", lambda: ["team.0002_x"])
    assert not ready(clock.SystemClock().now())["database"]


def test_a_full_disk_makes_it_unready(home, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _p: SimpleNamespace(free=1, total=100))
    assert not health.disk().ok


def test_the_answers_say_nothing_about_the_business(db, home):
    request = RequestFactory().get("/readyz")
    answer = health.readyz(request)
    assert answer.status_code == 503
    assert json.loads(answer.content) == {
        "ready": False, "database": True, "disk": True, "tick": False, "jobs": False,
    }  # fmt: skip
    assert health.healthz(request).content == b"ok\n"
