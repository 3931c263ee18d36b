"""What a breach starts: a case here, a playbook by whoever registers it. Handlers run in the alarm's transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.primitives import cases
from counterpoint.primitives.metrics.definition import Metric
from counterpoint.primitives.metrics.models import MetricAlarm

CHINESE = "zh-hans"


@dataclass(frozen=True)
class Breach:
    """An alarm that was just raised: the metric, the branch, the alarm's row, and the scope to act with."""

    scope: Scope
    branch: OrgUnit
    metric: Metric
    alarm: MetricAlarm
    now: datetime

    @property
    def key(self) -> str:
        """The same for the same breach, whoever asks again."""
        return f"metric:{self.metric.key}:{self.alarm.rule}:{self.alarm.period}"


Handler = Callable[[Breach, Mapping[str, Any]], str]
Listener = Callable[[Breach], object]
_handlers: dict[str, Handler] = {}
_listeners: list[Listener] = []


def register_breach_handler(kind: str, handler: Handler) -> None:
    """`handler(breach, config)` starts what the metric's `on_breach` asks for and answers its name (`case:<id>`);
    `kind` is the word in the content, such as ``playbook``."""
    _handlers[kind] = handler


def register_breach_listener(listener: Listener) -> None:
    """`listener(breach)` hears of every breach, also of metrics without `on_breach`."""
    if listener not in _listeners:
        _listeners.append(listener)


def start(breach: Breach) -> str:
    """Do what the metric asks for; the name of what was started, empty when it asks for nothing."""
    for listener in _listeners:
        listener(breach)
    asked = breach.metric.on_breach
    if asked.get("rules") and breach.alarm.rule not in asked["rules"]:
        return ""
    for kind, handler in _handlers.items():
        if kind in asked:
            return handler(breach, asked)
    return ""


def _case(breach: Breach, config: Mapping[str, Any]) -> str:
    """A case of the type that the content names; its title is in the language of the house."""
    with translation.override(CHINESE):
        title = _("%(name)s off course, %(period)s") % {
            "name": breach.metric.name(CHINESE), "period": breach.alarm.period,
        }  # fmt: skip
    opened = cases.case_open(
        scope=breach.scope, org_unit=breach.branch, type=str(config["case"]), level=str(config.get("level", "")),
        title=title, source=f"primitives.alarm:{breach.alarm.pk}", key=breach.key, now=breach.now,
    )  # fmt: skip
    return f"case:{opened.id}"


register_breach_handler("case", _case)
