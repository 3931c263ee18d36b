"""The door of chapter 3: the hall's actions, reads and errors.

Actions are keyword-only: ``(scope=, branch=, now=, key="", …)``; the short names at the end are the ones that a player
of a simulated day drives.
"""

from counterpoint.foundation.api import KeyConflict
from counterpoint.onsite.actions.advice import advice_ask, advice_decline, advice_score, advice_take
from counterpoint.onsite.actions.days import StillServing, day_close, day_close_forgotten, day_open
from counterpoint.onsite.actions.hall import (
    break_end,
    break_move,
    break_start,
    device_fault,
    device_restored,
    diversion_set,
    person_move,
    window_close,
    window_open,
)
from counterpoint.onsite.actions.history import DaysExist, ImportResult, history_import
from counterpoint.onsite.actions.ordering import Unfair, ticket_first, ticket_put_back
from counterpoint.onsite.actions.replays import bookmark_remove, bookmark_restore, bookmark_set, future_run
from counterpoint.onsite.actions.serving import (
    CounterBusy,
    NothingWaiting,
    WindowShut,
    call_undo,
    ticket_call,
    ticket_call_next,
    ticket_finish,
    ticket_hand_over,
    ticket_hold,
    ticket_no_show,
    ticket_resume,
    ticket_start,
)
from counterpoint.onsite.actions.tickets import (
    DayClosed,
    WrongStep,
    ticket_abandon,
    ticket_cancel,
    ticket_delay,
    ticket_divert,
    ticket_flag,
    ticket_take,
)
from counterpoint.onsite.actions.trust import twin_check
from counterpoint.onsite.advising import NotCalibrated, NotReady, loss_of
from counterpoint.onsite.assets.kinds import asset_kinds
from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.checking import TooLittle
from counterpoint.onsite.deciding import Decision
from counterpoint.onsite.floors import Floor, floor_named, floor_of
from counterpoint.onsite.futures import ready, warm
from counterpoint.onsite.lending import Choosable, LentDay, choosable, recorded_day, worth
from counterpoint.onsite.queries.living import NoDay
from counterpoint.onsite.values import (
    AdviceView,
    BookmarkView,
    DayView,
    DeviceView,
    DiversionView,
    DutyView,
    TicketView,
    TwinCheckView,
    WindowView,
)
from counterpoint.onsite.whatif.gather import NothingKnown, WrongDay
from counterpoint.onsite.whatif.gather import ground_of as day_ground
from counterpoint.onsite.whatif.ground import Ground, Worker
from counterpoint.onsite.whatif.scenario import Scenario
from counterpoint.onsite.whatif.translate import Impossible, Inputs
from counterpoint.onsite.whatif.translate import inputs as day_inputs

start, hold, resume, hand_over = ticket_start, ticket_hold, ticket_resume, ticket_hand_over
finish, no_show, abandon, cancel = ticket_finish, ticket_no_show, ticket_abandon, ticket_cancel

__all__ = [
    "AdviceView",
    "BookmarkView",
    "Choosable",
    "CounterBusy",
    "DayClosed",
    "DayView",
    "DaysExist",
    "Decision",
    "DeviceView",
    "DiversionView",
    "DutyView",
    "Floor",
    "Ground",
    "ImportResult",
    "Impossible",
    "Inputs",
    "KeyConflict",
    "LentDay",
    "NoDay",
    "NotCalibrated",
    "NotReady",
    "NothingKnown",
    "NothingWaiting",
    "Scenario",
    "StillServing",
    "TicketView",
    "TooLittle",
    "TwinCheckView",
    "Unfair",
    "WindowShut",
    "WindowView",
    "Worker",
    "WrongDay",
    "WrongStep",
    "abandon",
    "advice_ask",
    "advice_decline",
    "advice_score",
    "advice_take",
    "asset_kinds",
    "bookmark_remove",
    "bookmark_restore",
    "bookmark_set",
    "break_end",
    "break_move",
    "break_start",
    "call_undo",
    "cancel",
    "catalogue",
    "choosable",
    "day_close",
    "day_close_forgotten",
    "day_ground",
    "day_inputs",
    "day_open",
    "device_fault",
    "device_restored",
    "diversion_set",
    "finish",
    "floor_named",
    "floor_of",
    "future_run",
    "hand_over",
    "history_import",
    "hold",
    "loss_of",
    "no_show",
    "person_move",
    "ready",
    "recorded_day",
    "resume",
    "start",
    "ticket_abandon",
    "ticket_call",
    "ticket_call_next",
    "ticket_cancel",
    "ticket_delay",
    "ticket_divert",
    "ticket_finish",
    "ticket_first",
    "ticket_flag",
    "ticket_hand_over",
    "ticket_hold",
    "ticket_no_show",
    "ticket_put_back",
    "ticket_resume",
    "ticket_start",
    "ticket_take",
    "twin_check",
    "warm",
    "window_close",
    "window_open",
    "worth",
]
