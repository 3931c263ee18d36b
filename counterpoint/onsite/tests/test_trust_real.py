"""A check from a branch's own day logs, with nothing faked: simulated days whose truth is known."""

from datetime import date, timedelta

import numpy as np
import pytest

from counterpoint.foundation.api import scoped
from counterpoint.onsite import api, daylog, futures, sources
from counterpoint.onsite.models import DayLog, TwinCheck
from counterpoint.onsite.state import hall_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAYS = 24


def fill(bank, pace=1.0):
    """Days of one service at four windows, lived by the twin itself with work of 6 minutes × `pace`."""
    from counterpoint.science import twin
    from counterpoint.science.calibration import simulated_log

    scope = bank.scope("Sun")
    with scoped(scope):
        hall = hall_of(scope=scope, branch=bank.b01, now=bank.now)
        tiers = futures.planned_model(hall).tiers
    model = twin.BranchModel(
        (twin.Service("transfer", twin.Duration(6.0 * pace, 0.6)),),
        tuple(twin.Counter(f"K{i}", ("transfer",)) for i in range(4)), tiers,
        patience=twin.Duration(20.0, 0.7), balking=None,
    )  # fmt: skip
    first = bank.now.date() - timedelta(days=DAYS)
    log = simulated_log(model, twin.one_person_a_counter(model), np.full((1, 16), 20.0), DAYS, first=first, seed=4)
    frame = log.usable
    with scoped(scope):
        for on in sorted(set(frame["arrived"].dt.date)):
            day = daylog.from_frame(frame[frame["arrived"].dt.date == on], on)
            DayLog(
                org_unit=bank.b01, business_date=on, source="simulated", digest=str(on), tickets=len(day),
                summary=daylog.summary(day), payload=daylog.pack(day), written_at=bank.now,
            ).save()  # fmt: skip
    return first


def test_the_truth_is_found_and_the_check_passes(bank):
    first = fill(bank)
    scope = bank.scope("Sun")
    assert len(sources.tickets(scope, bank.b01, first, bank.now.date())) > 5000
    found = api.twin_check(scope=scope, branch=bank.b01, now=bank.now)
    with scoped(scope):
        row = TwinCheck.objects.get()
        model = futures.model_of(hall_of(scope=scope, branch=bank.b01, now=bank.now))
    assert found.status == "passed", row.verdict["criteria"]
    assert row.simulated and row.judged_until < bank.now.date() and isinstance(row.since, date)
    (minutes,) = [v["value"] for v in row.values if v["what"] == "service_minutes"]
    assert minutes == pytest.approx(6.0, rel=0.05)
    assert model.services[model.service_codes.index("transfer")].counter.mean == pytest.approx(6.0, rel=0.08)
    again = api.twin_check(scope=scope, branch=bank.b01, now=bank.now + timedelta(minutes=5))
    with scoped(scope):
        assert TwinCheck.objects.get(pk=again.id).verdict == row.verdict  # the same tickets, the same answer
