"""Is this installation sound, and what is to be done where it is not? Each check answers ok, warn or fail."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.utils import Error

from counterpoint.foundation import calendar, fetch, health, integrity, notify, practice, restore
from counterpoint.foundation.models import Heartbeat

NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs", "fuse.glusterfs"}
KEY_NAMES = ("django", "fields", "journal.pem", "badges.pem")
DRILL_AGE = timedelta(days=8)
ZONE_DATA_YEARS = 2
FIXED_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


class Verdict(StrEnum):
    """How a check ended; `fail` means do not run on this."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One check's name, verdict, what was seen, and what to do."""

    name: str
    verdict: Verdict
    seen: str
    todo: str = ""


Check = Callable[[datetime], Iterator[Finding]]


def examine(now: datetime) -> list[Finding]:
    """Run every check; one that breaks is itself a failure. `now` is real time."""
    findings: list[Finding] = []
    for check in CHECKS:
        try:
            findings += check(now)
        except Exception as failure:  # a broken check must show up, not hide the others
            name = check.__name__.strip("_").replace("_", " ")
            findings.append(Finding(name, Verdict.FAIL, f"{type(failure).__name__}: {failure}", "See the log."))
    return findings


def has_reset_bug(release: tuple[int, int, int]) -> bool:
    """Whether this SQLite can corrupt a WAL database when two connections write or checkpoint at once."""
    if release < (3, 7, 0) or release >= FIXED_SQLITE[0]:
        return False
    return not any(release[:2] == fixed[:2] and release >= fixed for fixed in FIXED_SQLITE)


def _sqlite_version(_now: datetime) -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        return
    seen = sqlite3.sqlite_version
    if has_reset_bug(sqlite3.sqlite_version_info):
        yield Finding(
            "SQLite version", Verdict.WARN, f"{seen} has the WAL-reset bug",
            "Safe here: one writer lock covers every write and checkpoint (ADR 0003). Let no other program write to "
            "the database file, and take 3.51.3 or newer with the next Python.",
        )  # fmt: skip
    else:
        yield Finding("SQLite version", Verdict.OK, seen)


def _pragmas(_now: datetime) -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        return
    wanted = {"journal_mode": "wal", "synchronous": 2, "wal_autocheckpoint": 0, "foreign_keys": 1, "mmap_size": 0}
    found = {}
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"PRAGMA {name}")
            row = cursor.fetchone()  # a build without mmap answers nothing
            found[name] = row[0] if row else value
    wrong = {name: value for name, value in found.items() if value != wanted[name]}
    if wrong:
        yield Finding("SQLite pragmas", Verdict.FAIL, str(wrong), f"Acknowledged work may be lost. Required: {wanted}.")
    else:
        yield Finding("SQLite pragmas", Verdict.OK, "WAL, FULL, one checkpointer, foreign keys")


def _postgres(_now: datetime) -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        found = {}
        for name in ("synchronous_commit", "fsync", "full_page_writes", "data_checksums", "server_version"):
            cursor.execute(f"SHOW {name}")
            found[name] = cursor.fetchone()[0]
    unsafe = [n for n in ("synchronous_commit", "fsync", "full_page_writes") if found[n] != "on"]
    if unsafe:
        yield Finding("PostgreSQL", Verdict.FAIL, f"off: {', '.join(unsafe)}", "Switch them on in postgresql.conf.")
    elif found["data_checksums"] != "on":
        yield Finding("PostgreSQL", Verdict.WARN, "no data checksums", "Run pg_checksums --enable in a quiet hour.")
    else:
        yield Finding("PostgreSQL", Verdict.OK, found["server_version"])


