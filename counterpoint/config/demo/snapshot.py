"""The embedded database as it was at 10:30, kept beside the live one, so that the story can begin again at once.

Used only while no process of the tree runs. People stay signed in, and entry numbers go on upwards, so that open
screens notice what is new.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

KEPT = "start.sqlite3"
ENTRIES = "foundation_journalentry"


def keep(database: Path, home: Path) -> None:
    """Copy the database, WAL included."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(home / KEPT)) as target:
        source.backup(target)


def kept(home: Path) -> bool:
    """Whether there is a copy to go back to."""
    return (home / KEPT).is_file()


def restore(database: Path, home: Path) -> None:
    """Put the kept copy in the place of the database; sessions and the last entry number are carried over."""
    sessions, last = [], 0
    if database.is_file():
        with closing(sqlite3.connect(database)) as live:
            sessions = live.execute("SELECT session_key, session_data, expire_date FROM django_session").fetchall()
            found = live.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (ENTRIES,)).fetchone()
            last = found[0] if found else 0
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copy2(home / KEPT, database)
    with closing(sqlite3.connect(database)) as fresh, fresh:
        fresh.executemany("INSERT OR REPLACE INTO django_session VALUES (?, ?, ?)", sessions)
        fresh.execute("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = ?", (last, ENTRIES))
    shutil.rmtree(home / "anchors", ignore_errors=True)
