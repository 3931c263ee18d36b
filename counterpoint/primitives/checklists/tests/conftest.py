"""Fixtures of the checklists' tests."""

import pytest

from counterpoint.primitives.checklists import catalogue, effects
from counterpoint.primitives.checklists.tests.world import WALK, World, case_stub, content_of
from counterpoint.primitives.content import loader


@pytest.fixture
def content(tmp_path, monkeypatch):
    """A folder with the small checklists of the tests, read instead of the branch's own."""
    real = loader.files
    monkeypatch.setattr(loader, "files", lambda kind: [p for p in real(kind) if kind != "checklists" or _ours(p)])
    folder = content_of(tmp_path / "content", checklists=WALK.read_text(encoding="utf-8"))
    monkeypatch.setenv(loader.FOLDERS, str(folder))
    loader.forget()
    yield folder
    monkeypatch.undo()
    loader.forget()


def _ours(path):
    return path.name == "probe.yaml"


@pytest.fixture
def world(bank, content, monkeypatch):
    """The branch b01 with the small checklists; cases are noted in `world.opened`."""
    opened = {}
    shipped = catalogue.items
    monkeypatch.setattr(
        catalogue,
        "items",
        lambda *args, **more: {key: one for key, one in shipped(*args, **more).items() if key.startswith("probe.")},
    )
    monkeypatch.setattr(effects, "open_case", case_stub(opened))
    return World(bank, opened)
