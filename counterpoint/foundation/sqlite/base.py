"""Django's SQLite backend with one fair writer: the lock is taken before BEGIN IMMEDIATE and before any write outside
a transaction, and given back at commit or rollback."""

import functools
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from counterpoint.foundation.sqlite import values
from counterpoint.foundation.sqlite.lock import WriterBusy, WriterLock, writer_lock

values.remember()

LONG = 4000  # letters of a statement beyond which its reading is not kept: it holds many rows and will not come again
READS = ("SELECT", "PRAGMA", "SAVEPO", "RELEAS", "EXPLAI", "WITH  ")


@functools.lru_cache(maxsize=1024)
def _with_question_marks(query: str) -> str:
    """Django's own reading of a statement, made once for those that come again and again."""
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class WriterCursor(base.SQLiteCursorWrapper):
    """Takes the writer lock around a writing statement in autocommit mode.

    INSERT … RETURNING commits only when its last row is fetched, so its rows are fetched before the lock is given back.
    """

    def __init__(self, connection: Any, wrapper: "DatabaseWrapper") -> None:
        super().__init__(connection)
        self._wrapper = wrapper
        self._returned: Iterator[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        self._returned = None
        if self._wrapper.writer_held or query.lstrip()[:6].upper() in READS:
            return super().execute(query, params)
        with self._wrapper.single_statement():
            done = super().execute(query, params)
            if self.description is not None:
                self._returned = iter(super().fetchall())
            return done

    def fetchone(self) -> Any:
        return super().fetchone() if self._returned is None else next(self._returned, None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return super().fetchmany(size) if self._returned is None else list(islice(self._returned, size))

    def fetchall(self) -> list[Any]:
        return super().fetchall() if self._returned is None else list(self._returned)

    def __next__(self) -> Any:
        return super().__next__() if self._returned is None else next(self._returned)

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is None and len(query) < LONG:
            return _with_question_marks(query)
        return str(super().convert_query(query, param_names=param_names))

    def executemany(self, query: str, param_list: Any) -> Any:
        if self._wrapper.writer_held:
            return super().executemany(query, param_list)
        with self._wrapper.single_statement():
            return super().executemany(query, param_list)


class _Held:
    def __init__(self, wrapper: "DatabaseWrapper") -> None:
        self.wrapper = wrapper

    def __enter__(self) -> None:
        self.wrapper.take_writer()

    def __exit__(self, *_exc: object) -> None:
        self.wrapper.drop_writer()


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module docstring."""

    ops_class = values.Operations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.writer_held = False

    @property
    def _writer(self) -> WriterLock | None:
        name = str(self.settings_dict["NAME"])
        return None if ":memory:" in name or "mode=memory" in name else writer_lock(name)

    def take_writer(self) -> None:
        """Wait for the writer lock; a timeout looks like SQLite's own 'database is locked'."""
        lock = self._writer
        if lock is not None and not self.writer_held:
            try:
                lock.acquire(float(self.settings_dict["OPTIONS"].get("timeout", 20)))
            except WriterBusy as busy:
                raise OperationalError(f"database is locked: {busy}") from busy
            self.writer_held = True

    def drop_writer(self) -> None:
        """Give the writer lock back if held."""
        lock = self._writer
        if lock is not None and self.writer_held:
            self.writer_held = False
            lock.release()

    def single_statement(self) -> _Held:
        """The lock for one autocommitted write."""
        return _Held(self)

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=functools.partial(WriterCursor, wrapper=self))

    def _start_transaction_under_autocommit(self) -> None:
        self.take_writer()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self.drop_writer()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            if self.connection is None or not self.connection.in_transaction:
                self.drop_writer()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self.drop_writer()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self.drop_writer()
