"""Nouns of the team: who can do what, what is expected, who works when, and who asks for what."""

from counterpoint.team.models.floating import FloatPlan, TravelTime
from counterpoint.team.models.groups import Dispute, VirtualTeam
from counterpoint.team.models.known import KnownDay
from counterpoint.team.models.people import LeaveRequest, Preference, SkillGrant, StaffProfile
from counterpoint.team.models.plans import Forecast, PublishedRosterChange, Roster, ShiftRow
from counterpoint.team.models.swaps import SwapRequest
from counterpoint.team.models.watch import DriftAlarm, TreeForecast

__all__ = [
    "Dispute",
    "DriftAlarm",
    "FloatPlan",
    "Forecast",
    "KnownDay",
    "LeaveRequest",
    "Preference",
    "PublishedRosterChange",
    "Roster",
    "ShiftRow",
    "SkillGrant",
    "StaffProfile",
    "SwapRequest",
    "TravelTime",
    "TreeForecast",
    "VirtualTeam",
]
