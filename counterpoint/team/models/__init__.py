"""Nouns of the team: who can do what, what is expected, who works when, and who asks for what."""

from counterpoint.team.models.people import LeaveRequest, Preference, SkillGrant, StaffProfile
from counterpoint.team.models.plans import Forecast, PublishedRosterChange, Roster, ShiftRow
from counterpoint.team.models.swaps import SwapRequest

__all__ = [
    "Forecast",
    "LeaveRequest",
    "Preference",
    "PublishedRosterChange",
    "Roster",
    "ShiftRow",
    "SkillGrant",
    "StaffProfile",
    "SwapRequest",
]