def file_system(path: Path, mounts: str) -> str:
    """Type of the file system that `path` lies on, from the text of /proc/mounts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        _device, place, found, *_rest = line.split(" ")
        place = place.replace("\\040", " ")
        inside = str(path) == place or str(path).startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(best):
            best, kind = place, found
    return kind


def _home(_now: datetime) -> Iterator[Finding]:
    home = Path(settings.HOME)
    kind = file_system(home, Path("/proc/mounts").read_text()) if Path("/proc/mounts").is_file() else ""
    if kind in NETWORK and connection.vendor == "sqlite":
        yield Finding(
            "Data folder", Verdict.FAIL, f"{home} is on {kind}",
            "SQLite corrupts on network file systems. Use a local disk, or PostgreSQL.",
        )  # fmt: skip
    elif not os.access(home, os.W_OK):
        yield Finding("Data folder", Verdict.FAIL, f"{home} cannot be written", "Give it to the service's user.")
    else:
        yield Finding("Data folder", Verdict.OK, f"{home} ({kind or 'unknown file system'})")
    sign = health.disk(home)
    todo = "" if sign.ok else "Free space, or move old backups away. Below it, writes will stop."
    yield Finding("Disk space", Verdict.OK if sign.ok else Verdict.FAIL, sign.detail, todo)


def _keys(_now: datetime) -> Iterator[Finding]:
    folder = Path(settings.KEYS)
    missing = [name for name in KEY_NAMES if not (folder / name).is_file()]
    if missing:
        yield Finding("Keys", Verdict.FAIL, f"missing: {', '.join(missing)}", "Run `counterpoint keys create`.")
        return
    open_ = [name for name in KEY_NAMES if stat.S_IMODE((folder / name).stat().st_mode) & 0o077]
    if open_:
        yield Finding("Keys", Verdict.FAIL, f"others can read: {', '.join(open_)}", f"Run `chmod 600 {folder}/*`.")
    else:
        yield Finding("Keys", Verdict.OK, "present, readable by the owner only")


def _libraries(_now: datetime) -> Iterator[Finding]:
    if find_spec("defusedxml") is None:
        yield Finding("defusedxml", Verdict.FAIL, "not installed", "Excel files could exhaust memory. Install it.")
    else:
        yield Finding("defusedxml", Verdict.OK, "Excel files are parsed without entity expansion")


def _calendar(now: datetime) -> Iterator[Finding]:
    years = {year: calendar.announced(year) for year in (now.year, now.year + 1)}
    if not years[now.year]:
        yield Finding("Holiday calendar", Verdict.FAIL, f"{now.year} is not in the package", "Update chinesecalendar.")
    elif not years[now.year + 1] and now.month == 12:  # announced in November
        yield Finding(
            "Holiday calendar", Verdict.WARN, f"{now.year + 1} is not in the package",
            "The State Council announces it in November. Update chinesecalendar; until then plans are provisional.",
        )  # fmt: skip
    else:
        known = ", ".join(str(year) for year, there in years.items() if there)
        yield Finding("Holiday calendar", Verdict.OK, f"announced: {known}")


def _zone_data(now: datetime) -> Iterator[Finding]:
    data = next((v for v in _zone_versions() if v), "")
    if not data:
        yield Finding("Time-zone data", Verdict.WARN, "its version is unknown", "Keep the system's tzdata up to date.")
    elif now.year - int(data[:4]) >= ZONE_DATA_YEARS:
        yield Finding("Time-zone data", Verdict.WARN, data, "Update the system's tzdata.")
    else:
        yield Finding("Time-zone data", Verdict.OK, data)


def _zone_versions() -> Iterator[str]:
    for place in ("/usr/share/zoneinfo/tzdata.zi", "/usr/share/zoneinfo/+VERSION"):
        if Path(place).is_file():
            with Path(place).open() as text:
                yield text.readline().removeprefix("# version ").strip()[:5]
    if find_spec("tzdata") is not None:
        yield version("tzdata")


def _clock(now: datetime) -> Iterator[Finding]:
    try:
        newest = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
    except Error:
        return
    ahead = newest - now if newest else timedelta()
    if ahead > timedelta(minutes=1):
        yield Finding(
            "Clock", Verdict.FAIL, f"it went back: the tick was here {ahead} later",
            "Set the host's clock and switch time synchronisation on before serving.",
        )  # fmt: skip
    elif not _synchronised():
        yield Finding(
            "Clock", Verdict.WARN, "no sign of time synchronisation", "Switch on systemd-timesyncd or chrony."
        )
    else:
        yield Finding("Clock", Verdict.OK, "synchronised")


def _synchronised() -> bool:
    places = ("/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/var/run/ntpd.pid")
    return any(Path(place).exists() for place in places)


def _migrations(_now: datetime) -> Iterator[Finding]:
    pending = health.pending_migrations()
    if pending:
        yield Finding("Database schema", Verdict.FAIL, f"{len(pending)} migrations wait", "Run `counterpoint migrate`.")
    else:
        yield Finding("Database schema", Verdict.OK, "up to date")


def _triggers(_now: datetime) -> Iterator[Finding]:
    there = set(connection.introspection.table_names())
    wanted = {rule.name for rule in integrity.rules() if rule.table in there}
    catalogue = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'"}
    with connection.cursor() as cursor:
        cursor.execute(catalogue.get(connection.vendor, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
        found = {str(row[0]) for row in cursor.fetchall()}
    missing = {name for name in wanted if name[:63] not in found and name not in found}
    if missing or not wanted:
        seen = f"{len(missing)} of {len(wanted)} are missing"
        yield Finding("Database rules", Verdict.FAIL, seen, "Run `counterpoint migrate`: it installs them again.")
    else:
        yield Finding("Database rules", Verdict.OK, f"{len(wanted)} triggers guard journal and branches")


def _trees(_now: datetime) -> Iterator[Finding]:
    mixed = practice.astray()
    if mixed:
        todo = "Stop practice and tell the maker: rows of practice and of the bank must not mix."
        yield Finding("Practice tree", Verdict.FAIL, f"rows stand in the wrong tree: {', '.join(mixed)}", todo)
    else:
        yield Finding("Practice tree", Verdict.OK, "apart from the bank in every table")


def _assets(_now: datetime) -> Iterator[Finding]:
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield Finding("Front end", Verdict.OK, "built")
    else:
        yield Finding("Front end", Verdict.FAIL, "not built", "Run `counterpoint assets`.")


def _beats(now: datetime) -> Iterator[Finding]:
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    signs = {sign.name: sign for sign in health.beats(now)}
    stopped = "See the log of the tick. Until it goes on, nobody is told of passed deadlines."
    wanted = [(f"Process {name}", name, "Start it with `counterpoint up`.") for name in health.FRESH]
    wanted += [(f"Work {name}", name, stopped) for name in health.watched()]
    for title, name, todo in wanted:
        ok = name in signs and signs[name].ok
        seen = f"last seen {now - beats[name].at} ago" if name in beats else health.NEVER
        yield Finding(title, Verdict.OK if ok else Verdict.WARN, seen, "" if ok else todo)
    failing = sorted(name for name, beat in beats.items() if beat.detail.get("error"))
    if failing:
        yield Finding("Tick work", Verdict.FAIL, f"failing: {', '.join(failing)}", "See the log of the tick.")


def _ways_out(_now: datetime) -> Iterator[Finding]:
    count, address = notify.channels_in_use(), settings.PUBLIC_ADDRESS
    if count and not address.startswith("https://"):
        seen = f"{count} channels, but links in messages do not say where this installation is"
        yield Finding("Public address", Verdict.WARN, seen, "Set COUNTERPOINT_ADDRESS=https://branch.example.com.")
    elif address:
        yield Finding("Public address", Verdict.OK, address)
    if settings.PING_ADDRESS:
        try:
            fetch.checked(settings.PING_ADDRESS)
        except fetch.Unreachable:
            todo = "COUNTERPOINT_PING must begin with https:// and name a server."
            yield Finding("Dead-man service", Verdict.WARN, "its address may not be asked", todo)
        else:
            yield Finding("Dead-man service", Verdict.OK, "told each minute that all is well")


def _outbox(_now: datetime) -> Iterator[Finding]:
    lost = notify.given_up()
    if lost:
        seen = f"{lost} messages were given up after {notify.MAX_TRIES} tries"
        yield Finding("Messages", Verdict.WARN, seen, "Check the channel's address and that this server may reach it.")
    else:
        yield Finding("Messages", Verdict.OK, "none given up")


def _drill(now: datetime) -> Iterator[Finding]:
    last = restore.last_good_drill()
    todo = "Run `counterpoint drill --from DIR` every week: a backup counts only when it was restored once."
    if last is None:
        yield Finding("Restore drill", Verdict.WARN, "never passed", todo)
    elif now - last > DRILL_AGE:
        yield Finding("Restore drill", Verdict.WARN, f"last passed {last:%Y-%m-%d}", todo)
    else:
        yield Finding("Restore drill", Verdict.OK, f"last passed {last:%Y-%m-%d}")


CHECKS: tuple[Check, ...] = (
    _sqlite_version, _pragmas, _postgres, _home, _keys, _libraries, _calendar, _zone_data, _clock, _migrations,
    _triggers, _trees, _assets, _beats, _outbox, _ways_out, _drill,
)  # fmt: skip
