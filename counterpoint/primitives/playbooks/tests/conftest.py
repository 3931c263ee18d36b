"""A plan that exists only for the tests, and short words for playing it."""

from datetime import date, timedelta

import pytest

from counterpoint.primitives.content import Item, loader
from counterpoint.primitives.playbooks.tests import plans


def item(book, version=1, since=date(2020, 1, 1), until=None):
    return Item(book.key, version, "any", "a test", "D", since, until, book)


@pytest.fixture
def shelf(monkeypatch):
    """`shelf(book, …)` puts plans beside the product's own."""
    kept = []
    load = loader._load
    monkeypatch.setattr(loader, "_load", lambda kind: (*load(kind), *kept) if kind == "playbooks" else load(kind))

    def put(*items):
        kept.extend(items)

    return put


@pytest.fixture
def fire(shelf):
    book = plans.read(plans.FIRE)
    shelf(item(book))
    return book


@pytest.fixture
def later(bank):
    """`later(3)` is three minutes after the test's now."""
    return lambda minutes: bank.now + timedelta(minutes=minutes)
