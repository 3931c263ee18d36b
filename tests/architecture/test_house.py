"""The house guards itself: rooms, doors, sizes, and what each room must have."""

import os
import re
import subprocess
import sys

import pytest

from tests.architecture.source import (
    CHAPTERS,
    PACKAGE,
    ROOMS,
    ROOT,
    calls,
    imports,
    name_of,
    python_files,
    read,
    room_of,
)

LIMIT = 500


def test_the_package_has_exactly_the_twelve_rooms():
    found = {p.name for p in PACKAGE.iterdir() if p.is_dir() and not p.name.startswith("__")}
    assert found == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_why_it_exists(room):
    readme = PACKAGE / room / "README.md"
    assert readme.is_file(), f"{room} has no README.md"
    assert len(readme.read_text().split()) >= 30


def test_no_file_outgrows_its_walls():
    skipped = {".venv", "var", "migrations", "node_modules", ".git", "build"}
    long = {
        name_of(p): n
        for top in ROOT.iterdir()
        if top.name not in skipped
        for p in (top.rglob("*") if top.is_dir() else (top,))
        if p.suffix in {".py", ".html", ".js", ".mjs", ".css"}
        and not skipped & set(p.relative_to(ROOT).parts)
        and (n := len(p.read_text(encoding="utf-8").splitlines())) > LIMIT
    }
    assert not long


def test_an_import_across_rooms_goes_through_the_door():
    """Science is open by its topics' public names; ui is vocabulary; a primitive's door is its applet."""
    through_walls = []
    for path in python_files():
        here = room_of(path)
        if here == "config":
            continue
        for line, name in imports(path):
            parts = name.split(".")
            if parts[0] != "counterpoint" or len(parts) < 3 or parts[1] == here:
                continue
            there = parts[1]
            if there == "science":
                inside = len(parts) > 4
            elif there == "ui":
                inside = False
            elif there == "primitives":
                inside = len(parts) > 4
            else:
                inside = parts[2] != "api"
            if inside:
                through_walls.append(f"{name_of(path)}:{line} {name}")
    assert not through_walls


def test_rules_of_chapters_know_no_database_and_no_clock():
    impure = [
        f"{name_of(path)}:{line} {name}"
        for chapter in CHAPTERS
        for path in [*(PACKAGE / chapter).glob("rules.py"), *(PACKAGE / chapter).glob("rules/*.py")]
        for line, name in imports(path)
        if name.startswith("django.") and not name.startswith("django.utils.translation")
    ]
    assert not impure


CLOCKS = re.compile(
    r"(^|\.)(datetime\.now|datetime\.utcnow|date\.today|datetime\.today|timezone\.now|localdate|localtime"
    r"|time\.time|time\.monotonic|time\.perf_counter|time\.sleep)$"
)
CLOCK_READERS = {
    "counterpoint/foundation/clock.py": "the one reader of the wall clock",
    "counterpoint/foundation/sqlite/lock.py": "waits for the writer lock with a deadline",
}


def test_nothing_below_a_view_reads_a_clock():
    guilty = [
        f"{name_of(path)}:{line} {callee}"
        for path in python_files()
        if name_of(path) not in CLOCK_READERS and room_of(path) != "config"
        for line, callee in calls(path)
        if CLOCKS.search(callee)
    ]
    assert not guilty


RANDOM = re.compile(r"^(np|numpy)\.random\.(?!default_rng$|Generator|SeedSequence|Philox|PCG64)\w+$")


def test_chance_is_an_argument():
    guilty = [
        f"{name_of(path)}:{line} {callee}"
        for path in python_files()
        for line, callee in calls(path)
        if RANDOM.match(callee)
    ]
    guilty += [
        f"{name_of(path)}:{line} {name}" for path in python_files() for line, name in imports(path) if name == "random"
    ]
    assert not guilty


BANNED_QUERIES = re.compile(r"(\.raw|\.extra|\._base_manager\.\w+|connection\.cursor|mark_safe)$")
QUERY_EXCEPTIONS = {
    "counterpoint/foundation/sqlite/checkpoint.py",
    "counterpoint/foundation/sqlite/base.py",
    "counterpoint/foundation/integrity.py",
    "counterpoint/foundation/backup.py",
    "counterpoint/foundation/snapshot.py",
    "counterpoint/foundation/doctor.py",
    "counterpoint/foundation/health.py",
}


def test_no_query_goes_around_the_scope():
    guilty = [
        f"{name_of(path)}:{line} {callee}"
        for path in python_files()
        if name_of(path) not in QUERY_EXCEPTIONS
        for line, callee in calls(path)
        if BANNED_QUERIES.search(callee)
    ]
    assert not guilty


PRACTICE_TOO = {
    "counterpoint/foundation/access.py": "whoever enters a world has a post in it",
    "counterpoint/foundation/practice.py": "a world's own works are claimed",
    "counterpoint/primitives/metrics/targets.py": "targets of the units above, within the caller's own tree",
    "counterpoint/primitives/content/overlay.py": "which bank a world stands for",
    "counterpoint/config/journal_command.py": "chains are exported whole",
    "counterpoint/foundation/anchor.py": "chains are anchored whole",
    "counterpoint/foundation/backup.py": "a copy is whole",
    "counterpoint/foundation/files.py": "bytes that practice holds are not swept away",
    "counterpoint/foundation/jobs.py": "jobs of a world run, within the world",
    "counterpoint/foundation/live.py": "entries are read once and filtered by each screen's scope",
    "counterpoint/foundation/queries.py": "who is above a unit of the practice tree",
    "counterpoint/foundation/restore.py": "a copy is whole",
    "counterpoint/foundation/scoped_models.py": "a caller deletes the own row by its key",
}


def test_practice_is_left_out_wherever_the_scope_is_lifted_but_here():
    """Whoever lifts the scope sees the live tree only; naming practice is a decision: add the file with its reason."""
    naming = {
        name_of(path)
        for path in python_files()
        for one in read(path).calls
        if one.callee.split(".")[-1] == "unscoped" and "practice" in one.keywords
    }
    assert naming == set(PRACTICE_TOO)


def test_the_scope_is_lifted_only_with_a_reason_and_in_few_places():
    """A new lifting of the scope is a decision: add the file here with the reason in its call."""
    allowed = {"foundation", "config"}
    lifting = {
        name_of(path)
        for path in python_files()
        if room_of(path) not in allowed and any(callee.split(".")[-1] == "unscoped" for _, callee in calls(path))
    }
    assert lifting <= {
        "counterpoint/primitives/content/overlay.py",  # a branch is ruled by what its headquarters decided
        "counterpoint/primitives/metrics/targets.py",  # targets of the units above rule the branch, too
        "counterpoint/academy/certificates/public.py",  # a stranger checks a certificate by its code or its badge
        "counterpoint/onsite/assets/public.py",  # anybody opens a thing by the code on its label
        "counterpoint/onsite/public.py",  # a phone opens its ticket by an unguessable code
        "counterpoint/service/public.py",  # whoever scans the hall's code writes to its branch, and opens the receipt
        "counterpoint/team/feeds.py",  # a calendar app reads its shifts by an unguessable token
    }


def test_a_process_starts_without_the_compiler_and_the_heavy_science():
    """Every command, worker and tick pays for what is imported when the rooms are loaded."""
    program = (
        "import sys, django; django.setup();"
        "print([name for name in ('numba', 'scipy', 'ortools', 'duckdb', 'cv2') if name in sys.modules])"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.test"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.strip() == "[]"
