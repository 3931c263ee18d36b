"""A dead tick is told to people by another process: a banner, /readyz, the doctor, and a word that fails to come."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from counterpoint.foundation import doctor, fetch, health, lookout, ping, tick
from counterpoint.foundation.models import Heartbeat
from counterpoint.primitives.cases import firing, watching

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 11:00 in Shanghai
ALL = ("tick", "jobs", firing.TICK, watching.AUDIT)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def beat(at, *names, error=""):
    for name in names or ALL:
        Heartbeat.objects.update_or_create(name=name, defaults={"at": at, "detail": {"error": error}})


@pytest.fixture
def watch(db, monkeypatch):
    """The lookout of a web process that came up an hour ago, without its thread."""
    fresh = lookout.Lookout()
    fresh.since = NOW - timedelta(hours=1)
    monkeypatch.setattr(lookout, "lookout", fresh)
    return fresh


def names(troubles):
    return {one.name: one.since for one in troubles}


def test_all_is_well_while_everything_beats(watch):
    beat(NOW - 5 * SECOND)
    assert watch.look(NOW) == ()


def test_a_tick_that_stopped_is_one_trouble_since_its_last_sign_of_life(watch):
    beat(NOW - 10 * MINUTE)
    beat(NOW, "jobs")
    assert names(watch.look(NOW)) == {"tick": NOW - 10 * MINUTE}


def test_a_silent_auditor_is_told_although_the_tick_lives(watch):
    beat(NOW)
    beat(NOW - 151 * SECOND, watching.AUDIT)
    assert names(watch.look(NOW)) == {watching.AUDIT: NOW - 151 * SECOND}


def test_a_failing_auditor_is_told_since_it_was_first_seen_to_fail(watch):
    beat(NOW)
    beat(NOW, watching.AUDIT, error="EscalationMissing")
    watch.look(NOW)
    beat(NOW + MINUTE)
    beat(NOW + MINUTE, watching.AUDIT, error="EscalationMissing")
    (told,) = watch.look(NOW + MINUTE)
    assert (told.name, told.failing, told.since) == (watching.AUDIT, True, NOW)
    beat(NOW + 2 * MINUTE)
    assert watch.look(NOW + 2 * MINUTE) == ()


def test_a_work_that_never_ran_is_missed_once_the_process_is_up_long_enough(watch):
    beat(NOW, "tick", "jobs", firing.TICK)
    watch.since = NOW - 150 * SECOND - health.SETTLING
    assert watch.look(NOW) == ()
    assert names(watch.look(NOW + SECOND)) == {watching.AUDIT: None}


def test_a_web_process_that_just_came_up_gives_the_others_their_time(watch):
    watch.since = NOW
    assert watch.look(NOW + health.SETTLING) == ()
    assert "tick" in names(watch.look(NOW + health.SETTLING + SECOND))


def test_readiness_misses_a_watched_work_that_never_ran_only_after_a_while(db):
    beat(NOW, "tick", "jobs")
    at = {sign.name for sign in health.signs(NOW)}
    assert watching.AUDIT not in at
    soon = {sign.name for sign in health.signs(NOW, NOW - 2 * MINUTE)}
    assert watching.AUDIT not in soon
    late = {sign.name: sign for sign in health.signs(NOW, NOW - 5 * MINUTE)}
    assert not late[watching.AUDIT].ok and not late[firing.TICK].ok


@pytest.mark.parametrize("person", ["Sun", "Ada", "Rita", "Hana", "Sysadmin"])
def test_leaders_see_a_banner_when_the_tick_is_stopped(bank, sign_in, watch, person):
    client = sign_in(person)
    beat(NOW)
    watch.look(NOW)
    assert "counterpoint doctor" not in client.get("/account").content.decode()
    watch.look(NOW + 10 * MINUTE)  # sabotage: nobody ticks any more
    page = client.get("/account").content.decode()
    local = "2026-11-23 11:00"
    assert "counterpoint doctor" in page and local in page and 'role="alert"' in page
    beat(NOW + 11 * MINUTE)
    watch.look(NOW + 11 * MINUTE)
    assert "counterpoint doctor" not in client.get("/account").content.decode()


@pytest.mark.parametrize("person", ["Mei", "Omar", "Otto"])
def test_the_floor_is_not_alarmed(bank, sign_in, watch, person):
    watch.look(NOW)
    assert watch.troubles()
    assert "counterpoint doctor" not in sign_in(person).get("/account").content.decode()


def test_the_banner_asks_the_database_for_nothing(bank, sign_in, watch, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in("Sun")
    client.get("/account")
    with CaptureQueriesContext(connection) as before:
        client.get("/account")
    watch.look(NOW)
    with django_assert_num_queries(len(before)):
        assert "counterpoint doctor" in client.get("/account").content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("failing", [True, False])
def test_every_trouble_is_told_in_words(language, name, failing):
    with translation.override(language):
        what, todo = lookout.told(lookout.Trouble(name, failing, NOW), NOW)
    assert "2026-11-23 03:00" in what and "primitives." not in what and "counterpoint doctor" in todo


def test_the_thread_looks_by_itself_and_survives_a_database_that_is_away(monkeypatch):
    looked, again = [], threading.Event()

    class Fails(lookout.Lookout):
        def look(self, now):
            looked.append(now)
            again.set()
            raise RuntimeError("away")

    one = Fails()
    monkeypatch.setattr(health, "serve_from", lambda now: None)
    one.start(NOW)
    one.start(NOW + MINUTE)
    assert again.wait(5) and one.since == NOW and one._thread.is_alive() and len(looked) == 1


def test_the_doctor_lists_every_watched_work(db):
    beat(NOW)
    found = {one.name: one for one in doctor._beats(NOW)}
    assert {f"Work {name}" for name in health.watched()} <= set(found)
    assert found[f"Work {watching.AUDIT}"].verdict == "ok"
    Heartbeat.objects.filter(name=watching.AUDIT).delete()
    found = {one.name: one for one in doctor._beats(NOW)}
    assert (found[f"Work {watching.AUDIT}"].verdict, found[f"Work {watching.AUDIT}"].seen) == ("warn", "never seen")


@pytest.fixture
def service(settings):
    settings.PING_ADDRESS = "https://deadman.example.com/ping"
    return settings.PING_ADDRESS


def sent(ask, now=NOW):
    pinger = ping.Pinger(ask)
    went = pinger.ping(now)
    if pinger.thread:
        pinger.thread.join(5)
    return went


def test_a_dead_man_service_is_told_while_all_is_well(db, service):
    asked = []
    beat(NOW)
    assert sent(asked.append) and asked == [service]


@pytest.mark.parametrize("gone", ["jobs", firing.TICK, watching.AUDIT])
def test_the_word_does_not_come_when_something_is_not_well(db, service, gone):
    beat(NOW)
    beat(NOW - timedelta(hours=1), gone)
    assert not sent(lambda url: pytest.fail("told"))


def test_without_an_address_nobody_is_told(db, settings):
    settings.PING_ADDRESS = ""
    beat(NOW)
    assert not sent(lambda url: pytest.fail("told"))


@pytest.mark.parametrize("failure", [fetch.Unreachable("no"), OSError("x"), ValueError("x")])
def test_a_service_that_is_away_is_no_failure_of_the_tick(db, service, failure):
    def fails(_url):
        raise failure

    beat(NOW)
    assert sent(fails)


def test_a_service_that_hangs_holds_nothing_up_and_is_not_asked_twice(db, service):
    held = threading.Event()
    pinger = ping.Pinger(lambda _url: held.wait(10))
    beat(NOW)
    assert pinger.ping(NOW) and not pinger.ping(NOW)
    held.set()
    pinger.thread.join(5)
    assert pinger.ping(NOW)


def test_the_tick_sends_the_word_each_minute_outside_of_a_transaction():
    (work,) = (one for one in tick.works() if one.name == "foundation.ping")
    assert (work.seconds, work.atomic) == (60, False)


def test_the_doctor_asks_for_the_public_address_when_there_are_channels(db, settings, monkeypatch):
    settings.PUBLIC_ADDRESS, settings.PING_ADDRESS = "", "http://deadman/"
    monkeypatch.setattr(doctor.notify, "channels_in_use", lambda: 2)
    found = {one.name: one for one in doctor._ways_out(NOW)}
    assert (found["Public address"].verdict, found["Dead-man service"].verdict) == ("warn", "warn")
    settings.PUBLIC_ADDRESS, settings.PING_ADDRESS = "https://branch.example.com", "https://deadman.example.com/x"
    found = {one.name: one for one in doctor._ways_out(NOW)}
    assert (found["Public address"].verdict, found["Dead-man service"].verdict) == ("ok", "ok")
