"""One settled home is made once and copied for each test that needs one."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.faults.household import Household


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("settled")
    Household(home).settle()
    return home


SERVER = os.environ.get("COUNTERPOINT_DATABASE", "")


@pytest.fixture
def household(request: pytest.FixtureRequest, tmp_path: Path) -> Household:
    """A fresh copy of the settled home, on the embedded database."""
    if SERVER:
        pytest.skip("about the embedded database; test_on_postgres.py has its sisters")
    settled = request.getfixturevalue("settled")
    shutil.copytree(settled, tmp_path / "home")
    return Household(tmp_path / "home")


@pytest.fixture
def another(tmp_path: Path) -> Callable[[str], Household]:
    """An empty home by name."""

    def make(name: str) -> Household:
        (tmp_path / name).mkdir()
        return Household(tmp_path / name)

    return make


@pytest.fixture
def databases() -> Iterator[Callable[[], str]]:
    """Makes empty databases on the server that COUNTERPOINT_DATABASE names, and drops them."""
    if not SERVER:
        pytest.skip("needs tests/with_postgres.sh")
    import psycopg

    parts, made = urlsplit(SERVER), []

    def create() -> str:
        name = f"faults_{uuid4().hex[:12]}"
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        made.append(name)
        return parts._replace(path=f"/{name}").geturl()

    yield create
    with psycopg.connect(SERVER, autocommit=True) as server:
        for name in made:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def served(databases: Callable[[], str], tmp_path: Path) -> Household:
    """A settled home whose database is on PostgreSQL."""
    (tmp_path / "home").mkdir()
    return Household(tmp_path / "home", databases()).settle()


@pytest.fixture(scope="session")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preloaded library that stands between a process and its disk."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler for the recorder")
    built = tmp_path_factory.mktemp("recorder") / "recorder.so"
    source = Path(__file__).with_name("recorder.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", built, source, "-ldl", "-lpthread"], check=True)
    return built
