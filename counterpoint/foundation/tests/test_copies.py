"""A copy of the live database: whole, alone in its file, taken between writers, and opened before it is believed."""

import sqlite3
import stat

import pytest
from django.db import connections

from counterpoint.foundation import snapshot
from counterpoint.foundation.snapshot import BackupRefused
from counterpoint.foundation.sqlite import lock as locks
from counterpoint.foundation.sqlite.lock import WriterBusy, writer_lock


@pytest.fixture
def live(tmp_path):
    """A database as the product runs it: a WAL that nobody has moved into the file yet."""
    path = tmp_path / "live.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "wal_autocheckpoint=0"):
        writer.execute(f"PRAGMA {pragma}")
    writer.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, note TEXT)")
    values = ", ".join(["('\u7968')"] * 500)
    writer.execute(f"INSERT INTO entry (note) VALUES {values}")
    yield path, writer
    writer.close()
    locks._locks.pop(str(path), None)


def rows(path):
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return reader.execute("SELECT count(*), max(note) FROM entry").fetchone()
    finally:
        reader.close()


def test_a_copy_has_what_stands_in_the_wal_and_lies_in_one_file(live, tmp_path):
    path, _writer = live
    assert path.with_name("live.sqlite3-wal").stat().st_size > 0
    target = tmp_path / "copy"
    snapshot.copy_sqlite(path, target)
    assert rows(target) == (500, "\u7968")
    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy"]
    assert sqlite3.connect(target).execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_copy_moves_nothing_into_the_live_file_and_leaves_the_lock_free(live, tmp_path):
    path, _writer = live
    before = (path.stat().st_size, path.with_name("live.sqlite3-wal").stat().st_size)
    snapshot.copy_sqlite(path, tmp_path / "copy")
    assert (path.stat().st_size, path.with_name("live.sqlite3-wal").stat().st_size) == before
    writer_lock(str(path)).acquire(0.01)
    writer_lock(str(path)).release()


def test_what_is_not_committed_is_not_in_the_copy(live, tmp_path):
    path, writer = live
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO entry (note) VALUES ('half')")
    snapshot.copy_sqlite(path, tmp_path / "copy")
    writer.execute("COMMIT")
    assert rows(tmp_path / "copy")[0] == 500 and rows(path)[0] == 501


def test_the_copy_is_of_the_moment_when_its_lock_was_held(live, tmp_path, monkeypatch):
    """Writers go on while the copy is made; what they write then belongs to the next one."""
    path, writer = live
    release = locks.WriterLock.release

    def let_others_write(lock):
        release(lock)
        writer.execute("INSERT INTO entry (note) VALUES ('later')")

    monkeypatch.setattr(locks.WriterLock, "release", let_others_write)
    snapshot.copy_sqlite(path, tmp_path / "copy")
    assert rows(tmp_path / "copy")[0] == 500 and rows(path)[0] == 502


def test_a_writer_who_holds_the_lock_too_long_stops_the_copy_before_it_begins(live, tmp_path, monkeypatch):
    path, _writer = live
    monkeypatch.setattr(snapshot, "LOCK_SECONDS", 0.02)
    lock = writer_lock(str(path))
    lock.acquire(1)
    try:
        with pytest.raises(WriterBusy):
            snapshot.copy_sqlite(path, tmp_path / "copy")
    finally:
        lock.release()
    assert not (tmp_path / "copy").exists()


def test_a_copy_that_cannot_be_written_leaves_the_lock_free(live, tmp_path):
    path, _writer = live
    with pytest.raises(sqlite3.OperationalError):
        snapshot.copy_sqlite(path, tmp_path / "no" / "such" / "folder")
    writer_lock(str(path)).acquire(0.01)
    writer_lock(str(path)).release()


@pytest.fixture
def copy(live, tmp_path):
    snapshot.copy_sqlite(live[0], tmp_path / "copy")
    return tmp_path / "copy"


def cut(path):
    path.write_bytes(path.read_bytes()[:-3000])


def overwrite_a_page(path):
    content = bytearray(path.read_bytes())
    content[4096 : 4096 + 400] = bytes(400)
    path.write_bytes(content)


def spoil_the_head(path):
    path.write_bytes(b"not a database at all, ever" * 40)


