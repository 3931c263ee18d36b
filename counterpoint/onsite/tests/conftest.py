"""Fixtures of the hall's tests."""

import pytest

from counterpoint.onsite.tests.halls import Hall, forget


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Each test begins in a process that has seen no hall."""
    forget()


@pytest.fixture
def hall(bank):
    """The hall of b01 at 10:30 of a Monday."""
    return Hall(bank)
