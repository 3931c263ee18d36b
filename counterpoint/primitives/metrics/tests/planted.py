"""What the canary crawl plants of the numbers: states, a target, an alarm, a muting and a comparison."""

from datetime import timedelta

from counterpoint.foundation.api import scoped
from counterpoint.primitives.metrics import metric_mute, needs, target_set
from counterpoint.primitives.metrics.models import MetricAlarm, MetricCell, MetricCover, MetricPeers, MetricRound


def plant_metrics(bank, branch, mark):
    """One row of each in the Stranger's branch, every word marked."""
    stranger, today = bank.scope("Stranger"), bank.now.date()
    one = needs.metric("onsite.wait_p90", today)
    here = {"scope": bank.scope("Hana"), "org_unit": branch, "metric": one, "now": bank.now}
    target_set(**here, since=today, high=12.0, reason=mark)
    metric_mute(**here, until=today + timedelta(days=9), reason=mark)
    with scoped(stranger):
        MetricCell(org_unit=branch, part=one.parts[0].signature, date=today, n=1, total=7.0, squares=49.0).save()
        MetricCover(
            org_unit=branch, relation="onsite.customers", since=today, margins_since=today, until=today, at=bank.now
        ).save()
        MetricRound(org_unit=branch, judged=today, at=bank.now).save()
        MetricPeers(
            org_unit=branch, metric=one.key, period=today.isoformat(), count=5, low=1, middle=2, high=3, at=bank.now
        ).save()
        MetricAlarm(
            org_unit=branch, metric=one.key, rule="now", period=today.isoformat(), level="act", raised_at=bank.now,
            found={"value": 31.0, "n": 40, "limit": 30.0, "side": "over"},
        ).save()  # fmt: skip
