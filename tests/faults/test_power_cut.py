"""F2: after a power cut at any moment, what was acknowledged is there, and stored files are those their rows name."""

import hashlib
import sqlite3

import pytest

from tests.faults import powercut

SEED = 20261123

# A day's writes: counters with their journal entry, every fifth time a stored file, a checkpoint now and then.
WRITES = """
from counterpoint.foundation import files
from counterpoint.foundation.sqlite.checkpoint import checkpoint
if sys.argv[1] == "NORMAL":
    options = connection.settings_dict["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=NORMAL")
if sys.argv[1] == "LAZY":
    files.os.fsync = lambda handle: None
place, scope = parts.the_branch(), parts.everything()
checkpoint()
for number in range(1, int(sys.argv[2]) + 1):
    parts.write(number, place, scope)
    os.write(1, b"c%d\\n" % number)
    if number % 5 == 0:
        with scoped(scope):
            content = b"%d," % number * 400
            row = files.store(scope=scope, org_unit=place, name="f.csv", content=content, now=clock.now())
        os.write(1, b"f%s\\n" % row.sha256.encode())
    if number % 12 == 0:
        checkpoint()
os._exit(0)
"""


def recorded(household, recorder, mode, writes, script=WRITES):
    """The steps of a run that starts from a clean, checkpointed home."""
    record = household.home.parent / "record"
    base = [
        powercut.Step("W", str(path.relative_to(household.home)), 0, path.read_bytes())
        for path in household.home.glob("counterpoint.sqlite3*")
        if not path.name.endswith(("-shm", ".writer", ".turn"))
    ]
    env = {"LD_PRELOAD": str(recorder), "RECORD_FOLDER": str(household.home), "RECORD_FILE": str(record)}
    process = household.start(script, mode, writes, **env)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    begun = [*base, *(powercut.Step("S", step.path) for step in base)]
    return begun + powercut.read(record, household.home)


def check(folder, acked):
    """What a cut left: sound, damaged, lost (an acknowledged change), torn (half of one), orphaned (row, no file)."""
    try:
        with sqlite3.connect(folder / "counterpoint.sqlite3") as opened:
            if opened.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return "damaged"
            counters = {f"c{row[0]}" for row in opened.execute("SELECT number FROM foundation_counter")}
            stored = [row[0] for row in opened.execute("SELECT sha256 FROM foundation_storedfile")]
            noted = opened.execute(
                "SELECT count(*) FROM foundation_journalentry WHERE subject LIKE 'counter:%'"
            ).fetchone()[0]
    except sqlite3.DatabaseError:
        return "damaged"
    finally:
        opened.close()
    if not set(acked) <= counters | {f"f{digest}" for digest in stored}:
        return "lost"
    if noted != len(counters):
        return "torn"
    for digest in stored:
        path = folder / "files" / digest[:2] / digest
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return "orphaned"
    return "sound"


def explore(household, recorder, tmp_path, *, mode="FULL", writes=30, cuts=40, each=5, seed=SEED):
    steps = recorded(household, recorder, mode, writes)
    place = tmp_path / "after"
    place.mkdir()
    found = powercut.explore(steps, seed=seed, cuts=cuts, each=each, place=place, check=check)
    print(f"seed {seed}, {mode}: {len(steps)} steps, {found}")  # noqa: T201
    return found


def test_no_power_cut_loses_an_acknowledged_change_or_a_stored_file(household, recorder, tmp_path):
    assert set(explore(household, recorder, tmp_path)) == {"states", "sound"}


def test_the_popular_setting_would_be_found_to_lose(household, recorder, tmp_path):
    found = explore(household, recorder, tmp_path, mode="NORMAL")
    assert found.get("lost", 0) > 0 and found.get("damaged", 0) == 0


def test_a_file_that_is_not_synced_would_be_found_missing(household, recorder, tmp_path):
    assert explore(household, recorder, tmp_path, mode="LAZY").get("orphaned", 0) > 0


@pytest.mark.slow
def test_twelve_thousand_power_cuts_lose_nothing(household, recorder, tmp_path):
    found = explore(household, recorder, tmp_path, writes=120, cuts=1000, each=12, seed=1)
    assert set(found) == {"states", "sound"} and found["states"] == 12_000
