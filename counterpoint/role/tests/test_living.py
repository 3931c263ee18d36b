"""Daily work becomes evidence once a quarter, from rows that other rooms offer."""

from datetime import date

import pandas as pd
import pytest

from counterpoint.foundation.api import scoped
from counterpoint.primitives.metrics import Relation, one_by_one
from counterpoint.role.competence import living
from counterpoint.role.competence.actions import quarter_of
from counterpoint.role.models import CompetenceEvidence

SUMMER = date(2026, 7, 1)
COLUMNS = {"person": "word", "type": "word", "late": "yes_no", "checklist": "word", "on_time": "yes_no"}


@pytest.fixture
def ended(bank, monkeypatch):
    """`ended("Sun", 8, late=2)` says that Sun ended eight complaints in the summer, two of them late."""
    rows = []

    def read(_scope, _branch, since, until):
        assert (since, until) == (SUMMER, date(2026, 10, 1))
        return pd.DataFrame(rows, columns=["date", *COLUMNS])

    held = {key: Relation(key, COLUMNS, one_by_one(read)) for key in ("primitives.case_ends", "primitives.rounds")}
    monkeypatch.setattr("counterpoint.primitives.metrics.relations._relations", held)

    def go(name, count, late=0, kind="service.complaint"):
        staff_no = bank.people[name].staff_no if name else None
        rows.extend((SUMMER, staff_no, kind, n < late, None, None) for n in range(count))

    return go


def evidence(bank):
    with scoped(bank.scope("Ada")):
        return {(one.user.name, one.competency): one for one in CompetenceEvidence.objects.select_related("user")}


def test_cases_in_time_are_evidence_of_the_owner(bank, ended):
    ended("Sun", 8, late=2)
    ended("Mei", 40)
    ended("Ada", 4)  # too few
    ended(None, 30, late=30)  # nobody's
    ended("Sun", 30, late=30, kind="risk.finding")  # says nothing about complaints
    assert living.read_quarter(unit=bank.b01, quarter=SUMMER, now=bank.now) == 2
    found = evidence(bank)
    assert set(found) == {("Sun", "role.complaints"), ("Mei", "role.complaints")}
    sun, mei = found["Sun", "role.complaints"], found["Mei", "role.complaints"]
    assert (sun.source, sun.score, sun.size) == ("live", 0.75, 0.4) and (mei.score, mei.size) == (1.0, 1.0)


def test_a_quarter_is_read_once(bank, ended):
    ended("Sun", 8)
    assert living.read_quarter(unit=bank.b01, quarter=SUMMER, now=bank.now) == 1
    ended("Sun", 8, late=8)
    assert living.read_quarter(unit=bank.b01, quarter=SUMMER, now=bank.now) == 0
    assert evidence(bank)["Sun", "role.complaints"].score == 1.0


def test_without_the_rooms_above_there_is_nothing(bank, monkeypatch):
    monkeypatch.setattr("counterpoint.primitives.metrics.relations._relations", {})
    assert living.read_quarter(unit=bank.b01, quarter=SUMMER, now=bank.now) == 0


@pytest.mark.parametrize(
    "day, first", [((2026, 1, 1), (2026, 1, 1)), ((2026, 12, 31), (2026, 10, 1)), ((2026, 5, 9), (2026, 4, 1))]
)
def test_quarters_begin_on_their_first_day(day, first):
    assert quarter_of(date(*day)) == date(*first)
