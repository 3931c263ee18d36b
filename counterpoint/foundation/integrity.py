"""Rules the database itself holds, on both engines: the journal only grows, and no reference crosses a branch.

Rooms add rules of their own with `declare`. All are installed after every migrate, because SQLite rebuilds tables (and
drops their triggers) when it alters them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scoped_models import ScopedModel, scoped_models

DIFFERS = "IS DISTINCT FROM"  # SQLite says IS NOT


@dataclass(frozen=True)
class Rule:
    """The database refuses an `event` (INSERT, UPDATE, DELETE) on `table` while `condition` on NEW and OLD holds."""

    table: str
    name: str
    event: str
    condition: str
    message: str


_declared: list[Callable[[], Iterable[Rule]]] = []


def declare(rules: Callable[[], Iterable[Rule]]) -> None:
    """A room names its rules; asked for when models are loaded."""
    if rules not in _declared:
        _declared.append(rules)


def changed(model: type[models.Model], names: Iterable[str] | None = None) -> str:
    """A condition: any of the named columns changes; without names any but the path, which follows a moved unit."""
    path = getattr(model, "path_field", "")
    columns = names or (str(f.column) for f in model._meta.concrete_fields if f.name != path)
    return " OR ".join(f'OLD."{column}" {DIFFERS} NEW."{column}"' for column in columns)


def install(**_signal: Any) -> None:
    """Create or replace all triggers. Connected to post_migrate."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rule in rules():
            if rule.table in existing:
                for statement in _dialect(rule):
                    cursor.execute(statement)


def lift(plan: Sequence[Any] = (), **_signal: Any) -> None:
    """Drop all triggers before tables change. SQLite rebuilds a table under another name and stumbles over every
    trigger that reads it from elsewhere; PostgreSQL follows by itself. Connected to pre_migrate; without changes
    nothing is dropped."""
    if not plan or connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def rules() -> Iterator[Rule]:
    """Every rule of the house and of the rooms."""
    journal = JournalEntry._meta.db_table
    yield Rule(journal, f"{journal}_grows_u", "UPDATE", "1=1", "the journal is append-only")
    yield Rule(journal, f"{journal}_grows_d", "DELETE", "1=1", "the journal is append-only")
    for model in scoped_models():
        if not issubclass(model, ScopedModel):
            continue
        for field in model._meta.get_fields():
            if _crosses(field):
                yield from _same_branch(model, field)  # type: ignore[arg-type]
    for more in _declared:
        yield from more()


def _crosses(field: object) -> bool:
    return (
        isinstance(field, models.ForeignKey)
        and field.name != "org_unit"
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, ScopedModel)
        and field.name not in getattr(field.model, "across_branches", ())
    )


def _same_branch(model: type[models.Model], field: "models.ForeignKey[Any, Any]") -> Iterator[Rule]:
    table, target = model._meta.db_table, field.related_model._meta
    column = field.column
    condition = (
        f'NEW."{column}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{target.db_table}" t '
        f'WHERE t."{target.pk.column}" = NEW."{column}" AND t."org_unit_id" = NEW."org_unit_id")'
    )
    message = f"{table}.{column} points into another branch"
    yield Rule(table, f"{table}_{column}_i", "INSERT", condition, message)
    yield Rule(table, f"{table}_{column}_u", "UPDATE", condition, message)


def _dialect(rule: Rule) -> list[str]:
    name, table, event, condition, message = rule.name, rule.table, rule.event, rule.condition, rule.message
    if connection.vendor == "sqlite":
        return [
            f'DROP TRIGGER IF EXISTS "{name}"',
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" WHEN {condition.replace(DIFFERS, "IS NOT")} '
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ]
    returned = "OLD" if event == "DELETE" else "NEW"
    return [
        f'CREATE OR REPLACE FUNCTION "{name}_f"() RETURNS trigger AS $$ BEGIN IF {condition} THEN '
        f"RAISE integrity_constraint_violation USING MESSAGE = '{message}'; END IF; RETURN {returned}; END $$ "
        "LANGUAGE plpgsql",
        f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}_f"()',
    ]
