"""The dated parameters a roster is judged by. Values are passed in; these are the defaults of the mainland-China pack.

Marks: V verified source, K from knowledge (confirm before relying), D a design default. Only V rules are hard here.
"""

from __future__ import annotations

from counterpoint.science.rostering.problem import Rule

KEYS = {
    "day.max_minutes": "normal working minutes a day; more only as agreed overtime",
    "week.max_minutes": "normal working minutes an ISO week; more only as agreed overtime",
    "week.rest_days": "days of rest in an ISO week",
    "overtime.day_max_minutes": "overtime minutes a day",
    "overtime.month_max_minutes": "overtime minutes a month, those already worked included",
    "protected.no_overtime": "people under protection work no overtime (1: in force)",
    "rest.between_minutes": "minutes of rest between two working days",
    "run.max_days": "days worked in a row, those before the horizon included",
}

LABOUR_LAW = "Labour Law of the PRC (2018)"
HOURS_RULE = "State Council rules on working hours (1995)"
WOMEN_RULE = "Special rules on labour protection of female employees (2012)"


def china() -> tuple[Rule, ...]:
    """Parameters of the CN pack: 8 h a day, 40 h a week, one rest day, overtime ≤ 3 h a day and ≤ 36 h a month."""
    return (
        Rule("day.max_minutes", 480, "minutes", HOURS_RULE, "V", hard=True),
        Rule("week.max_minutes", 2400, "minutes", HOURS_RULE, "V", hard=True),
        Rule("week.rest_days", 1, "days", f"{LABOUR_LAW} art. 38", "V", hard=True),
        Rule("overtime.day_max_minutes", 180, "minutes", f"{LABOUR_LAW} art. 41", "V", hard=True),
        Rule("overtime.month_max_minutes", 2160, "minutes", f"{LABOUR_LAW} art. 41", "V", hard=True),
        Rule("protected.no_overtime", 1, "flag", f"{LABOUR_LAW}; {WOMEN_RULE}", "V", hard=True),
        Rule("rest.between_minutes", 660, "minutes", "EU practice, not Chinese law", "K", hard=False, weight=1),
        Rule("run.max_days", 6, "days", "branch practice", "D", hard=False, weight=60),
    )
