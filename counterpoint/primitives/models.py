"""Nouns of the primitives, one applet each."""

from counterpoint.primitives.metrics.models import (
    MetricAlarm,
    MetricCell,
    MetricCover,
    MetricMute,
    MetricPeers,
    MetricTarget,
)

__all__ = ["MetricAlarm", "MetricCell", "MetricCover", "MetricMute", "MetricPeers", "MetricTarget"]
