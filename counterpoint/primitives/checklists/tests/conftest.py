"""Fixtures of the checklists' tests."""

import pytest

from counterpoint.primitives.checklists import effects
from counterpoint.primitives.checklists.tests.world import WALK, World, case_stub, house_with
from counterpoint.primitives.content import loader


@pytest.fixture
def content(tmp_path, monkeypatch):
    """The house with the small checklists of the tests."""
    house = house_with(tmp_path, checklists=WALK.read_text(encoding="utf-8"))
    monkeypatch.setattr(loader, "PACKAGE", house)
    loader._load.cache_clear()
    yield house
    monkeypatch.undo()
    loader._load.cache_clear()


@pytest.fixture
def world(bank, content, monkeypatch):
    """The branch b01 with the small checklists; cases are noted in `world.opened`."""
    opened = {}
    monkeypatch.setattr(effects, "open_case", case_stub(opened))
    return World(bank, opened)
