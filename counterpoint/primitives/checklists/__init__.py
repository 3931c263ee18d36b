"""Checklists: rounds of scored items with evidence; a failed item opens a case, a phone works without a network.

The definition is content (kind ``checklists``); a round is pinned to the version it began with. Rooms join in with
`register_on_fail` (in the transaction of the submission) and `register_photo_check` (in a job after a photo is stored).
"""

from counterpoint.foundation.api import KeyConflict
from counterpoint.primitives.checklists.actions import (
    Incomplete,
    RoundClosed,
    answer_put,
    photo_confirm,
    round_assign,
    round_start,
    round_submit,
)
from counterpoint.primitives.checklists.ahead import Planned, planned
from counterpoint.primitives.checklists.catalogue import Point, points
from counterpoint.primitives.checklists.definition import Checklist, Face
from counterpoint.primitives.checklists.effects import (
    Failed,
    Finding,
    PhotoOf,
    register_on_fail,
    register_photo_check,
)
from counterpoint.primitives.checklists.machines import Picture, Scanned, pictures_of, scanned
from counterpoint.primitives.checklists.places import code_of
from counterpoint.primitives.checklists.planning import escalate_late, plan_branch, plan_rounds
from counterpoint.primitives.checklists.proof import register_walk_check
from counterpoint.primitives.checklists.queries import (
    RoundFilter,
    quarantined,
    round_detail,
    rounds,
    rounds_due,
    work,
)
from counterpoint.primitives.checklists.syncing import Batch, Receipt, Sent, Synced, sync
from counterpoint.primitives.checklists.uploads import Damaged, photo_put
from counterpoint.primitives.checklists.values import AnswerView, Failure, RoundView, Scored, Uploaded
from counterpoint.primitives.checklists.verbs import ASSIGN, DEVICE_VERBS, FILL, VIEW

__all__ = [
    "ASSIGN",
    "DEVICE_VERBS",
    "FILL",
    "VIEW",
    "AnswerView",
    "Batch",
    "Checklist",
    "Damaged",
    "Face",
    "Failed",
    "Failure",
    "Finding",
    "Incomplete",
    "KeyConflict",
    "PhotoOf",
    "Picture",
    "Planned",
    "Point",
    "Receipt",
    "RoundClosed",
    "RoundFilter",
    "RoundView",
    "Scanned",
    "Scored",
    "Sent",
    "Synced",
    "Uploaded",
    "answer_put",
    "code_of",
    "escalate_late",
    "photo_confirm",
    "photo_put",
    "pictures_of",
    "plan_branch",
    "plan_rounds",
    "planned",
    "points",
    "quarantined",
    "register_on_fail",
    "register_photo_check",
    "register_walk_check",
    "round_assign",
    "round_detail",
    "round_start",
    "round_submit",
    "rounds",
    "rounds_due",
    "scanned",
    "sync",
    "work",
]
