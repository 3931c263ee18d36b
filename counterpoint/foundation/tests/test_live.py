"""Open screens get every entry of their branch once, catch up after a gap, and survive a database that hiccups."""

import asyncio
from datetime import UTC, datetime

import pytest

from counterpoint.foundation import live
from counterpoint.foundation.scope import Scope

EAST = Scope(actor=None, roots=("/hq/east/",), grants={live.READ: ("/hq/east/",)})
B01 = Scope(actor=None, roots=("/hq/east/b01/",), grants={live.READ: ("/hq/east/b01/",)})


def event(number, path="/hq/east/b01/", kind="onsite.ticket_taken"):
    return live.LiveEvent(number, path, kind, f"s{number}", datetime(2026, 1, 1, tzinfo=UTC).isoformat(), {})


class Journal:
    """Stands in for the table: a list of events with strictly growing ids."""

    def __init__(self):
        self.rows, self.broken = [], False

    def read_after(self, last, limit=live.CATCH_UP_LIMIT):
        if self.broken:
            raise OSError("away")
        return [row for row in self.rows if row.id > last][:limit]

    def newest_id(self):
        return self.rows[-1].id if self.rows else 0


@pytest.fixture
def journal(monkeypatch):
    """A journal in memory and a fast poll."""
    rows = Journal()
    monkeypatch.setattr(live, "read_after", rows.read_after)
    monkeypatch.setattr(live, "newest_id", rows.newest_id)
    monkeypatch.setattr(live, "POLL_SECONDS", 0.005)
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.05)
    return rows


async def take(stream, count):
    """The next `count` chunks that carry events."""
    found = []
    async for chunk in stream:
        if "event: onsite" in chunk or "resync" in chunk:
            found.append(chunk)
            if len(found) == count:
                break
    return found


def run(story):
    return asyncio.run(asyncio.wait_for(story(), 20))


def test_a_screen_gets_what_its_scope_and_path_allow(journal):
    async def story():
        hub = live.Hub()
        stream = hub.stream(B01, "/hq/east/", None)
        await anext(stream)
        await asyncio.sleep(0.05)
        journal.rows += [event(1, "/hq/east/b02/"), event(2)]
        return await take(stream, 1)

    (chunk,) = run(story)
    assert "s2" in chunk and "s1" not in chunk and "id: 2" in chunk


def test_a_screen_that_comes_back_gets_what_it_missed_first(journal):
    journal.rows = [event(n) for n in range(1, 6)]

    async def story():
        hub = live.Hub()
        stream = hub.stream(EAST, "/hq/east/", 2)
        return await take(stream, 1)

    (chunk,) = run(story)
    assert [f"s{n}" in chunk for n in range(1, 6)] == [False, False, True, True, True]


def test_a_screen_that_missed_too_much_starts_afresh(journal):
    journal.rows = [event(n) for n in range(1, live.CATCH_UP_LIMIT + 10)]

    async def story():
        return await take(live.Hub().stream(EAST, "/hq/east/", 0), 1)

    assert "resync" in run(story)[0]


def test_an_entry_that_commits_late_under_a_lower_id_is_not_lost(journal):
    async def story():
        hub = live.Hub()
        journal.rows = [event(1)]
        stream = hub.stream(EAST, "/hq/east/", None)
        await anext(stream)
        await asyncio.sleep(0.05)
        journal.rows += [event(4)]
        first = await take(stream, 1)
        journal.rows = [event(1), event(3), event(4)]
        second = await take(stream, 1)
        return first, second

    first, second = run(story)
    assert "s4" in first[0] and "s3" in second[0] and "s4" not in second[0]


def test_a_database_that_is_away_for_a_moment_ends_nothing(journal, monkeypatch):
    async def story():
        hub = live.Hub()
        stream = hub.stream(EAST, "/hq/east/", None)
        await anext(stream)
        journal.broken = True
        await asyncio.sleep(0.05)
        journal.broken = False
        journal.rows += [event(1)]
        return await take(stream, 1)

    assert "s1" in run(story)[0]


def test_a_quiet_screen_hears_a_ping(journal):
    async def story():
        stream = live.Hub().stream(EAST, "/hq/east/", None)
        await anext(stream)
        return await anext(stream)

    assert run(story) == live.PING


