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
O_CUSTOMER = 10  # offsets in st
O_COUNTER = 11
O_PERSON = 12
O_DEVICE = 13
O_QUEUE = 14
O_ORDER = 15
O_HEAP = 16
O_TIER = 17
O_SERVICE = 18
O_TAKEN = 19  # person x break: taken or given up
F_CUSTOMER = 20  # offsets in tm
F_COUNTER = 21
F_PERSON = 22
F_SHIFT = 23
F_BREAK = 24
F_SLOT = 25
F_HEAP = 26
F_SERVICE = 27
F_LAW = 28  # durations to draw from: counter a service, device a service, triage, patience
F_FACTOR = 29  # patience factor a tier
HEAP_SIZE = 30
NEXT_ARRIVAL = 31  # position in the arrival order
NEXT_COMMAND = 32
WAITING = 33  # people holding a counter ticket
NONEMPTY = 34  # bit s is set when service s has a ticket waiting
N_LOBBY = 35  # lobby managers at their post
LOGGING = 36
N_EVENTS = 37
MANUAL = 38  # counters wait for CallNext
TRIAGE_ON = 39
STAY = 40  # staff stay past shift end after closing while tickets wait
BALK_AHEAD = 41
N_EXTRA = 42  # surges added by AddCustomers so far
N_ORDER = 43  # length of the arrival order
LOG_ROOM = 44  # events that the log of this run holds
N_COMMANDS = 45  # commands of this run
N_SLOTS = 46  # of the calendar, filled up to a multiple of LANES with slots that never come
INT_HEADER = 48

# --- tm header -------------------------------------------------------------------------------------------------
NOW = 0
CLOSE = 1
LIMIT = 2
BALK_MINUTES = 3
BALK_SHARE = 4
UNASSISTED = 5
TRIAGE_SHARE = 6
FLOAT_HEADER = 8

# --- rows ------------------------------------------------------------------------------------------------------
C_STATUS, C_SERVICE, C_TIER, C_PRIORITY, C_KEY, C_NEXT, C_PREV, C_COUNTER, C_PERSON, C_DEVICE, C_QUEUE = range(11)
C_WIDTH = 11
T_WAITED, T_SINCE, T_DEADLINE, T_TICKET, T_START, T_END = range(6)
T_WIDTH = 8

K_OPEN, K_PERSON, K_CUSTOMER, K_SERVICES, K_MASK, K_BREADTH = range(6)
K_WIDTH = 6
KF_IDLE_SINCE, KF_BUSY, KF_READY, KF_READY_SINCE, KF_START = range(5)
KF_WIDTH = 5

P_STATUS, P_AT, P_POST, P_SKILLS, P_CUSTOMER, P_PENDING, P_SHIFT, P_DUE_BREAK = range(8)
P_WIDTH = 8
PF_SPEED, PF_BUSY, PF_DUTY, PF_ON_SINCE, PF_NEXT, PF_BREAK_END, PF_START, PF_TRIAGE_END, PF_BREAK_MINUTES = range(9)
PF_WIDTH = 9

V_KIND, V_UP, V_CUSTOMER = range(3)
V_WIDTH = 3
Q_HEAD, Q_TAIL, Q_COUNT = range(3)
Q_WIDTH = 3
S_KIND, S_PRIORITY = range(2)
S_WIDTH = 2
TIER_PRIORITY, TIER_DIVERTIBLE = range(2)
TIER_WIDTH = 2
SF_MEAN, SF_SHARE, SF_FALLBACK = range(3)
SF_WIDTH = 3
LAW_SHAPE, LAW_MEAN, LAW_SIGMA = range(3)
LAW_WIDTH = 3

# --- draws of a customer (columns of dr) -----------------------------------------------------------------------
D_ARRIVAL, D_PATIENCE, D_WORK, D_SELF, D_TRIAGE, D_U_TRIAGE, D_U_DIVERT, D_U_FALLBACK, D_U_BALK = range(9)
D_WIDTH = 9

# --- the calendar: one slot a counter, one a device, then these, in the order that equal times are taken --------
SLOT_TRIAGE, SLOT_STAFF, SLOT_COMMAND, SLOT_LIMIT, SLOT_ARRIVAL, SLOT_PATIENCE = range(6)
N_OTHER_SLOTS = 6
LANES = 4

# --- what a customer is doing ----------------------------------------------------------------------------------
FUTURE, TRIAGE_QUEUE, IN_TRIAGE, DEVICE_QUEUE, ON_DEVICE, HAS_TICKET, AT_COUNTER = range(7)
SERVED, SELF_SERVED, ABANDONED, BALKED, TURNED_AWAY, DISMISSED = range(7, 13)
STATUS_NAMES = (
    "future", "triage_queue", "in_triage", "device_queue", "on_device", "waiting", "at_counter",
    "served", "self_served", "abandoned", "balked", "turned_away", "dismissed",
)  # fmt: skip

# --- people ----------------------------------------------------------------------------------------------------
OFF, ON, BREAK = range(3)
NOWHERE = -1
LOBBY = -2
PENDING_MOVE, PENDING_BREAK, PENDING_LEAVE = 1, 2, 4

# --- events ----------------------------------------------------------------------------------------------------
(
    E_ARRIVE, E_BALK, E_TURN_AWAY, E_TRIAGE_START, E_TRIAGE_END, E_JOIN_QUEUE, E_START_SERVICE, E_END_SERVICE,
    E_JOIN_DEVICE, E_DEVICE_START, E_DEVICE_END, E_DEVICE_FALLBACK, E_ABANDON, E_DISMISS, E_COUNTER_OPEN,
    E_COUNTER_CLOSE, E_SHIFT_START, E_SHIFT_END, E_BREAK_START, E_BREAK_END, E_POST, E_COMMAND, E_REFUSED,
) = range(23)  # fmt: skip
EVENT_NAMES = (
    "arrive", "balk", "turn_away", "triage_start", "triage_end", "join_queue", "start_service", "end_service",
    "join_device", "device_start", "device_end", "device_fallback", "abandon", "dismiss", "counter_open",
    "counter_close", "shift_start", "shift_end", "break_start", "break_end", "post", "command", "refused",
)  # fmt: skip
EV_MINUTE, EV_KIND, EV_CUSTOMER, EV_PLACE, EV_PERSON = range(5)
EV_WIDTH = 5

# --- commands --------------------------------------------------------------------------------------------------
(
    M_OPEN, M_CLOSE, M_MOVE, M_START_BREAK, M_MOVE_BREAK, M_DIVERSION, M_DEVICE_DOWN, M_DEVICE_UP, M_CALL,
    M_PRIORITY_TIER, M_PRIORITY_TICKET, M_ADD,
) = range(12)  # fmt: skip
CMD_MINUTE, CMD_KIND, CMD_A, CMD_B, CMD_VALUE = range(5)
CMD_WIDTH = 5

# --- durations -------------------------------------------------------------------------------------------------
LOGNORMAL, EXPONENTIAL, FIXED = range(3)
