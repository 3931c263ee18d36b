"""Fixtures of the checklists' tests."""

import pytest

from counterpoint.primitives.checklists import effects
from counterpoint.primitives.checklists.tests.world import WALK, World, case_stub, content_of
from counterpoint.primitives.content import loader


@pytest.fixture
def content(tmp_path, monkeypatch):
    """A folder with the small checklists of the tests, read beside the package."""
    folder = content_of(tmp_path / "content", checklists=WALK.read_text(encoding="utf-8"))
    monkeypatch.setenv(loader.FOLDERS, str(folder))
    loader.forget()
    yield folder
    monkeypatch.undo()
    loader.forget()


@pytest.fixture
def world(bank, content, monkeypatch):
    """The branch b01 with the small checklists; cases are noted in `world.opened`."""
    opened = {}
    monkeypatch.setattr(effects, "open_case", case_stub(opened))
    return World(bank, opened)
