"""A home of its own for each fault test: real files, real processes, nothing shared with the test database.

The journal's triggers refuse to flush tables, so these tests never use pytest's databases.
"""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READY = ROOT / "var" / "tables"  # databases that were migrated once, by the mark of the migrations
PRELUDE = """
import json, os, sys, time
import django
django.setup()
from datetime import UTC, datetime, timedelta
from pathlib import Path
from django.conf import settings
from django.db import connection, transaction
from counterpoint.foundation import access, actions, clock, journal, roles
from counterpoint.foundation.models import JournalEntry, JournalHead, OrgUnit
from counterpoint.foundation.scope import scoped, unscoped
from tests.faults import parts
answer = lambda **found: print("ANSWER " + json.dumps(found), flush=True)
"""
MIGRATE = """
from django.core.management import call_command
from counterpoint.foundation import keys
keys.create()
call_command("migrate", verbosity=0, interactive=False)
"""


def _migrated() -> Path:
    """An empty database with every table, made once; homes begin with a copy, and `migrate` has nothing left to do."""
    mark = hashlib.sha256()
    for path in sorted((ROOT / "counterpoint").glob("*/migrations/*.py")):
        mark.update(path.read_bytes())
    place = READY / f"{mark.hexdigest()[:16]}.sqlite3"
    READY.mkdir(parents=True, exist_ok=True)
    with (READY / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            with tempfile.TemporaryDirectory(dir=READY) as home:
                made = Household(Path(home))
                made.play(MIGRATE + "answer()")
                made.database.rename(place)
    return place


class Household:
    """One home with its database, keys and branch; `play` runs code in a fresh process of it."""

    def __init__(self, home: Path, database: str = "") -> None:
        self.home = home
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("COUNTERPOINT_", "PYTEST_", "DJANGO_"))}
        self.env |= {
            "COUNTERPOINT_HOME": str(home),
            "COUNTERPOINT_PROFILE": "demo",
            "DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.demo",
            "PYTHONPATH": str(ROOT),
            "COUNTERPOINT_DATABASE": database,
        }

    @property
    def database(self) -> Path:
        return self.home / "counterpoint.sqlite3"

    def settle(self, rest: str = "parts.branch()", timeout: float = 120) -> "Household":
        """Keys, tables, and the rest: headquarters and one branch unless told otherwise."""
        if not self.env["COUNTERPOINT_DATABASE"]:
            self.home.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_migrated(), self.database)
        self.play(MIGRATE + rest + "\nanswer()", timeout=timeout)
        return self

    def start(self, code: str, *arguments: object, **env: str) -> "subprocess.Popen[str]":
        """Run code in the background; what it prints is on its stdout."""
        return subprocess.Popen(
            [sys.executable, "-c", PRELUDE + textwrap.dedent(code), *map(str, arguments)],
            env=self.env | env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def play(self, code: str, *arguments: object, timeout: float = 120, **env: str) -> dict[str, Any]:
        """Run code to its end and return what it gave to `answer`."""
        process = self.start(code, *arguments, **env)
        out, err = process.communicate(timeout=timeout)
        assert process.returncode == 0, err[-3000:]
        answers = [line for line in out.splitlines() if line.startswith("ANSWER ")]
        assert answers, out + err
        return json.loads(answers[-1].removeprefix("ANSWER "))

    def command(self, *arguments: object, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run `counterpoint …` in this home."""
        return subprocess.run(
            [sys.executable, "-m", "counterpoint.config.cli", *map(str, arguments)],
            env=self.env | env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip


def kill(process: "subprocess.Popen[str]") -> str:
    """SIGKILL and return everything it had printed."""
    process.send_signal(signal.SIGKILL)
    return process.communicate()[0]
