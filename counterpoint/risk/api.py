"""The door of `risk`."""

from counterpoint.risk.register.actions import (
    evidence_collect,
    follow_up,
    register_set_up,
    risk_owner_set,
)
from counterpoint.risk.register.incidents import incident_link, incident_report
from counterpoint.risk.register.queries import RiskLine, RiskView, Statistics, frauds, risk, risks, statistics
from counterpoint.risk.register.retiring import risk_retire_ask, risk_retire_decide

__all__ = [
    "RiskLine",
    "RiskView",
    "Statistics",
    "evidence_collect",
    "follow_up",
    "frauds",
    "incident_link",
    "incident_report",
    "register_set_up",
    "risk",
    "risk_owner_set",
    "risk_retire_ask",
    "risk_retire_decide",
    "risks",
    "statistics",
]
