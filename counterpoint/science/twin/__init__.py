"""The twin: an event-driven branch day that can be forked, replayed, batched and asked what if.

Ten lines from a branch to predicted waits of a roster::

    from counterpoint.science import twin

    branch = twin.demo_branch(seed=1)
    result = twin.simulate(branch.model, branch.staffing, branch.rates, replications=200, seed=7)
    result.summary()                        # KPI rows: mean, 95 % interval, P10/P50/P90 of days
    result.waits(("service", "interval"))   # P50/P90 a service and half hour

``rates`` are expected arrivals a service and half hour from opening: services x intervals, a mapping by service code,
or paths x services x intervals sampled from a forecast. A live hall starts in the middle of the day::

    state = twin.state_from_live(model, staffing, now=642.0, waiting=[(630.5, "S02", "normal")],
                                 in_service=[("K1", "S01", 638.0)], rates=rates, seed=7)
    twin.eta(state, ticket=1, seed=7).p80                           # minutes from now
    later, events = twin.advance(state, 660.0, [twin.OpenCounter(645.0, "K4")])

Plans meet the same people: ``twin.compare(model, rates, {"plan": (staffing, ()), "more": (other, commands)}, seed=7)``.
Times are minutes since midnight, durations minutes. Event order, commands and draws: docs/explanation/twin.md.
"""

from counterpoint.science.twin.commands import AddCustomers as AddCustomers
from counterpoint.science.twin.commands import AssignPerson as AssignPerson
from counterpoint.science.twin.commands import CallNext as CallNext
from counterpoint.science.twin.commands import CloseCounter as CloseCounter
from counterpoint.science.twin.commands import Command as Command
from counterpoint.science.twin.commands import DeviceDown as DeviceDown
from counterpoint.science.twin.commands import DeviceUp as DeviceUp
from counterpoint.science.twin.commands import Dismiss as Dismiss
from counterpoint.science.twin.commands import EndBreak as EndBreak
from counterpoint.science.twin.commands import EndShift as EndShift
from counterpoint.science.twin.commands import MoveBreak as MoveBreak
from counterpoint.science.twin.commands import MovePerson as MovePerson
from counterpoint.science.twin.commands import OpenCounter as OpenCounter
from counterpoint.science.twin.commands import SendToDevice as SendToDevice
from counterpoint.science.twin.commands import SetDiversion as SetDiversion
from counterpoint.science.twin.commands import SetPace as SetPace
from counterpoint.science.twin.commands import SetPriority as SetPriority
from counterpoint.science.twin.commands import StartBreak as StartBreak
from counterpoint.science.twin.commands import StartTask as StartTask
from counterpoint.science.twin.commands import due_minute as due_minute
from counterpoint.science.twin.customers import CustomerTable as CustomerTable
from counterpoint.science.twin.customers import draw_customers as draw_customers
from counterpoint.science.twin.datasets import DemoBranch as DemoBranch
from counterpoint.science.twin.datasets import demo_branch as demo_branch
from counterpoint.science.twin.datasets import demo_rates as demo_rates
from counterpoint.science.twin.engine import EVENT_DTYPE as EVENT_DTYPE
from counterpoint.science.twin.engine import KIND as KIND
from counterpoint.science.twin.engine import advance as advance
from counterpoint.science.twin.engine import events_frame as events_frame
from counterpoint.science.twin.kernel.layout import EVENT_NAMES as EVENT_NAMES
from counterpoint.science.twin.kernel.layout import STATUS_NAMES as STATUS_NAMES
from counterpoint.science.twin.live import Eta as Eta
from counterpoint.science.twin.live import Outset as Outset
from counterpoint.science.twin.live import eta as eta
from counterpoint.science.twin.live import futures as futures
from counterpoint.science.twin.live import inside as inside
from counterpoint.science.twin.live import outset as outset
from counterpoint.science.twin.live import state_from_live as state_from_live
from counterpoint.science.twin.model import Balking as Balking
from counterpoint.science.twin.model import BranchModel as BranchModel
from counterpoint.science.twin.model import Cash as Cash
from counterpoint.science.twin.model import Counter as Counter
from counterpoint.science.twin.model import Delays as Delays
from counterpoint.science.twin.model import Device as Device
from counterpoint.science.twin.model import Duration as Duration
from counterpoint.science.twin.model import Help as Help
from counterpoint.science.twin.model import ModelError as ModelError
from counterpoint.science.twin.model import Pickup as Pickup
from counterpoint.science.twin.model import Service as Service
from counterpoint.science.twin.model import Tier as Tier
from counterpoint.science.twin.model import Triage as Triage
from counterpoint.science.twin.model import planned_delays as planned_delays
from counterpoint.science.twin.results import KPI_NAMES as KPI_NAMES
from counterpoint.science.twin.results import Result as Result
from counterpoint.science.twin.results import grouped_quantile as grouped_quantile
from counterpoint.science.twin.seating import put_first as put_first
from counterpoint.science.twin.simulation import Comparison as Comparison
from counterpoint.science.twin.simulation import DayResult as DayResult
from counterpoint.science.twin.simulation import compare as compare
from counterpoint.science.twin.simulation import day_seed as day_seed
from counterpoint.science.twin.simulation import outcome as outcome
from counterpoint.science.twin.simulation import replication as replication
from counterpoint.science.twin.simulation import run_day as run_day
from counterpoint.science.twin.simulation import simulate as simulate
from counterpoint.science.twin.staffing import Person as Person
from counterpoint.science.twin.staffing import Staffing as Staffing
from counterpoint.science.twin.staffing import one_person_a_counter as one_person_a_counter
from counterpoint.science.twin.state import State as State
from counterpoint.science.twin.state import initial_state as initial_state
