"""Ticket history: turn a branch's raw ticket or call log into one clean, documented shape.

log = normalise(frame, Mapping.from_dict({...}))
log.frame     # every source row that could be read, one row per ticket
log.issues    # row, column, value, code, severity, message
log.usable    # rows without an error, ready for demand, staffing and the twin
"""

from counterpoint.science.history.log import COLUMNS, OUTCOMES, TicketLog, normalise
from counterpoint.science.history.mapping import Mapping, MappingError, Stamp

__all__ = ["COLUMNS", "OUTCOMES", "Mapping", "MappingError", "Stamp", "TicketLog", "normalise"]
