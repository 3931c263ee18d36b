"""A round of a foreign branch with an answer, a picture, and messages of a phone, for the canary crawl."""

from counterpoint.foundation.api import StoredFile, scoped
from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round, SyncItem, Upload


def plant_checklists(bank, branch, mark):
    """Rows as they stand after a morning; the mark is in every text that a person may have written."""
    stranger, user = bank.scope("Stranger"), bank.people["Stranger"].pk
    with scoped(stranger):
        file = StoredFile(
            org_unit=branch, sha256="c" * 64, name=f"{mark}.jpg", media_type="image/jpeg", size=1, stored_at=bank.now
        )
        file.save()
        row = Round(
            org_unit=branch, checklist="canary.walk", version=1, pack="cn", business_date=bank.now.date(),
            slot="canary.walk::today", state="due", due_at=bank.now, assignee=bank.people["Stranger"],
        )  # fmt: skip
        row.save()
        AnswerEntry(
            org_unit=branch,
            round=row,
            item="note",
            key=f"{mark}-1",
            seq=1,
            value=mark,
            person=user,
            received_at=bank.now,
        ).save()
        Answer(org_unit=branch, round=row, item="note", value=mark, entry=f"{mark}-1", done_by=user).save()
        Upload(org_unit=branch, digest="d" * 64, file=file, received_at=bank.now).save()
        Evidence(org_unit=branch, round=row, item="note", digest="d" * 64, file=file, checks=[{"read": mark}]).save()
        for state in ("held", "quarantined"):
            SyncItem(
                org_unit=branch, device="phone", key=f"{mark}-{state}", kind="answer", digest="e" * 64,
                body={"value": mark}, state=state, reason=mark, received_at=bank.now,
            ).save()  # fmt: skip
