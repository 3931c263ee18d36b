"""What watches over an installation, at its limits: readiness, the doctor's verdicts, the tick and its own work."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation import anchor, clock, doctor, health, jobs, keys, notify, proof, restore, tick
from counterpoint.foundation.models import Heartbeat, JobRun, Message, RateBucket
from counterpoint.foundation.scope import unscoped
from counterpoint.foundation.tick import PAUSE_SECONDS, Ticker, Work

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    """An installation of its own, with keys."""
    monkeypatch.delenv("COUNTERPOINT_ANCHORS", raising=False)
    monkeypatch.setattr(anchor, "_known", anchor._Known())
    settings.HOME, settings.KEYS, settings.FILES = tmp_path, tmp_path / "keys", tmp_path / "files"
    keys.create()
    return tmp_path


@pytest.fixture
def at_now(monkeypatch):
    """The host's clock stands at NOW."""
    monkeypatch.setattr(clock.SystemClock, "now", lambda self: NOW)


def found(check, now=NOW):
    return {finding.name: finding for finding in check(now)}


@pytest.mark.parametrize(("free", "ok"), [(0, False), (49, False), (50, True), (51, True), (1000, True)])
def test_a_twentieth_of_the_disk_must_be_free(home, monkeypatch, free, ok):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _p: SimpleNamespace(free=free, total=1000))
    sign = health.disk()
    assert sign.ok is ok and sign.detail == f"{free / 1000:.0%} free"
    finding = found(doctor._home)["Disk space"]
    assert (finding.verdict == "ok") is ok and bool(finding.todo) is not ok


def test_the_disk_of_a_home_that_is_not_there_yet_is_that_of_the_folder_above(tmp_path):
    assert health.disk(tmp_path / "not" / "yet").detail == health.disk(tmp_path).detail


@pytest.mark.parametrize(("name", "seconds"), [("tick", 30), ("jobs", 60)])
@pytest.mark.parametrize("late", [0, 1])
def test_a_sign_of_life_is_fresh_up_to_its_limit(db, home, name, seconds, late):
    for beat in health.FRESH:
        Heartbeat.objects.create(name=beat, at=NOW)
    now = NOW + timedelta(seconds=seconds + late)
    signs = {sign.name: sign for sign in health.signs(now)}
    assert signs[name].ok is not late and signs[name].detail == ("no recent sign of life" if late else "")


@pytest.mark.parametrize(
    ("state", "seconds", "alive"),
    [("running", 1, True), ("running", 0, False), ("queued", 60, False), ("done", 60, False)],
)
def test_only_a_running_job_with_a_lease_stands_for_a_silent_worker(bank, home, state, seconds, alive):
    with unscoped("test"):
        lease = NOW + timedelta(seconds=seconds)
        JobRun(org_unit=bank.b01, key="k", kind="x", state=state, requested_at=NOW, lease_until=lease).save()
    assert {sign.name: sign.ok for sign in health.signs(NOW)}["jobs"] is alive


def test_a_database_that_is_away_is_said_by_kind_only(home, monkeypatch):
    def away():
        raise DatabaseError("password of bank@10.0.0.1 is wrong")

    monkeypatch.setattr(health, "pending_migrations", away)
    database, disk = health.signs(NOW)
    assert (database.name, database.ok, database.detail, disk.name) == ("database", False, "DatabaseError", "disk")


def test_waiting_migrations_are_named_the_first_three(home, db, monkeypatch):
    monkeypatch.setattr(health, "pending_migrations", lambda: [f"team.000{n}_x" for n in range(5)])
    assert health.signs(NOW)[0].detail == "team.0000_x, team.0001_x, team.0002_x"
    assert found(doctor._migrations)["Database schema"].seen == "5 migrations wait"


@pytest.mark.parametrize(("ahead", "verdict"), [(-3600, {"ok", "warn"}), (60, {"ok", "warn"}), (61, {"fail"})])
def test_a_heartbeat_of_more_than_a_minute_ahead_means_the_clock_went_back(db, ahead, verdict):
    Heartbeat.objects.create(name="tick", at=NOW + timedelta(seconds=ahead))
    assert str(found(doctor._clock)["Clock"].verdict) in verdict


