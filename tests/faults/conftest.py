"""One settled home is made once and copied for each test that needs one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.household import Household


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("settled")
    Household(home).settle()
    return home


@pytest.fixture
def household(settled: Path, tmp_path: Path) -> Household:
    """A fresh copy of the settled home."""
    shutil.copytree(settled, tmp_path / "home")
    return Household(tmp_path / "home")


@pytest.fixture
def another(tmp_path: Path) -> Callable[[str], Household]:
    """An empty home by name."""

    def make(name: str) -> Household:
        (tmp_path / name).mkdir()
        return Household(tmp_path / name)

    return make
