"""Metrics: numbers of a room, read by key, so that data can flow against the order of the floors.

A room registers relations (rows to count) and sources (whole series); KPIs are content of the kind `metrics` on those
relations. One definition has two executions: mergeable states in the live database (`value`, `series`, `board`), and an
Ibis expression over Parquet (`warehouse`), with equal results.
"""

from counterpoint.primitives.metrics.alarms import (
    alarm_get,
    alarm_list,
    alarm_raise,
    alarm_see,
    metric_mute,
    metric_unmute,
    mutes,
)
from counterpoint.primitives.metrics.breaches import Breach, register_breach_handler, register_breach_listener
from counterpoint.primitives.metrics.causes import Cause, Mover, register_cause
from counterpoint.primitives.metrics.cells import refresh
from counterpoint.primitives.metrics.definition import Bounds, Metric, Part, Threshold
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.kind import NAME
from counterpoint.primitives.metrics.needs import metrics
from counterpoint.primitives.metrics.periods import GRAINS, Period
from counterpoint.primitives.metrics.reading import (
    Drill,
    UnknownMetric,
    Value,
    board,
    by_margin,
    metric_of,
    rows,
    series,
    value,
)
from counterpoint.primitives.metrics.relations import (
    Relation,
    Touch,
    UnknownRelation,
    all_relations,
    by_branch,
    one_by_one,
    register_relation,
    relation,
)
from counterpoint.primitives.metrics.sources import Source, UnknownSource, fetch, register, sources
from counterpoint.primitives.metrics.targets import Target, target_set, target_versions
from counterpoint.primitives.metrics.verbs import ALARM, HANDLE, PEOPLE, TARGET, VIEW

__all__ = [
    "ALARM",
    "GRAINS",
    "HANDLE",
    "NAME",
    "PEOPLE",
    "TARGET",
    "VIEW",
    "Answer",
    "Bounds",
    "Breach",
    "Cause",
    "Drill",
    "Metric",
    "Mover",
    "Part",
    "Period",
    "Relation",
    "Source",
    "Target",
    "Threshold",
    "Touch",
    "UnknownMetric",
    "UnknownRelation",
    "UnknownSource",
    "Value",
    "alarm_get",
    "alarm_list",
    "alarm_raise",
    "alarm_see",
    "all_relations",
    "board",
    "by_branch",
    "by_margin",
    "fetch",
    "metric_mute",
    "metric_of",
    "metric_unmute",
    "metrics",
    "mutes",
    "one_by_one",
    "refresh",
    "register",
    "register_breach_handler",
    "register_breach_listener",
    "register_cause",
    "register_relation",
    "relation",
    "rows",
    "series",
    "sources",
    "target_set",
    "target_versions",
    "value",
]