def test_a_fresh_installation_has_no_heartbeat_and_no_false_alarm(db):
    assert str(found(doctor._clock)["Clock"].verdict) in {"ok", "warn"}
    assert found(doctor._beats)["Process tick"].seen == "never seen" and "Tick work" not in found(doctor._beats)


@pytest.mark.parametrize(
    ("data", "verdict"),
    [(["2026a"], "ok"), (["", "2025b"], "ok"), (["2024b"], "warn"), (["", ""], "warn"), ([], "warn")],
)
def test_time_zone_data_may_be_one_year_old(monkeypatch, data, verdict):
    monkeypatch.setattr(doctor, "_zone_versions", lambda: iter(data))
    finding = found(doctor._zone_data)["Time-zone data"]
    assert finding.verdict == verdict and bool(finding.todo) is (verdict != "ok")


@pytest.mark.parametrize(("given_up", "verdict"), [(0, "ok"), (1, "warn"), (2, "warn")])
def test_messages_that_were_given_up_are_counted(bank, given_up, verdict):
    with unscoped("test"):
        for number in range(given_up):
            Message(
                org_unit=bank.b01, dedupe=f"d{number}", title="t", body="b", created_at=NOW, tries=notify.MAX_TRIES
            ).save()
    finding = found(doctor._outbox)["Messages"]
    assert finding.verdict == verdict and (str(given_up) in finding.seen or not given_up)


@pytest.mark.parametrize(
    ("age", "verdict"), [(timedelta(0), "ok"), (timedelta(days=8), "ok"), (timedelta(days=8, seconds=1), "warn")]
)
def test_a_drill_is_good_for_eight_days(home, monkeypatch, age, verdict):
    monkeypatch.setattr(restore, "last_good_drill", lambda: NOW - age)
    assert found(doctor._drill)["Restore drill"].verdict == verdict


@pytest.mark.parametrize("missing", doctor.KEY_NAMES)
def test_each_missing_key_is_named(home, missing):
    (home / "keys" / missing).unlink()
    assert found(doctor._keys)["Keys"].seen == f"missing: {missing}"


@pytest.mark.parametrize(("mode", "ok"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False), (0o620, False)])
def test_keys_are_for_the_owner_alone(home, mode, ok):
    (home / "keys" / "fields").chmod(mode)
    assert (found(doctor._keys)["Keys"].verdict == "ok") is ok


def test_every_check_is_run_and_names_are_not_repeated(db, home):
    findings = doctor.examine(clock.SystemClock().now())
    names = [finding.name for finding in findings]
    assert len(names) == len(set(names))
    assert {"Keys", "Data folder", "Disk space", "Holiday calendar", "Database rules", "Restore drill"} <= set(names)


class Seconds:
    """A hand-moved stopwatch."""

    now = 1000.0

    def __call__(self):
        return self.now


@given(st.floats(5, 600), st.lists(st.floats(0, 400), min_size=1, max_size=20))
def test_work_is_due_when_its_time_has_come_within_half_a_pause(seconds, steps):
    """Against the plain rule on the list of instants; a loop that is a little early must not skip a whole round."""
    watch, work = Seconds(), Work("w", seconds, lambda now: None)
    ticker, last = Ticker([work], watch), None
    for step in steps:
        watch.now += step
        due = last is None or watch.now - last >= seconds - PAUSE_SECONDS / 2
        assert ticker._due(work) is due
        if due:
            ticker._last["w"] = last = watch.now


@pytest.mark.parametrize(
    ("result", "count"), [(3, 3), (0, 0), (None, None), (True, None), ("7", None), (2.5, None)], ids=repr
)
def test_a_heartbeat_counts_numbers_only(db, clock, result, count):
    (outcome,) = Ticker([Work("w", 5, lambda now: result)], Seconds()).step()
    assert outcome.ok and outcome.count == count and Heartbeat.objects.get(name="w").detail["count"] == count


