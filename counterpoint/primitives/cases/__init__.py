"""Cases: something that a person has to bring to an end in time, with types as content (`case_types`).

Verbs change one case each and answer its view; reads stay inside the caller's scope and rights. Rooms that react to
their cases register a listener, which runs in the same transaction. How clocks count: docs/explanation/cases.md.
"""

from counterpoint.primitives.cases import declaring  # noqa: F401  (the content kind is declared here)
from counterpoint.primitives.cases.actions import (
    case_accept,
    case_adopt,
    case_assign,
    case_close,
    case_drop,
    case_fields,
    case_level,
    case_milestone,
    case_move,
    case_pause,
    case_reopen,
    case_resolve,
    case_resume,
    case_verify,
)
from counterpoint.primitives.cases.due import DueClock, clocks_due
from counterpoint.primitives.cases.errors import (
    MissingFields,
    NeedsSecondPerson,
    PauseRefused,
    Recused,
    WrongStage,
)
from counterpoint.primitives.cases.extending import case_extend
from counterpoint.primitives.cases.joining import (
    case_comment,
    case_erase,
    case_involve,
    case_link,
    case_merge,
    case_unlink,
    case_watch,
)
from counterpoint.primitives.cases.opening import KeyTaken, case_open
from counterpoint.primitives.cases.queries import CaseFilter, Page, case, cases, explain_deadline
from counterpoint.primitives.cases.timeline import timeline
from counterpoint.primitives.cases.types import CaseType, case_types
from counterpoint.primitives.cases.values import CaseDetail, CaseView, ClockView, Explained, Told
from counterpoint.primitives.cases.writing import register_listener

__all__ = [
    "CaseDetail",
    "CaseFilter",
    "CaseType",
    "CaseView",
    "ClockView",
    "DueClock",
    "Explained",
    "KeyTaken",
    "MissingFields",
    "NeedsSecondPerson",
    "Page",
    "PauseRefused",
    "Recused",
    "Told",
    "WrongStage",
    "case",
    "case_accept",
    "case_adopt",
    "case_assign",
    "case_close",
    "case_comment",
    "case_drop",
    "case_erase",
    "case_extend",
    "case_fields",
    "case_involve",
    "case_level",
    "case_link",
    "case_merge",
    "case_milestone",
    "case_move",
    "case_open",
    "case_pause",
    "case_reopen",
    "case_resolve",
    "case_resume",
    "case_types",
    "case_unlink",
    "case_verify",
    "case_watch",
    "cases",
    "clocks_due",
    "explain_deadline",
    "register_listener",
    "timeline",
]
