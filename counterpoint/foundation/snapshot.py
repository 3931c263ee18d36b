"""One consistent copy of the database, on either engine, and what is found when the copy itself is opened."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from counterpoint.foundation import anchor
from counterpoint.foundation.sqlite.lock import writer_lock

LOCK_SECONDS = 20.0
PASSING = ("django_session", "django_q_", "foundation_heartbeat", "foundation_ratebucket")  # not worth counting


class BackupRefused(RuntimeError):
    """A backup or restore that must not go on; the message says why and what to do."""


@dataclass(frozen=True)
class Inspection:
    """What a copy holds: rows per table, chain heads, newest migration per app, and everything wrong with it."""

    rows: dict[str, int]
    heads: dict[str, tuple[int, str]]
    schema: dict[str, str]
    problems: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Rows over all counted tables."""
        return sum(self.rows.values())


def engine() -> str:
    """``sqlite`` or ``postgresql``."""
    return connections["default"].vendor


def take(target: Path, anchors: Path) -> Inspection:
    """Copy the live database to `target` (a file) and inspect the copy against a copy of the anchors that was made
    before. Writers wait only while the copy begins."""
    if engine() == "sqlite":
        copy_sqlite(Path(str(connections["default"].settings_dict["NAME"])), target)
        with opened(target) as alias:
            return inspect(alias, anchors, target)
    return _dump(target, anchors)


def copy_sqlite(live: Path, target: Path) -> None:
    """Online backup. The reading snapshot begins and ends under the writer lock, so that this connection never writes
    or checkpoints beside another (the WAL-reset bug before SQLite 3.51.3); between, writers go on."""
    lock = writer_lock(str(live))
    lock.acquire(LOCK_SECONDS)
    try:
        source = sqlite3.connect(f"file:{live}?mode=ro", uri=True, isolation_level=None)
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        lock.release()
    try:
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            source.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        finally:
            copy.close()
    finally:
        lock.acquire(LOCK_SECONDS)
        try:
            source.close()
        finally:
            lock.release()
    with target.open("rb") as written:
        os.fsync(written.fileno())


@contextmanager
def opened(path: Path) -> Iterator[str]:
    """A database alias on a copied SQLite file, for the block."""
    plain = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {}, "CONN_MAX_AGE": 0}
    with _alias(plain) as alias:
        yield alias


@contextmanager
def _alias(changes: Mapping[str, Any]) -> Iterator[str]:
    alias = f"copy-{uuid4().hex[:8]}"
    connections.settings[alias] = {**connections.settings["default"], **changes}
    try:
        yield alias
    finally:
        with suppress(AttributeError):
            connections[alias].close()
            del connections[alias]
        del connections.settings[alias]


def inspect(alias: str, anchors: Path, path: Path | None = None, public: str = "") -> Inspection:
    """Integrity and foreign keys (of the SQLite file `path`), chains and counts of the database behind an alias.
    `public` is the key that signed the anchors, this installation's own when not given."""
    problems: list[str] = []
    if path is not None:
        problems += _sqlite_problems(path)
        if problems:
            return Inspection({}, {}, {}, problems)
    problems += [
        f"journal of {v.code}: {v.verdict.reason} (seq {v.verdict.first_bad})"
        for v in anchor.verify(using=alias, place=anchors, public=public)
        if not v.verdict.ok
    ]
    return Inspection(_counts(alias), anchor.heads(alias), _schema(alias), problems)


def _sqlite_problems(path: Path) -> list[str]:
    try:
        copy = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            found = [row[0] for row in copy.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            broken = len(copy.execute("PRAGMA foreign_key_check").fetchall())
        finally:
            copy.close()
    except sqlite3.DatabaseError as failure:
        return [f"the database file cannot be read: {failure}"]
    return found + ([f"{broken} rows point to rows that are not there"] if broken else [])


def _counts(alias: str) -> dict[str, int]:
    connection = connections[alias]
    with connection.cursor() as cursor:
        names = [n for n in connection.introspection.table_names(cursor) if not n.startswith(PASSING)]
        found = {}
        for name in sorted(names):
            cursor.execute(f"/*scope*/ SELECT COUNT(*) FROM {connection.ops.quote_name(name)}")
            found[name] = int(cursor.fetchone()[0])
    return found


def _schema(alias: str) -> dict[str, str]:
    newest: dict[str, str] = {}
    for app, name in sorted(MigrationRecorder(connections[alias]).applied_migrations()):
        newest[app] = name
    return newest


def _dump(target: Path, anchors: Path) -> Inspection:
    """pg_dump and the inspection look through the same exported snapshot, so that they agree row for row."""
    with transaction.atomic():
        with connections["default"].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            pg("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
        found = inspect("default", anchors)
    pg("pg_restore", "--list", str(target), database=None)
    return found


def pg(program: str, *arguments: str, database: str | None = "") -> str:
    """Run one of PostgreSQL's programs against the configured server; `database=None` gives none."""
    settings = connections["default"].settings_dict
    folders = [os.environ.get("COUNTERPOINT_PG_BIN", ""), os.environ.get("PATH", "")]
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    binary = shutil.which(program, path=os.pathsep.join([*filter(None, folders), *map(str, newest_first)]))
    if binary is None:
        raise BackupRefused(
            f"{program} is not installed. Install PostgreSQL's client programs, or set COUNTERPOINT_PG_BIN."
        )
    place = [] if database is None else [f"--dbname={database or settings['NAME']}"]
    login = {"PGHOST": settings["HOST"], "PGPORT": settings["PORT"], "PGUSER": settings["USER"]}
    environment = os.environ | {k: str(v) for k, v in login.items() if v} | {"PGPASSWORD": settings["PASSWORD"]}
    done = subprocess.run(  # noqa: S603
        [binary, *place, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupRefused(f"{program} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


@contextmanager
def loaded_dump(dump: Path) -> Iterator[str]:
    """An alias on a fresh database holding a dump; the database is dropped afterwards. Needs the right CREATEDB."""
    name = f"counterpoint_check_{uuid4().hex[:12]}"
    with connections["default"].cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        pg("pg_restore", "--no-owner", "--exit-on-error", str(dump), database=name)
        with _alias({"NAME": name}) as alias:
            yield alias
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
