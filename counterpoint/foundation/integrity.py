"""Rules the database itself holds, on both engines: the journal only grows, and no reference crosses a branch.

Installed after every migrate, because SQLite rebuilds tables (and drops their triggers) when it alters them.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, models

from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scoped_models import ScopedModel, scoped_models


def install(**_signal: Any) -> None:
    """Create or replace all triggers. Connected to post_migrate."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, name, statements in triggers():
            if table in existing:
                for statement in _dialect(table, name, statements):
                    cursor.execute(statement)


def triggers() -> Iterator[tuple[str, str, tuple[str, str, str]]]:
    """(table, trigger name, (event, condition, message)) for every rule; the condition names NEW and OLD."""
    journal = JournalEntry._meta.db_table
    yield journal, f"{journal}_grows_u", ("UPDATE", "1=1", "the journal is append-only")
    yield journal, f"{journal}_grows_d", ("DELETE", "1=1", "the journal is append-only")
    for model in scoped_models():
        if not issubclass(model, ScopedModel):
            continue
        for field in model._meta.get_fields():
            if _crosses(field):
                yield from _same_branch(model, field)  # type: ignore[arg-type]


def _crosses(field: object) -> bool:
    return (
        isinstance(field, models.ForeignKey)
        and field.name != "org_unit"
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, ScopedModel)
        and field.name not in getattr(field.model, "across_branches", ())
    )


def _same_branch(
    model: type[models.Model], field: "models.ForeignKey[Any, Any]"
) -> Iterator[tuple[str, str, tuple[str, str, str]]]:
    table, target = model._meta.db_table, field.related_model._meta
    column = field.column
    condition = (
        f'NEW."{column}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{target.db_table}" t '
        f'WHERE t."{target.pk.column}" = NEW."{column}" AND t."org_unit_id" = NEW."org_unit_id")'
    )
    message = f"{table}.{column} points into another branch"
    yield table, f"{table}_{column}_i", ("INSERT", condition, message)
    yield table, f"{table}_{column}_u", ("UPDATE", condition, message)


def _dialect(table: str, name: str, rule: tuple[str, str, str]) -> list[str]:
    event, condition, message = rule
    if connection.vendor == "sqlite":
        return [
            f'DROP TRIGGER IF EXISTS "{name}"',
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" WHEN {condition} '
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