def test_a_round_without_due_work_is_a_sign_of_life_all_the_same(db, clock):
    ticker = Ticker([], Seconds())
    assert ticker.step() == []
    assert Heartbeat.objects.get().name == "tick" and Heartbeat.objects.get().detail == {"ok": True}


def test_a_later_round_replaces_the_heartbeat_before_it(db, clock):
    watch, results = Seconds(), iter([1, ValueError("x"), 2])

    def work(now):
        found_ = next(results)
        if isinstance(found_, Exception):
            raise found_
        return found_

    ticker, told = Ticker([Work("w", 5, work)], watch), []
    for _round in range(3):
        ticker.step()
        watch.now += 5
        beat = Heartbeat.objects.get(name="w").detail
        told.append((beat["ok"], beat["count"], beat["error"]))
    assert told == [(True, 1, ""), (False, None, "ValueError"), (True, 2, "")]
    assert Heartbeat.objects.count() == 2


def test_the_same_work_may_be_registered_again_by_a_reload(monkeypatch):
    monkeypatch.setattr(tick, "_registry", {})

    def declare(seconds):
        @tick.every("room.work", seconds, atomic=False)
        def work(now):
            return seconds

    declare(5)
    declare(10)
    (known,) = tick.works()
    assert (known.seconds, known.atomic, known.run(NOW)) == (10, False, 10)


def own(name):
    return next(work for work in tick.works() if work.name == name)


def test_tidying_forgets_what_is_over_and_keeps_what_is_not(db, at_now):
    day, second = timedelta(days=1), timedelta(seconds=1)
    for key, ends in (("over", NOW - second), ("ends", NOW), ("lasts", NOW + day)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    for key, began in (("old", NOW - day - second), ("day", NOW - day), ("new", NOW)):
        RateBucket.objects.create(key=key, window_start=began)
    assert own("foundation.tidy").run(NOW) == 1
    assert set(Session.objects.values_list("session_key", flat=True)) == {"ends", "lasts"}
    assert set(RateBucket.objects.values_list("key", flat=True)) == {"day", "new"}


@pytest.mark.parametrize("demo", [timedelta(days=-30), timedelta(days=30)], ids=["behind", "ahead"])
def test_a_demo_clock_far_from_the_hosts_opens_no_account_early(db, at_now, demo):
    """Attempts are counted in real time: a demo that runs a month ahead must not forget those of this minute."""
    RateBucket.objects.create(key="now", window_start=NOW)
    own("foundation.tidy").run(NOW + demo)
    assert RateBucket.objects.filter(key="now").exists()


def test_the_houses_own_work_does_what_its_name_says(bank, home, at_now, monkeypatch):
    monkeypatch.setattr(jobs, "rescue", lambda: 2)
    assert own("foundation.rescue").run(NOW) == 2
    assert own("foundation.anchor").run(NOW + timedelta(days=900)) == 6
    assert [file.name for file in anchor.files()] == ["journal-2026-11.jsonl"]
    assert own("foundation.messages").run(NOW) == 0 and own("foundation.orphans").run(NOW) == 0
    assert own("foundation.checkpoint").run(NOW) == 0
    assert own("foundation.workers").run(NOW) is None


def test_work_that_waits_for_the_network_or_the_disk_holds_no_transaction():
    outside = {work.name for work in tick.works() if not work.atomic}
    assert {"foundation.messages", "foundation.anchor", "foundation.checkpoint", "foundation.orphans"} <= outside


@pytest.mark.parametrize("text", ["", "[]", "{", '{"problems": []}', '{"at": 5, "problems": []}', "null", "5"])
def test_a_drill_record_that_cannot_be_read_hides_no_good_one(home, text):
    place = home / "drills"
    place.mkdir()
    body = {"at": NOW.isoformat(), "backup": "b", "sha256": "", "rows": 1, "seconds": 1, "problems": []}
    signed = body | {"signature": proof.sign(keys.signing_key(), body)}
    (place / "2026-11-22T030000Z.json").write_text(json.dumps(signed))
    (place / "2026-11-23T030000Z.json").write_text(text)
    assert restore.last_good_drill() == NOW
