"""What the database itself holds: evidence about people only grows."""

from collections.abc import Iterator

from counterpoint.foundation.api import integrity


def rules() -> Iterator[integrity.Rule]:
    """The room's rules; a unit that moves in the tree takes its rows along, so their path may change."""
    from counterpoint.role.models import CompetenceEvidence

    table = CompetenceEvidence._meta.db_table
    message = "evidence of competence is append-only"
    yield integrity.Rule(table, f"{table}_grows_u", "UPDATE", integrity.changed(CompetenceEvidence), message)
    yield integrity.Rule(table, f"{table}_grows_d", "DELETE", "1=1", message)
