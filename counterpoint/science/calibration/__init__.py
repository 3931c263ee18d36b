"""Calibration: what a ticket log says of a branch, with intervals, and a branch model that carries it.

::

    from counterpoint.science.calibration import calibrate

    found = calibrate(log, days=first_two_weeks, seed=1)   # log: counterpoint.science.history
    found.to_frame()          # what, code, value, low, high, origin (fitted | pooled | default), tickets, note
    found.dirt                # what was wrong with the log and what was done about it
    found.patience.curve      # Kaplan–Meier
    model = found.apply(model)                             # durations, tiers, patience, balking of the twin

Minutes throughout. Whether the twin may be trusted with it: `counterpoint.science.trust`, docs/explanation/trust.md.
"""

from counterpoint.science.calibration.calibrate import calibrate as calibrate
from counterpoint.science.calibration.datasets import simulated_log as simulated_log
from counterpoint.science.calibration.dirt import across_clock_change as across_clock_change
from counterpoint.science.calibration.dirt import dirt as dirt
from counterpoint.science.calibration.dirt import outages as outages
from counterpoint.science.calibration.laws import Law as Law
from counterpoint.science.calibration.pace import PaceFit as PaceFit
from counterpoint.science.calibration.pace import waiting_at_call as waiting_at_call
from counterpoint.science.calibration.patience import PatienceFit as PatienceFit
from counterpoint.science.calibration.patience import kaplan_meier as kaplan_meier
from counterpoint.science.calibration.presence import Presence as Presence
from counterpoint.science.calibration.presence import presence as presence
from counterpoint.science.calibration.problem import CalibrationError as CalibrationError
from counterpoint.science.calibration.problem import Params as Params
from counterpoint.science.calibration.readiness import Following as Following
from counterpoint.science.calibration.readiness import Readiness as Readiness
from counterpoint.science.calibration.readiness import joined as joined
from counterpoint.science.calibration.result import Calibration as Calibration
from counterpoint.science.calibration.result import plain as plain
from counterpoint.science.calibration.routing import ServerFit as ServerFit
from counterpoint.science.calibration.routing import Share as Share
from counterpoint.science.calibration.routing import Turnaround as Turnaround
from counterpoint.science.calibration.services import ServiceFit as ServiceFit
from counterpoint.science.calibration.tickets import restrict as restrict
from counterpoint.science.calibration.tickets import tickets as tickets
