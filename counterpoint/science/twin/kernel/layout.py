"""Where everything stands in the two flat arrays of a branch day.

A state is one ``int64`` array ``st`` and one ``float64`` array ``tm``; the draws of the customers are a third,
read-only array ``dr``. The first :data:`INT_HEADER` / :data:`FLOAT_HEADER` numbers are scalars, the rest are tables
of fixed row width whose offsets the header holds. Two one-dimensional arrays instead of forty keep calls between
compiled functions cheap and a fork to two memory copies.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Ints = Any  # address of the first int64 of an array, inside the kernel
Floats = Any  # address of the first float64

# --- st header -------------------------------------------------------------------------------------------------
N_CUSTOMERS = 0  # rows in use
CAPACITY = 1  # rows that the arrays hold
N_COUNTERS = 2
N_PEOPLE = 3
N_DEVICES = 4
N_SERVICES = 5
N_KINDS = 6  # kinds of self-service device
N_TIERS = 7
N_SHIFTS = 8  # most shifts of one person
N_BREAKS = 9  # most breaks of one person
# Offsets: first the tables whose size the branch and its people give, then those that grow with the customers.
O_COUNTER = 10  # in st
O_PERSON = 11
O_DEVICE = 12
O_QUEUE = 13
O_TIER = 14
O_SERVICE = 15
O_HELPER = 16  # slot: who helps there, or WANTED while nobody has come
O_TAKEN = 17  # person x break: taken or given up
O_CUSTOMER = 18
O_ORDER = 19
O_LEAVING = 20  # who has a deadline, in no order; when is in F_LEAVING
F_COUNTER = 21  # in tm
F_PERSON = 22
F_DEVICE = 23
F_SHIFT = 24
F_BREAK = 25
F_SLOT = 26
F_ASKED = 27  # slot: since when help is asked for or given
F_SERVICE = 28
F_LAW = 29  # durations and amounts to draw from: counter a service, device a service, then the others (LAWS_*)
F_FACTOR = 30  # patience and work factor a tier
F_CUSTOMER = 31
F_LEAVING = 32
N_LEAVING = 33
NEXT_ARRIVAL = 34  # position in the arrival order
NEXT_COMMAND = 35
WAITING = 36  # people holding a counter ticket
NONEMPTY = 37  # bit s is set when service s has a ticket waiting
N_LOBBY = 38  # lobby managers at their post
N_DESK = 39  # people at the duty desk
LOGGING = 40
N_EVENTS = 41
MANUAL = 42  # counters wait for CallNext
TRIAGE_ON = 43
STAY = 44  # staff stay past shift end after closing while tickets wait
BALK_AHEAD = 45
N_EXTRA = 46  # surges added by AddCustomers so far
N_ORDER = 47  # length of the arrival order
LOG_ROOM = 48  # events that the log of this run holds
N_COMMANDS = 49  # commands of this run
N_SLOTS = 50  # of the calendar, filled up to a multiple of LANES with slots that never come
FULL = 51  # turns at counters and devices are more than plain work: BranchModel.plain is False
N_PACES = 52  # how many tickets waiting the pace tells apart; 0: it does not change
F_GREETING = 53  # in tm: person: when the customer at the door is through; room for LANES more
N_WANTED = 54  # slots at which help is asked for and nobody has come
INT_HEADER = 55

# --- tm header -------------------------------------------------------------------------------------------------
NOW = 0
CLOSE = 1
LIMIT = 2
BALK_MINUTES = 3
BALK_SHARE = 4
UNASSISTED = 5
TRIAGE_SHARE = 6
SWITCH = 7  # minutes to set up for another service
ANNOUNCED = 8  # share who leave when the wait shown is beyond their patience
VAULT = 9  # cash of the branch outside the tills
TILL = 10  # cash that a till is filled up to
REFILL = 11  # minutes that filling takes
OPENING = 12
PACE = 13  # MOST_PACES numbers: how fast people work with 0, 1, 2 … tickets waiting
MOST_PACES = 8
NOT_READY = PACE + MOST_PACES  # chance of somebody free not being ready to call
BACK = NOT_READY + 1  # when one of those not ready is; infinite while none is waited for
FLOAT_HEADER = BACK + 1

# --- rows ------------------------------------------------------------------------------------------------------
(
    C_STATUS, C_SERVICE, C_TIER, C_PRIORITY, C_KEY, C_NEXT, C_PREV, C_COUNTER, C_PERSON, C_DEVICE, C_QUEUE, C_LEAVING,
    C_ASKED, C_PHASE, C_LEG,
) = range(15)  # fmt: skip
C_WIDTH = 15
T_WAITED, T_SINCE, T_TICKET, T_START, T_END, T_DONE, T_LEAD = range(7)
T_WIDTH = 7
# bits of C_PHASE, of the present leg of the visit: a form was given out, this turn at the counter ends with one, help
# was asked for, the till could not pay
GOT_FORM, TO_FORM, HELPED, UNPAID = 1, 2, 4, 8
MOST_LEGS = 3  # desks that one visit goes to at most

K_OPEN, K_PERSON, K_CUSTOMER, K_SERVICES, K_MASK, K_BREADTH = range(6)
K_WIDTH = 6
KF_IDLE_SINCE, KF_BUSY, KF_READY, KF_READY_SINCE, KF_START, KF_WALK, KF_CASH, KF_SPEED, KF_PACE = range(9)
KF_WIDTH = 9

P_STATUS, P_AT, P_POST, P_SKILLS, P_CUSTOMER, P_PENDING, P_SHIFT, P_DUE_BREAK, P_LAST, P_PARTNER = range(10)
P_WIDTH = 10
PF_SPEED, PF_BUSY, PF_DUTY, PF_ON_SINCE, PF_NEXT, PF_BREAK_END, PF_START, PF_BREAK_MINUTES = range(8)
PF_WIDTH = 8

V_KIND, V_UP, V_CUSTOMER, V_FAILED, V_TURN, V_KEY = range(6)
V_WIDTH = 6
VF_NEXT, VF_SINCE, VF_BETWEEN, VF_WALK, VF_SHAPE, VF_MEAN, VF_SIGMA = range(7)  # the last three: how long repair takes
VF_WIDTH = 7
Q_HEAD, Q_TAIL, Q_COUNT = range(3)
Q_WIDTH = 3
S_KIND, S_PRIORITY, S_ONWARD = range(3)
S_WIDTH = 3
TIER_PRIORITY, TIER_DIVERTIBLE = range(2)
TIER_WIDTH = 2
FACTOR_PATIENCE, FACTOR_WORK = range(2)
FACTOR_WIDTH = 2
SF_MEAN, SF_SHARE, SF_FALLBACK, SF_ONWARD, SF_FORM, SF_AUTHORISED, SF_ASSISTED, SF_CASH = range(8)
SF_WIDTH = 8
LAW_SHAPE, LAW_MEAN, LAW_SIGMA = range(3)
LAW_WIDTH = 3
# numbers of the laws after counter and device of each service; then the forms and the cash, one a service
LAWS_TRIAGE, LAWS_PATIENCE, LAWS_AUTHORISED, LAWS_REMOTE, LAWS_ASSISTED, LAWS_ALONE, LAWS_BACK, LAWS_OTHER = range(8)

# --- draws of a customer (columns of dr) -----------------------------------------------------------------------
D_ARRIVAL, D_PATIENCE, D_WORK, D_SELF, D_TRIAGE, D_U_TRIAGE, D_U_DIVERT, D_U_FALLBACK, D_U_BALK = range(9)
D_WIDTH = 9

WHO_WIDTH = 4  # who a customer is: service, tier, stream, ordinal

# --- an outcome row: columns of times, columns of codes, and where some of them stand -----------------------------
OUT_FLOATS, OUT_INTS = 5, 8
OUT_WAITED = 1
OUT_TIER, OUT_STATUS = 3, 4

# --- the calendar: one slot a counter, one a device, then these, in the order that equal times are taken --------
SLOT_TRIAGE, SLOT_STAFF, SLOT_FAILURE, SLOT_COMMAND, SLOT_LIMIT, SLOT_ARRIVAL, SLOT_PATIENCE = range(7)
N_OTHER_SLOTS = 7
LANES = 4

# --- what a customer is doing ----------------------------------------------------------------------------------
FUTURE, TRIAGE_QUEUE, IN_TRIAGE, DEVICE_QUEUE, ON_DEVICE, HAS_TICKET, AT_COUNTER, FILLING = range(8)
SERVED, SELF_SERVED, ABANDONED, BALKED, TURNED_AWAY, DISMISSED, NO_CASH = range(8, 15)
STATUS_NAMES = (
    "future", "triage_queue", "in_triage", "device_queue", "on_device", "waiting", "at_counter", "filling",
    "served", "self_served", "abandoned", "balked", "turned_away", "dismissed", "no_cash",
)  # fmt: skip

# --- people ----------------------------------------------------------------------------------------------------
OFF, ON, BREAK = range(3)
NOWHERE = -1
LOBBY = -2
DESK = -3
NOBODY, WANTED = -1, -2  # who helps at a slot
PENDING_MOVE, PENDING_BREAK, PENDING_LEAVE = 1, 2, 4

# --- events ----------------------------------------------------------------------------------------------------
(
    E_ARRIVE, E_BALK, E_TURN_AWAY, E_TRIAGE_START, E_TRIAGE_END, E_JOIN_QUEUE, E_START_SERVICE, E_END_SERVICE,
    E_JOIN_DEVICE, E_DEVICE_START, E_DEVICE_END, E_DEVICE_FALLBACK, E_ABANDON, E_DISMISS, E_COUNTER_OPEN,
    E_COUNTER_CLOSE, E_SHIFT_START, E_SHIFT_END, E_BREAK_START, E_BREAK_END, E_POST, E_COMMAND, E_REFUSED,
    E_FORM, E_HELP_ASKED, E_HELP_START, E_HELP_END, E_FAIL, E_REPAIR, E_REFILL, E_TASK_START,
) = range(31)  # fmt: skip
EVENT_NAMES = (
    "arrive", "balk", "turn_away", "triage_start", "triage_end", "join_queue", "start_service", "end_service",
    "join_device", "device_start", "device_end", "device_fallback", "abandon", "dismiss", "counter_open",
    "counter_close", "shift_start", "shift_end", "break_start", "break_end", "post", "command", "refused",
    "form", "help_asked", "help_start", "help_end", "fail", "repair", "refill", "task_start",
)  # fmt: skip
EV_MINUTE, EV_KIND, EV_CUSTOMER, EV_PLACE, EV_PERSON = range(5)
EV_WIDTH = 5

# --- commands --------------------------------------------------------------------------------------------------
(
    M_OPEN, M_CLOSE, M_MOVE, M_START_BREAK, M_MOVE_BREAK, M_DIVERSION, M_DEVICE_DOWN, M_DEVICE_UP, M_CALL,
    M_PRIORITY_TIER, M_PRIORITY_TICKET, M_ADD, M_TASK, M_PACE, M_DISMISS, M_TO_DEVICE, M_END_SHIFT, M_END_BREAK,
) = range(18)  # fmt: skip
CMD_MINUTE, CMD_KIND, CMD_A, CMD_B, CMD_VALUE = range(5)
CMD_WIDTH = 5

# --- durations -------------------------------------------------------------------------------------------------
LOGNORMAL, EXPONENTIAL, FIXED = range(3)
