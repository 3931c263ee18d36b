"""Models whose every query is filtered by the active scope, and the SQL tap that proves it."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql import Query

from counterpoint.foundation import scope as scopes
from counterpoint.foundation.prepared import InsertsOnce
from counterpoint.foundation.scope import ScopeError

MARKER = "/*scope*/"


class PathField(models.CharField):
    """A materialised org-tree path such as ``/hq/east/b01/``. Compared bytewise, so that a prefix is a range."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


@PathField.register_lookup
class Within(Lookup):
    """``path__within=("/a/", "/b/")``: under any root, as index ranges; leaves the marker the tap looks for."""

    lookup_name = "within"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return "%s", list(value)

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        column, column_params = self.process_lhs(compiler, connection)
        parts, params = [], []
        for root in self.rhs:
            parts.append(f"({column} >= %s AND {column} < %s)")
            params += [*column_params, root, *column_params, root[:-1] + "0"]  # "0" follows "/" bytewise
        return f"({' OR '.join(parts) or '1=0'}){MARKER}", params


@PathField.register_lookup
class Live(Lookup):
    """``path__live=True``: not in the practice tree. Nearly all rows are, so no index is worth reading for it: the
    sign before the column keeps the embedded database from choosing the index of paths."""

    lookup_name = "live"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [value]

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        column, params = self.process_lhs(compiler, connection)
        sign = "+" if connection.vendor == "sqlite" else ""
        return f"({sign}{column} {'<' if self.rhs else '>='} %s)", [*params, scopes.PRACTICE]


class ScopedQuerySet(InsertsOnce, models.QuerySet):
    """A queryset whose bulk writes are checked like single ones."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        for row in rows:
            row.stamp_path()
        return super().bulk_create(rows, *args, **kwargs)


@lru_cache(maxsize=4096)
def _within(model: Any, roots: tuple[str, ...]) -> Query:
    """The model's rows under the roots: the same beginning of most queries of a caller, built once."""
    query: Query = ScopedQuerySet(model).filter(**{f"{model.path_field}__within": roots}).query
    return query


@lru_cache(maxsize=512)
def _live(model: Any) -> Query:
    """The model's rows outside the practice tree, built once."""
    query: Query = ScopedQuerySet(model).filter(**{f"{model.path_field}__live": True}).query
    return query


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Filters by the active scope; raises `ScopeError` when there is none."""

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if scopes.is_unscoped():
            if scopes.leaves_practice_out():
                rows.query = _live(self.model).clone()
            return rows
        rows.query = _within(self.model, scopes.current().roots).clone()
        return rows


class Scoped(models.Model):
    """A row that exists only for callers whose scope covers its path."""

    path_field: ClassVar[str] = "org_path"

    objects = ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def scoped_tables(cls) -> frozenset[str]:
        """Database tables of all concrete scoped models."""
        return frozenset(m._meta.db_table for m in scoped_models())


def scoped_models() -> list[type[Scoped]]:
    """Every concrete scoped model, in the order of their labels."""

    def below(model: Any) -> Iterable[type[Scoped]]:
        for sub in model.__subclasses__():
            if not sub._meta.abstract:
                yield sub
            yield from below(sub)

    return sorted(set(below(Scoped)), key=lambda m: m._meta.label)


class ScopedModel(Scoped):
    """A row that belongs to one org unit. `org_path` repeats the unit's path so that scoping needs no join."""

    org_unit = models.ForeignKey("foundation.OrgUnit", models.PROTECT, related_name="+")
    org_path = PathField(editable=False, db_index=True)

    class Meta(Scoped.Meta):
        abstract = True

    def stamp_path(self) -> None:
        """Copy the unit's path and refuse a write outside the scope."""
        self.org_path = self.org_unit.path
        scopes.check_write(self.org_path)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.stamp_path()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        scopes.check_write(self.org_path)
        with scopes.unscoped(
            "the row is the caller's; the statement names it by its key, without the marker", practice=True
        ):
            return super().delete(*args, **kwargs)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = "|".join(sorted(re.escape(t) for t in Scoped.scoped_tables()))
    return re.compile(rf'\b(FROM|JOIN|UPDATE)\s+"?({names})"?\b', re.IGNORECASE)


@lru_cache(maxsize=4096)
def unmarked_table(sql: str) -> str | None:
    """The scoped table that this statement touches without the marker, if any."""
    if MARKER in sql or sql.lstrip()[:6].upper() in {"INSERT", "CREATE", "ALTER ", "DROP T", "PRAGMA"}:
        return None
    found = _pattern().search(sql)
    return found.group(2) if found else None


def tap(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Execute wrapper on every connection: refuses an unscoped touch even when a manager was bypassed."""
    table = unmarked_table(sql)
    if table and not scopes.is_unscoped():
        raise ScopeError(f"A statement touched “{table}” without a scope.")
    return execute(sql, params, many, context)
