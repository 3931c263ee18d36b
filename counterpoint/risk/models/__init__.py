"""Nouns of `risk`."""

from counterpoint.risk.models.register import Risk, RiskControl, RiskEvidence, RiskIndicator, RiskMove

__all__ = ["Risk", "RiskControl", "RiskEvidence", "RiskIndicator", "RiskMove"]
