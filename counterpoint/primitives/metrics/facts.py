"""Journal kinds of the numbers. The cells are a cache and write none."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

facts.register(
    (
        FactType("primitives.target_set", _("Target set"), frozenset({"metric", "version", "since", "low", "high"})),
        FactType(
            "primitives.alarm_raised",
            _("A number is off course"),
            frozenset({"metric", "rule", "period", "level", "value", "n", "started"}),
        ),
        FactType("primitives.alarm_seen", _("Alarm seen"), frozenset({"metric", "rule", "period"})),
        FactType("primitives.alarm_over", _("Alarm over"), frozenset({"metric", "rule", "period"})),
        FactType("primitives.metric_muted", _("Alarms muted"), frozenset({"metric", "until"})),
        FactType("primitives.metric_unmuted", _("Alarms no longer muted"), frozenset({"metric"})),
    )
)
