"""What the database itself holds: a forecast and a published roster cannot be changed, not even around the models.

Installed after every migrate, because SQLite rebuilds tables (and drops their triggers) when it alters them.
"""

from typing import Any

from django.db import connection

FROZEN = ("week", "version", "problem", "solution", "waits", "published_at", "published_by", "revision", "org_unit_id")
RULES = (
    ("team_forecast", "UPDATE", "1=1", "a forecast is immutable"),
    ("team_shiftrow", "UPDATE", "1=1", "a published shift is immutable"),
    ("team_shiftrow", "DELETE", "1=1", "a published shift is immutable"),
    (
        "team_shiftrow",
        "INSERT",
        "EXISTS (SELECT 1 FROM team_shiftrow s JOIN team_roster r ON r.id = s.roster_id WHERE s.user_id = NEW.user_id "
        "AND s.date = NEW.date AND s.org_unit_id <> NEW.org_unit_id AND r.state = 'published' "
        'AND s.start < NEW."end" AND NEW.start < s."end")',
        "this person works elsewhere at that time",
    ),
    ("team_roster", "DELETE", "OLD.state <> 'draft'", "a published roster is immutable"),
    (
        "team_roster",
        "UPDATE",
        "OLD.state <> 'draft' AND (NEW.state = 'draft' OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') OR "
        + " OR ".join(f"CAST(OLD.{name} AS TEXT) <> CAST(NEW.{name} AS TEXT)" for name in FROZEN)
        + ")",
        "a published roster is immutable",
    ),
)


def install(**_signal: Any) -> None:
    """Create or replace the triggers. Connected to post_migrate."""
    existing = set(connection.introspection.table_names())
    with connection.schema_editor(atomic=False) as editor:
        for table, event, condition, message in RULES:
            if table in existing:
                for statement in _dialect(f"{table}_frozen_{event.lower()}", table, event, condition, message):
                    editor.execute(statement, None)


def _dialect(name: str, table: str, event: str, condition: str, message: str) -> list[str]:
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
