"""The same faults on PostgreSQL: killed writers, racing workers, parallel guesses, backup and restore."""

import shutil

import pytest

from tests.faults.household import Household

WORK = "from tests.faults import work\n"
SEED = 20261123
GUESS = """
from counterpoint.foundation.models import User
User.objects.create_user("sun", "Sun", "the right password")
answer(**work.guess_in_parallel(20, False))
"""


def test_killed_writers_lose_nothing_acknowledged(served):
    found = served.play(f"answer(**parts.campaign(seed={SEED}, kills=10))")
    print(f"seed {SEED}: {found}")  # noqa: T201
    assert found["acked"] >= 10 and found["lost"] == 0 and not found["torn"] and found["broken"] == []


def test_acknowledging_before_the_commit_would_be_found(served):
    assert served.play(f"answer(**parts.campaign(seed={SEED}, kills=15, sabotage='ack_first'))")["lost"] > 0


@pytest.mark.parametrize(
    ("sabotage", "low", "high"), [(False, 12, 12), (True, 13, 36)], ids=["as shipped", "sabotaged"]
)
def test_racing_workers_do_each_job_once(served, tmp_path, sabotage, low, high):
    found = served.play(WORK + f"answer(**work.race(sys.argv[1], 12, 3, {sabotage}))", tmp_path / "effects")
    assert low <= found["effects"] <= high


@pytest.mark.parametrize("point", ["before_effect", "after_effect"])
def test_a_killed_worker_is_replaced_and_its_effect_is_there_once(served, point):
    found = served.play(WORK + "answer(**work.die_and_rescue(sys.argv[1]))", point)
    assert (found["rescued"], found["state"], found["effects"]) == ([1, 0], "done", 1)


def test_parallel_guesses_get_no_more_tries_than_the_limit(served):
    assert served.play(WORK + GUESS)["compared"] <= 5


def test_a_backup_during_writes_is_rehearsed_and_comes_back(served, databases, tmp_path):
    writer = served.start("parts.write_for_ever(1)")
    for _ in range(20):
        writer.stdout.readline()
    before = served.play("answer(**parts.state())")["rows"]
    made = served.command("backup", "--to", tmp_path / "backups")
    writer.kill()
    writer.communicate()
    assert made.returncode == 0, made.stderr
    drill = served.command("drill", "--from", tmp_path / "backups")
    assert drill.returncode == 0, drill.stderr
    (folder,) = (tmp_path / "backups").glob("2*")
    assert "not empty" in served.command("restore", folder).stderr
    (tmp_path / "fresh").mkdir()
    shutil.copytree(served.home / "keys", tmp_path / "fresh" / "keys")
    fresh = Household(tmp_path / "fresh", databases())
    done = fresh.command("restore", folder)
    assert done.returncode == 0, done.stderr
    after = fresh.play("answer(**parts.state())")
    assert set(before) <= set(after["rows"]) and after["rows"] == after["noted"] and after["broken"] == []


ESCALATE = "from tests.faults import escalating\n"


@pytest.mark.parametrize("workers", [2, 4])
def test_f11_racing_workers_escalate_each_step_once(served, workers):
    found = served.play(ESCALATE + f"answer(**escalating.race(60, {workers}, False))")
    assert (found["effects"], found["different"], found["entries"], found["broken"]) == (240, 240, 240, [])


def test_f11_workers_without_key_and_look_would_be_found(served):
    found = served.play(ESCALATE + "answer(**escalating.race(60, 3, True))")
    assert found["effects"] > found["due"]


@pytest.mark.slow
def test_f11_four_workers_race_for_ten_thousand_cases(served):
    found = served.play(ESCALATE + "answer(**escalating.race(10_000, 4, False))", timeout=3000)
    assert (found["effects"], found["different"], found["entries"], found["broken"]) == (40_000, 40_000, 40_000, [])


@pytest.mark.parametrize("point", ["before_claim", "before_effect", "after_effect", "after_message", "after_store"])
def test_f10_a_worker_killed_over_an_escalation_leaves_each_effect_once(served, point):
    found = served.play(ESCALATE + f"answer(**escalating.die({point!r}))")
    assert (found["effects"], found["different"], found["entries"], found["messages"]) == (12, 12, 12, 3)
