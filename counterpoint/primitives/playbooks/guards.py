"""What the database itself holds: whether a play was a drill, and by which version, never changes; nor does a settled
step."""

from collections.abc import Iterator

from counterpoint.foundation.api import integrity

FIXED = (
    "playbook", "version", "pack", "mode", "started_at", "entered_at", "started_by", "trigger", "key", "org_unit_id"
)  # fmt: skip
SETTLED = (
    "state", "slug", "round", "ready_at", "due_at", "done_at", "claimed_at", "done_by", "entered_by", "answer",
    "play_id", "org_unit_id",
)  # fmt: skip

GIVEN = ("play_id", "slug", "org_unit_id")


def rules() -> Iterator[integrity.Rule]:
    """The playbooks' rules; notes and values may be erased."""
    from counterpoint.primitives.playbooks.models import Play, PlayInject, PlayStep

    real = 'EXISTS (SELECT 1 FROM "primitives_play" p WHERE p."id" = NEW."play_id" AND p."mode" <> \'drill\')'
    over = "OLD.state IN ('completed', 'aborted')"
    for table, event, condition, message in (
        ("primitives_play", "DELETE", "1=1", "a play is kept"),
        ("primitives_play", "UPDATE", integrity.changed(Play, FIXED), "mode and version of a play are fixed"),
        ("primitives_play", "UPDATE", f"{over} AND NEW.state <> OLD.state", "a play that is over stays over"),
        ("primitives_playstep", "DELETE", "1=1", "a step of a play is kept"),
        (
            "primitives_playstep",
            "UPDATE",
            f"OLD.state <> 'open' AND ({integrity.changed(PlayStep, SETTLED)})",
            "a settled step is fixed",
        ),
        ("primitives_playinject", "INSERT", real, "only a drill is given news"),
        ("primitives_playinject", "UPDATE", integrity.changed(PlayInject, GIVEN), "news of a drill is fixed"),
    ):
        number = {"a play that is over stays over": "2"}.get(message, "")
        yield integrity.Rule(table, f"{table}_kept_{event.lower()}{number}", event, condition, message)
