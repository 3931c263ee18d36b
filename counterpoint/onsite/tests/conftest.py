"""Fixtures of the hall's tests."""

from types import SimpleNamespace

import pytest

from counterpoint.onsite import futures
from counterpoint.onsite.actions import advice
from counterpoint.onsite.tests.advised import found
from counterpoint.onsite.tests.halls import Hall, forget


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Each test begins in a process that has seen no hall."""
    forget()


@pytest.fixture
def hall(bank):
    """The hall of b01 at 10:30 of a Monday."""
    return Hall(bank)


@pytest.fixture
def advisor(monkeypatch):
    """The advisor's answer, set by the test; how often it was asked."""
    told = SimpleNamespace(answer=found("nothing"), asked=0)

    def consult(_hall):
        told.asked += 1
        return told.answer

    monkeypatch.setitem(futures._warmth, "ready", True)
    monkeypatch.setattr(advice, "consult", consult)
    return told
