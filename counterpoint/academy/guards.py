"""What the database itself holds: the log of a drill is never changed, and a session plays the game it began with."""

from collections.abc import Iterator

from counterpoint.foundation.api import integrity

AWARDED = (
    "user_id", "key", "version", "since", "until", "evidence", "public_code", "issuer", "badge", "status_list",
    "status_index", "renews_id", "awarded_by", "awarded_at",
)  # fmt: skip
FIXED = (
    "owner_id", "scenario", "version", "day_id", "seed", "game", "game_hash", "purpose", "parent_id", "begun_at",
    "until",
)  # fmt: skip


def rules() -> Iterator[integrity.Rule]:
    """The academy's rules."""
    from counterpoint.academy.models import Certificate, DrillDay, DrillEvent, DrillSession

    session, line, day = DrillSession._meta.db_table, DrillEvent._meta.db_table, DrillDay._meta.db_table
    kept = "the log of a drill is kept as it is"
    yield integrity.Rule(line, f"{line}_kept_u", "UPDATE", integrity.changed(DrillEvent), kept)
    yield integrity.Rule(line, f"{line}_kept_d", "DELETE", "1=1", kept)
    changed = integrity.changed(DrillSession, FIXED)
    yield integrity.Rule(session, f"{session}_game_u", "UPDATE", changed, "the game of a drill is fixed")
    over = "OLD.state IN ('over', 'void') AND NEW.state <> OLD.state"
    yield integrity.Rule(session, f"{session}_over_u", "UPDATE", over, "a drill that is over stays over")
    yield integrity.Rule(session, f"{session}_kept_d", "DELETE", "1=1", "a drill is kept")
    yield integrity.Rule(day, f"{day}_kept_u", "UPDATE", integrity.changed(DrillDay), "a recorded day is kept as it is")
    certificate = Certificate._meta.db_table
    awarded = integrity.changed(Certificate, AWARDED)
    yield integrity.Rule(certificate, f"{certificate}_fixed_u", "UPDATE", awarded, "what was certified stays as it was")
    over = "OLD.state <> 'valid' AND NEW.state <> OLD.state AND NEW.state <> 'revoked'"
    yield integrity.Rule(certificate, f"{certificate}_over_u", "UPDATE", over, "a certificate that is over stays over")
    back = "OLD.state = 'revoked' AND NEW.state <> OLD.state"
    yield integrity.Rule(certificate, f"{certificate}_back_u", "UPDATE", back, "a revoked certificate stays revoked")
    yield integrity.Rule(certificate, f"{certificate}_kept_d", "DELETE", "1=1", "a certificate is kept")
    yield from exams()


SAT = ("user_id", "blueprint", "version", "pack", "seed", "started_at", "minutes", "day", "session_id")


def exams() -> Iterator[integrity.Rule]:
    """Answers, signs, grades and measurements are only added; a sitting ends once and keeps what it began with."""
    from counterpoint.academy.models import AnswerSave, DayStat, Grade, ItemStat, Sitting, SittingSign

    for model in (AnswerSave, SittingSign, Grade, ItemStat, DayStat):
        table = model._meta.db_table
        said = "what was kept of an exam stays as it is"
        yield integrity.Rule(table, f"{table}_kept_u", "UPDATE", integrity.changed(model), said)
        yield integrity.Rule(table, f"{table}_kept_d", "DELETE", "1=1", said)
    sitting = Sitting._meta.db_table
    changed = integrity.changed(Sitting, SAT)
    yield integrity.Rule(sitting, f"{sitting}_fixed_u", "UPDATE", changed, "what a sitting began with is fixed")
    ended = "OLD.state <> 'open' AND (NEW.state = 'open' OR OLD.submitted_at IS DISTINCT FROM NEW.submitted_at)"
    yield integrity.Rule(sitting, f"{sitting}_ended_u", "UPDATE", ended, "a sitting ends once")
    yield integrity.Rule(sitting, f"{sitting}_kept_d", "DELETE", "1=1", "a sitting is kept")
