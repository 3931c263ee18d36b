"""The KPI registry is whole: rows that exist, examples that hold, a reference that is in sync."""

import subprocess
import sys
from pathlib import Path

import pytest

from counterpoint.analytics import reference
from counterpoint.analytics.series import all_series
from counterpoint.config import numbers_command
from counterpoint.foundation.api import roles
from counterpoint.primitives.content import every
from counterpoint.primitives.metrics import NAME, expressions, frames, kind, metrics, relations, warehouse

HANDBOOK = """
WAIT_AVG WAIT_P90 WAIT_GT30 ABAND AHT UTIL TPH OFFCTR STM_SUB DIVERT APPT ERR10K CASHDIFF VOUCH CMP_RATE CMP_SLA CMP_RES
FCR CMP_REP NPS CSAT EVAL MYST AML_COV AML_TIME LVT_ON KYC_UPD REC_PASS SUIT_BRK INSP_CLOSE INSP_REP ATM_AVL DEP_G AUM_G
FEE LOAN XSELL MAU CERT PROMO TRAIN TURN OT DRILL
"""


def test_all_forty_four_numbers_of_the_handbook_are_there(bank):
    known = {one.code for one in metrics(bank.now.date()).values()}
    assert len(HANDBOOK.split()) == 44 and known >= set(HANDBOOK.split())


@pytest.mark.parametrize("item", every(NAME), ids=lambda item: item.key)
def test_every_indicator_counts_rows_that_exist_and_says_what_it_is(item):
    one = item.value
    assert kind.unknown_columns(one) == []
    assert item.examples and one.names["zh-hans"] and one.names["en"] and one.owner in roles.ROLES
    assert one.key.partition(".")[0] in item.file


@pytest.mark.parametrize("item", every(NAME), ids=lambda item: item.key)
def test_every_worked_example_holds_in_the_engine_too(item, engine):
    one = item.value
    for example in item.examples:
        given = kind.example_frames(one, example["rows"])
        tables = {
            key: engine.create_table(
                key.replace(".", "_"), warehouse.table(relations.relation(key), frame, "b01", "east"), overwrite=True
            )
            for key, frame in given.items()
        }
        found = expressions.answers([one], tables, ())[one.key].get((), frames.Answer(None, 0))
        live = frames.answer_of(one, given)
        assert (found.value, found.n) == (pytest.approx(live.value), live.n)


@pytest.fixture(scope="module")
def engine():
    return warehouse.connect(threads=1)


def test_every_imported_number_says_what_to_fill_in(bank):
    found = all_series(bank.now.date())
    assert len(found) >= 25
    for one in found.values():
        assert one.amount_name("zh-hans") and bool(one.base_name("zh-hans")) == one.needs_base


def test_the_reference_is_in_sync():
    """Otherwise: counterpoint numbers reference."""
    assert numbers_command.REFERENCE.read_text(encoding="utf-8") == reference.text()


def test_rows_go_out_as_parquet_and_come_back_as_the_same_numbers(bank, tmp_path):
    from datetime import date

    from counterpoint.onsite.tests.test_history import bring
    from counterpoint.primitives.metrics import metric_of, value

    bring(bank)
    scope = bank.scope("Sun")
    count = warehouse.export(
        scope=scope, branches=[bank.b01], keys=["onsite.customers"], since=date(2026, 11, 1), until=date(2026, 12, 1),
        folder=tmp_path,
    )  # fmt: skip
    assert count == 6 and (tmp_path / "onsite.customers" / "2026-11" / "b01.parquet").exists()
    for key in ("onsite.wait_avg", "onsite.wait_p90", "onsite.abandonment"):
        one = metric_of(key, date(2026, 11, 16))
        found = warehouse.ask(
            scope=scope, unit=bank.b01, metrics=[one], since=date(2026, 11, 1), until=date(2026, 12, 1),
            by=["month", "branch"], folder=tmp_path,
        )  # fmt: skip
        live = value(scope=scope, org_unit=bank.b01, metric=key, grain="month", period=date(2026, 11, 16))
        assert found[key][date(2026, 11, 1), "b01"].value == live.value
    stranger = warehouse.ask(
        scope=bank.scope("Stranger"), unit=bank.b03, metrics=[one], since=date(2026, 11, 1), until=date(2026, 12, 1),
        by=["branch"], folder=tmp_path,
    )  # fmt: skip
    assert stranger[one.key] == {}


def test_the_web_does_not_load_the_engine():
    """Ibis and DuckDB cost every worker a second and tens of megabytes: only who asks for volumes loads them."""
    code = (
        "import django; django.setup(); import sys; from django.urls import get_resolver; get_resolver().url_patterns;"
        "print([m for m in ('ibis', 'duckdb', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert done.stdout.strip() == "[]"
