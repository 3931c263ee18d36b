"""The main job, pure: a branch's ticket history → forecast → people needed → roster → waits it would bring.

``plan_week(PlanInput(...))`` needs no Django, no database and no clock; equal input and seed give an equal plan.
``read_history`` and ``read_staff`` read files with row-numbered errors; ``write_plan`` leaves Excel, PDF and JSON.
"""

from counterpoint.team.planning.days import build_days as build_days
from counterpoint.team.planning.days import hours_text as hours_text
from counterpoint.team.planning.days import inferred_hours as inferred_hours
from counterpoint.team.planning.days import parse_hours as parse_hours
from counterpoint.team.planning.outlook import look_ahead as look_ahead
from counterpoint.team.planning.pipeline import judge as judge
from counterpoint.team.planning.pipeline import plan_from as plan_from
from counterpoint.team.planning.pipeline import plan_week as plan_week
from counterpoint.team.planning.reading import HistoryFileError as HistoryFileError
from counterpoint.team.planning.reading import ReadPlan as ReadPlan
from counterpoint.team.planning.reading import read_history as read_history
from counterpoint.team.planning.remedies import Remedy as Remedy
from counterpoint.team.planning.remedies import loan as loan
from counterpoint.team.planning.remedies import shorter_waits as shorter_waits
from counterpoint.team.planning.staff_file import StaffFileError as StaffFileError
from counterpoint.team.planning.staff_file import StaffRow as StaffRow
from counterpoint.team.planning.staff_file import read_staff as read_staff
from counterpoint.team.planning.trial import DayChange as DayChange
from counterpoint.team.planning.trial import Played as Played
from counterpoint.team.planning.trial import change as change
from counterpoint.team.planning.trial import play as play
from counterpoint.team.planning.values import Note as Note
from counterpoint.team.planning.values import Outlook as Outlook
from counterpoint.team.planning.values import PlanInput as PlanInput
from counterpoint.team.planning.values import PlanInputError as PlanInputError
from counterpoint.team.planning.values import PlanOutput as PlanOutput
from counterpoint.team.planning.values import Promise as Promise
from counterpoint.team.planning.values import Waits as Waits
from counterpoint.team.planning.waits import Post as Post
from counterpoint.team.planning.waits import posts_of as posts_of
from counterpoint.team.planning.waits import predict as predict
from counterpoint.team.planning.writers import write_plan as write_plan
