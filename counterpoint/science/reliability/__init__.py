"""How reliable equipment is: availability, fault rate, times between failures and to repair, repeats, trend.

::

    from counterpoint.science import reliability

    record = reliability.Record(
        hours=((540, 1020), (1980, 2460)),                 # minutes in which the branch was open, on one time line
        faults=(reliability.Fault(600, 690, "full"),),     # from, to (None: still down), how much did not work
    )
    found = reliability.measure([record], definition="any_function")
    found.availability          # Estimate(value, low, high, n)
    found.summary()

Three definitions of "available" are in use for bank machines; every answer names the one it used. Intervals are wide
where little happened; below `FEW` faults a mean is not stated.
"""

from counterpoint.science.reliability.measures import DEFINITIONS as DEFINITIONS
from counterpoint.science.reliability.measures import FEW as FEW
from counterpoint.science.reliability.measures import Estimate as Estimate
from counterpoint.science.reliability.measures import Measures as Measures
from counterpoint.science.reliability.measures import measure as measure
from counterpoint.science.reliability.record import EXTENTS as EXTENTS
from counterpoint.science.reliability.record import Fault as Fault
from counterpoint.science.reliability.record import Record as Record
from counterpoint.science.reliability.record import down_minutes as down_minutes
from counterpoint.science.reliability.record import open_minutes as open_minutes
from counterpoint.science.reliability.trend import Trend as Trend
from counterpoint.science.reliability.trend import trend as trend
