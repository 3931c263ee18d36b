"""Moving the WAL into the database file: done by one loop, under the writer lock."""

from pathlib import Path

from django.db import connection

TRUNCATE_BYTES = 16 * 2**20


def checkpoint() -> tuple[int, int] | None:
    """Checkpoint the embedded database. Returns (frames in WAL, frames moved), or None when there is no WAL to move."""
    if connection.vendor != "sqlite":
        return None
    wal = Path(f"{connection.settings_dict['NAME']}-wal")
    if not wal.is_file() or wal.stat().st_size == 0:
        return None
    mode = "TRUNCATE" if wal.stat().st_size > TRUNCATE_BYTES else "PASSIVE"
    connection.ensure_connection()
    with connection.single_statement(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA wal_checkpoint({mode})")
        _busy, frames, moved = cursor.fetchone()
    return frames, moved
