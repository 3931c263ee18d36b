"""What the database itself holds about the two trees: no unit stands, and nothing moves, between live and practice."""

from collections.abc import Iterator

from counterpoint.foundation.integrity import Rule
from counterpoint.foundation.models import OrgUnit, Post, User


def rules() -> Iterator[Rule]:
    """A unit lies in the tree of its parent and stays there; a made-up colleague holds posts in practice only."""
    unit, post, person = OrgUnit._meta.db_table, Post._meta.db_table, User._meta.db_table
    elsewhere = (
        f'NEW."parent_id" IS NOT NULL AND EXISTS (SELECT 1 FROM "{unit}" p '
        'WHERE p."id" = NEW."parent_id" AND substr(p."path", 1, 1) <> substr(NEW."path", 1, 1))'
    )
    moved = f'substr(OLD."path", 1, 1) <> substr(NEW."path", 1, 1) OR ({elsewhere})'
    puppet = (
        f'substr(NEW."org_path", 1, 1) <> \'~\' AND EXISTS (SELECT 1 FROM "{person}" u '
        'WHERE u."id" = NEW."user_id" AND u."puppet")'
    )
    yield Rule(unit, f"{unit}_tree_i", "INSERT", elsewhere, "a unit lies in the tree of its parent")
    yield Rule(unit, f"{unit}_tree_u", "UPDATE", moved, "a unit never moves between live and practice")
    for event in ("INSERT", "UPDATE"):
        yield Rule(post, f"{post}_puppet_{event[0].lower()}", event, puppet, "a puppet works in practice only")
