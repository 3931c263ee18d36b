"""F1, F2, F3 over complaints and their cases: a kill, a power cut or a full disk loses nothing acknowledged, halves
nothing, and what a customer sends again is there once."""

import pytest

from tests.faults import powercut
from tests.faults.test_power_cut import recorded

SEED = 20261123
CAMPAIGN = """
from tests.faults import complaining
answer(**complaining.campaign(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
"""

WRITES = """
from counterpoint.foundation import files
from counterpoint.foundation.sqlite.checkpoint import checkpoint
from tests.faults import complaining
if sys.argv[1] == "NORMAL":
    options = connection.settings_dict["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=NORMAL")
if sys.argv[1] == "LAZY":
    files.os.fsync = lambda handle: None
if sys.argv[1] == "APART":
    complaining.tear()
place, scope = parts.the_branch(), complaining.sun()
checkpoint()
for number in range(1, int(sys.argv[2]) + 1):
    for token, write in complaining.writes(number, place, scope):
        write()
        os.write(1, token.encode() + b"\\n")
    if number % 3 == 0:
        checkpoint()
os._exit(0)
"""

FILLING = """
from django.db.utils import OperationalError
from counterpoint.service.models import Complaint
from tests.faults import complaining
complaining.settle()
if sys.argv[2] == "apart":
    complaining.tear()
flag, place, scope = Path(sys.argv[1]), parts.the_branch(), complaining.sun()
acked, said, refused, filling, save = [], set(), 0, False, Complaint.save

def saved(row, *of, **named):
    if filling:  # the disk is full when the case is written and its complaint is not
        flag.touch()
    save(row, *of, **named)

def work(number):
    for token, write in complaining.writes(number, place, scope):
        write()
        acked.append(token)

Complaint.save = saved
for number in range(1, 25):
    filling = number % 4 == 0
    flag.touch() if number % 4 == 2 else flag.unlink(missing_ok=True)
    try:
        work(number)
    except (OperationalError, OSError) as nothing_left:
        refused += 1
        said.add(str(nothing_left))
    filling = False
    flag.unlink(missing_ok=True)
    if number % 2 == 0:  # space again: what was refused is sent once more
        work(number)
answer(acked=acked, refused=refused, said=sorted(said), broken=parts.state()["broken"])
"""


def killed(household, kills, sabotage="", seed=SEED):
    from tests.faults import complaining

    found = household.play(CAMPAIGN, seed, kills, sabotage, timeout=3000)
    verdict = complaining.judge(household.home, found["acked"])
    print(f"seed {seed}: {kills} kills, {len(found['acked'])} acknowledged, {verdict} {found['broken']}")  # noqa: T201
    return verdict, found


def test_f1_fifteen_kills_lose_and_halve_no_complaint(household):
    verdict, found = killed(household, 15)
    assert verdict == "sound" and found["broken"] == [] and len(found["acked"]) >= 15


def test_f1_acknowledging_before_the_commit_would_be_found(household):
    assert killed(household, 8, "ack_first")[0] == "lost"


def test_f1_verbs_without_a_transaction_would_be_found(household):
    assert killed(household, 8, "apart")[0] == "half"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_f1_two_hundred_kills_lose_and_halve_no_complaint(household, seed):
    verdict, found = killed(household, 200, seed=seed)
    assert verdict == "sound" and found["broken"] == []


def cut(household, recorder, tmp_path, *, mode="FULL", complaints=6, cuts=40, each=5, seed=SEED):
    from tests.faults import complaining

    household.play("from tests.faults import complaining\ncomplaining.settle()\nanswer()\n")
    steps = recorded(household, recorder, mode, complaints, script=WRITES)
    place = tmp_path / "after"
    place.mkdir()
    found = powercut.explore(steps, seed=seed, cuts=cuts, each=each, place=place, check=complaining.judge)
    print(f"seed {seed}, {mode}: {len(steps)} steps, {found}")  # noqa: T201
    return found


def test_f2_no_power_cut_loses_a_complaint_or_its_photo(household, recorder, tmp_path):
    assert set(cut(household, recorder, tmp_path)) == {"states", "sound"}


@pytest.mark.parametrize(("mode", "verdict"), [("NORMAL", "lost"), ("LAZY", "orphaned"), ("APART", "half")])
def test_f2_a_careless_build_would_be_found(household, recorder, tmp_path, mode, verdict):
    assert cut(household, recorder, tmp_path, mode=mode, complaints=3, cuts=20, each=3).get(verdict, 0) > 0


@pytest.mark.slow
def test_f2_twelve_thousand_power_cuts_lose_no_complaint(household, recorder, tmp_path):
    found = cut(household, recorder, tmp_path, complaints=25, cuts=1000, each=12, seed=1)
    assert set(found) == {"states", "sound"} and found["states"] == 12_000


@pytest.mark.parametrize("sabotage", ["", "apart"])
def test_f3_a_full_disk_refuses_whole_complaints_and_heals(household, recorder, tmp_path, sabotage):
    from tests.faults import complaining

    flag = tmp_path / "full"
    env = {"LD_PRELOAD": str(recorder), "RECORD_FOLDER": str(household.home), "DISK_FULL_WHILE": str(flag)}
    found = household.play(FILLING, flag, sabotage, RECORD_FILE=str(tmp_path / "record"), **env)
    verdict = complaining.judge(household.home, found["acked"])
    print(f"{len(found['acked'])} acknowledged, {found['refused']} refused, {verdict}")  # noqa: T201
    assert found["refused"] == 12 and any("full" in word or "space" in word for word in found["said"])
    assert (verdict == "sound" and found["broken"] == []) is not bool(sabotage)