def test_a_screen_that_does_not_read_is_dropped_with_a_resync(journal, monkeypatch):
    monkeypatch.setattr(live, "QUEUE_SIZE", 2)

    async def story():
        hub = live.Hub()
        stream = hub.stream(EAST, "/hq/east/", None)
        await anext(stream)
        first = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.05)
        for number in range(1, 8):
            journal.rows.append(event(number))
            await asyncio.sleep(0.03)
        await first
        return await take(stream, 1)

    assert "resync" in run(story)[0]


def test_an_event_carries_no_private_commitment(bank):
    from counterpoint.foundation.scope import unscoped

    with unscoped("test"):
        events = live.read_after(0)
    assert events and all(e.data["private"] is None for e in events)
    assert live.newest_id() == events[-1].id


def test_a_screen_whose_post_ended_gets_nothing_more(journal, monkeypatch):
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.001)
    allowed = [B01, None]

    async def renew():
        return allowed.pop(0)

    async def story():
        stream = live.Hub().stream(B01, "/hq/east/b01/", None, renew)
        await anext(stream)
        assert await anext(stream) == live.PING
        journal.rows += [event(1)]
        return [chunk async for chunk in stream]

    assert run(story) == []


def test_a_screen_whose_scope_shrank_sees_only_what_is_left(journal, monkeypatch):
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.001)

    async def renew():
        return B01

    async def story():
        stream = live.Hub().stream(EAST, "/hq/east/b01/", None, renew)
        await anext(stream)
        journal.rows += [event(1, "/hq/east/b02/"), event(2)]
        return await take(stream, 1)

    (chunk,) = run(story)
    assert "id: 2" in chunk and "id: 1" not in chunk


def test_only_readers_of_the_journal_get_subjects_and_numbers(journal):
    reader = Scope(actor=None, roots=("/hq/east/",), grants={live.READ: ("/hq/east/b01/",)})

    async def story():
        hub, chunks = live.Hub(), []
        for scope in (reader, Scope(actor=None, roots=("/hq/east/",))):
            stream = hub.stream(scope, "/hq/east/", None)
            await anext(stream)
            chunks.append(asyncio.ensure_future(take(stream, 1)))
        await asyncio.sleep(0.02)
        journal.rows += [event(1, "/hq/east/b02/"), event(2)]
        return [(await chunk)[0] for chunk in chunks]

    full, bare = run(story)
    assert '"s2"' in full and '"s1"' not in full and "id: 1" in full
    assert '"s2"' not in bare and "event: onsite.ticket_taken" in bare


def test_a_fact_of_another_dimension_stays_in_it(journal, monkeypatch):
    monkeypatch.setattr(live.facts, "dim_of", lambda kind: "aml" if kind == "onsite.alert" else "")
    outside, inside = (live.Subscriber(Scope(None, ("/hq/",), dims=frozenset(dims)), "/hq/") for dims in ((), ("aml",)))
    alert = event(1, kind="onsite.alert")
    assert inside.wants(alert) and not outside.wants(alert)


def test_screens_that_open_at_once_share_one_poller(journal, monkeypatch):
    reads = []
    slow = journal.newest_id
    monkeypatch.setattr(live, "newest_id", lambda: reads.append(1) or slow())

    async def story():
        hub = live.Hub()
        streams = [hub.stream(EAST, "/hq/east/", None) for _ in range(5)]
        await asyncio.gather(*(anext(stream) for stream in streams))
        return len(reads)

    assert run(story) == 1


def test_a_late_entry_reaches_a_screen_that_came_back(journal):
    async def story():
        hub = live.Hub()
        journal.rows = [event(1), event(5)]
        stream = hub.stream(EAST, "/hq/east/", 1)
        first = await take(stream, 1)
        again = asyncio.ensure_future(take(stream, 1))
        await asyncio.sleep(0.03)
        journal.rows = [event(1), event(4), event(5)]
        await asyncio.sleep(0.03)
        return first, await again

    first, second = run(story)
    assert "id: 5" in first[0] and "id: 4" in second[0]
