"""Verbs of the team. Each is keyword-only, takes `scope` and `now`, is one transaction and writes one journal entry."""

from counterpoint.team.actions.disputes import (
    climb_late,
    dispute_climb,
    dispute_confirm,
    dispute_open,
    dispute_settle,
)
from counterpoint.team.actions.drift import drift_acknowledge, drift_raise
from counterpoint.team.actions.feeds import feed_issue
from counterpoint.team.actions.floating import float_apply, float_make, float_store, travel_set
from counterpoint.team.actions.groups import (
    Dissolved,
    card_add,
    card_move,
    dissolve_due,
    group_dissolve,
    group_form,
    group_join_team,
    group_leave_team,
    group_prolong,
    lessons_write,
)
from counterpoint.team.actions.known import known_drop, known_say
from counterpoint.team.actions.leaves import leave_decide, leave_request, leave_withdraw, preferences_set
from counterpoint.team.actions.people import SkillInput, skill_certify, staff_import, staff_profile_set
from counterpoint.team.actions.plans import forecast_make, forecast_store, roster_draft, roster_store
from counterpoint.team.actions.rosters import (
    Cell,
    Edited,
    Tried,
    roster_borrow,
    roster_edit,
    roster_publish,
    roster_revise,
    roster_try,
)
from counterpoint.team.actions.swaps import swap_consent, swap_decide, swap_request, swap_withdraw
from counterpoint.team.actions.trees import tree_make, tree_store

__all__ = [
    "Cell",
    "Dissolved",
    "Edited",
    "SkillInput",
    "Tried",
    "card_add",
    "card_move",
    "climb_late",
    "dispute_climb",
    "dispute_confirm",
    "dispute_open",
    "dispute_settle",
    "dissolve_due",
    "drift_acknowledge",
    "drift_raise",
    "feed_issue",
    "float_apply",
    "float_make",
    "float_store",
    "forecast_make",
    "forecast_store",
    "group_dissolve",
    "group_form",
    "group_join_team",
    "group_leave_team",
    "group_prolong",
    "known_drop",
    "known_say",
    "leave_decide",
    "leave_request",
    "leave_withdraw",
    "lessons_write",
    "preferences_set",
    "roster_borrow",
    "roster_draft",
    "roster_edit",
    "roster_publish",
    "roster_revise",
    "roster_store",
    "roster_try",
    "skill_certify",
    "staff_import",
    "staff_profile_set",
    "swap_consent",
    "swap_decide",
    "swap_request",
    "swap_withdraw",
    "travel_set",
    "tree_make",
    "tree_store",
]
