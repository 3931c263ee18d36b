"""What the database itself holds: a forecast and a published roster cannot be changed, not even around the models."""

from collections.abc import Iterator

from counterpoint.foundation.api import integrity, practice

FROZEN = (
    "week", "version", "problem", "solution", "waits", "conflict", "waivers", "forecast_id", "based_on_id", "seed",
    "inputs_hash", "published_at", "published_by", "revision", "org_unit_id",
)  # fmt: skip
# Made-up colleagues work in many practice worlds at once.
LIVE = f"substr({{0}}.org_path, 1, {len(practice.TREE)}) <> '{practice.TREE}'"
ELSEWHERE = (
    "EXISTS (SELECT 1 FROM team_shiftrow s JOIN team_roster r ON r.id = s.roster_id WHERE s.user_id = NEW.user_id "
    "AND s.date = NEW.date AND s.org_unit_id <> NEW.org_unit_id AND r.state = 'published' "
    f'AND {LIVE.format("s")} AND {LIVE.format("NEW")} AND s.start < NEW."end" AND NEW.start < s."end")'
)


def rules() -> Iterator[integrity.Rule]:
    """The team's rules; a unit that moves in the tree takes its rows along, so their path may change."""
    from counterpoint.team.models import Forecast, Roster, ShiftRow

    back = "NEW.state = 'draft' OR (OLD.state = 'superseded' AND NEW.state <> 'superseded')"
    shift, roster = "a published shift is immutable", "a published roster is immutable"
    for table, event, condition, message in (
        ("team_forecast", "UPDATE", integrity.changed(Forecast), "a forecast is immutable"),
        ("team_shiftrow", "UPDATE", integrity.changed(ShiftRow), shift),
        ("team_shiftrow", "DELETE", "1=1", shift),
        ("team_shiftrow", "INSERT", ELSEWHERE, "this person works elsewhere at that time"),
        ("team_roster", "DELETE", "OLD.state <> 'draft'", roster),
        (
            "team_roster",
            "UPDATE",
            f"OLD.state <> 'draft' AND ({back} OR {integrity.changed(Roster, FROZEN)})",
            roster,
        ),
    ):
        yield integrity.Rule(table, f"{table}_frozen_{event.lower()}", event, condition, message)
