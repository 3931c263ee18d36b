"""What the canary crawl plants of this room: a running hall, an imported history and a future of a foreign branch."""

import json
from datetime import date, timedelta

from counterpoint.foundation.api import scoped
from counterpoint.onsite import api, futures
from counterpoint.onsite.assets.actions import Papers, asset_add, asset_fault
from counterpoint.onsite.models import Advice, Bookmark, PhotoPrint, TwinCheck
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.advised import found
from counterpoint.onsite.tests.checked import checked, verdict
from counterpoint.onsite.tests.lived import outcome
from counterpoint.onsite.tests.test_history import log

SERVICES = ("cash_deposit", "transfer", "wealth")


def plant(bank, branch, mark):
    """The Stranger's branch is open: one customer served, one called, one waiting, an advice given, a future tried."""
    stranger, user = bank.scope("Stranger"), bank.people["Stranger"]
    here = {"scope": stranger, "branch": branch, "now": bank.now}
    api.window_open(**here, counter=1, user=user.pk)
    for service in SERVICES:
        api.ticket_take(**here, service=service, channel="staff")
    called = api.ticket_call_next(**here, counter=1)
    for step in (api.ticket_start, api.ticket_finish):
        step(**here, ticket=called.id)
    api.ticket_call_next(**here, counter=1)
    with scoped(stranger):
        hall = hall_of(scope=stranger, branch=branch, now=bank.now)
        Advice(
            org_unit=branch, business_date=bank.now.date(), at=bank.now, until=bank.now + timedelta(hours=1),
            kind="guide", service="transfer", share=0.3,
            predicted=found("guide", service="transfer", share=0.3).predicted,
        ).save()  # fmt: skip
        Bookmark(
            org_unit=branch, user=user, business_date=bank.now.date(), minute=630, name=mark, kind="close",
            decision={"kind": "close", "counter": "1"}, outcome=outcome(), made_at=bank.now,
        ).save()  # fmt: skip
        TwinCheck(
            org_unit=branch, made_at=bank.now, since=date(2026, 11, 1), until=date(2026, 11, 14),
            judged_since=date(2026, 11, 15), judged_until=date(2026, 11, 21), tickets=7, status="failed", gate=1,
            fitted=json.loads(futures.planned_model(hall).to_json()), values=checked({}).values,
            verdict=verdict("failed"),
        ).save()  # fmt: skip
    plant_assets(stranger, branch, mark, bank.now)
    days = (date(2026, 11, 16), date(2026, 11, 17))
    api.history_import(
        scope=stranger, branches=[branch], now=bank.now, log=log(days, branch=branch.code), label=f"{mark}.csv"
    )


def plant_assets(stranger, branch, mark, now):
    """A camera with a fault and its case, and how a photo of it looks."""
    where = {"scope": stranger, "branch": branch, "now": now}
    asset_add(**where, kind="camera", code="cam-9", papers=Papers(name=mark, place=mark, serial=mark))
    asset_fault(**where, code="cam-9", text=mark)
    with scoped(stranger):
        PhotoPrint(org_unit=branch, digest="d" * 64, bits="0" * 32, source=f"round:{mark}", at=now).save()