def lose_a_parent(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE child (id INTEGER PRIMARY KEY, entry INTEGER REFERENCES entry (id))")
    other.executemany("INSERT INTO child (entry) VALUES (?)", [(1,), (9001,), (9002,)])
    other.commit()
    other.close()


def leave_it(_path):
    """A sound copy."""


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (cut, ""),
        (overwrite_a_page, ""),
        (spoil_the_head, "cannot be read"),
        (lose_a_parent, "2 rows point"),
        (leave_it, None),
    ],
)
def test_a_harmed_copy_is_found_when_it_is_opened(copy, harm, word):
    harm(copy)
    problems = snapshot._sqlite_problems(copy)
    assert (problems == []) is (word is None)
    assert word is None or word in "; ".join(problems)


def test_a_harmed_copy_is_not_read_any_further(copy):
    spoil_the_head(copy)
    with snapshot.opened(copy) as alias:
        found = snapshot.inspect(alias, copy.parent / "anchors", copy)
    assert found.rows == found.heads == found.schema == {} and found.total == 0 and len(found.problems) == 1


@pytest.fixture
def reachable(django_db_blocker):
    """Lets the test reach databases of its own making."""
    with django_db_blocker.unblock():
        yield


def test_an_opened_copy_has_an_alias_for_as_long_as_it_is_open(copy, reachable):
    before = set(connections)
    with snapshot.opened(copy) as alias, connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM entry")
        assert cursor.fetchone() == (500,) and set(connections) - before == {alias}
    with pytest.raises(KeyError), snapshot.opened(copy):
        raise KeyError
    assert set(connections) == before


def test_two_copies_are_open_side_by_side(copy, reachable):
    with snapshot.opened(copy) as one, snapshot.opened(copy) as two:
        assert one != two and "default" not in (one, two)


def test_rows_are_counted_table_by_table_but_not_what_only_passes_through(copy, reachable):
    other = sqlite3.connect(copy)
    for name in ("django_session", "django_q_ormq", "foundation_heartbeat", "foundation_ratebucket", "foundation_x"):
        other.execute(f"CREATE TABLE {name} (id INTEGER)")
    other.execute("INSERT INTO foundation_x VALUES (1), (2)")
    other.commit()
    other.close()
    with snapshot.opened(copy) as alias:
        assert snapshot._counts(alias) == {"entry": 500, "foundation_x": 2}


def test_the_newest_migration_of_each_app_is_written_down(copy, reachable):
    other = sqlite3.connect(copy)
    other.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT, applied TEXT)")
    for app, name in (("team", "0002_b"), ("team", "0010_c"), ("team", "0001_a"), ("foundation", "0001_initial")):
        other.execute("INSERT INTO django_migrations (app, name) VALUES (?, ?)", (app, name))
    other.commit()
    other.close()
    with snapshot.opened(copy) as alias:
        assert snapshot._schema(alias) == {"team": "0010_c", "foundation": "0001_initial"}


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A stand-in for one of PostgreSQL's programs: says what it was given, or fails as told."""

    def make(script):
        path = tmp_path / "bin" / "pg_stand_in"
        path.parent.mkdir()
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("COUNTERPOINT_PG_BIN", str(path.parent))

    return make


def test_postgresqls_programs_get_the_database_and_never_the_password_on_the_command_line(program, monkeypatch):
    login = {"NAME": "bank", "HOST": "db", "PORT": 5433, "USER": "cp", "PASSWORD": "top secret"}
    program('echo "$@ on $PGHOST:$PGPORT as $PGUSER ($PGPASSWORD)"')
    monkeypatch.setattr(snapshot, "connections", {"default": type("Connection", (), {"settings_dict": login})})
    said = "on db:5433 as cp (top secret)\n"
    assert snapshot.pg("pg_stand_in", "--list", "x y") == f"--dbname=bank --list x y {said}"
    assert snapshot.pg("pg_stand_in", database="check") == f"--dbname=check {said}"
    assert snapshot.pg("pg_stand_in", "--list", database=None) == f"--list {said}"


def test_a_program_that_fails_says_why_in_its_last_words(program):
    program('yes early | head -n 200 >&2; echo "could not connect" >&2; exit 3')
    with pytest.raises(BackupRefused, match=r"(?s)^pg_stand_in failed: .*could not connect$") as refused:
        snapshot.pg("pg_stand_in", database=None)
    assert len(str(refused.value).replace("\n", " ")) < 350


def test_a_program_that_is_not_installed_says_what_to_install():
    with pytest.raises(BackupRefused, match=r"pg_none is not installed\. Install .* COUNTERPOINT_PG_BIN"):
        snapshot.pg("pg_none")
