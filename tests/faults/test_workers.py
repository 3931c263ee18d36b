"""F10, F11: jobs are done once, whoever dies, sleeps or races."""

import time

import pytest

WORK = "from tests.faults import work\n"


def race(household, tmp_path, *, count, workers, sabotage=False):
    call = f"answer(**work.race(sys.argv[1], {count}, {workers}, {sabotage}))"
    found = household.play(WORK + call, tmp_path / "effects")
    print(f"{count} jobs, {workers} workers: {found}")  # noqa: T201
    return found


def test_racing_workers_do_each_job_once(household, tmp_path):
    assert race(household, tmp_path, count=12, workers=3) == {"effects": 12, "done": 12}


def test_a_claim_that_looks_before_it_acts_would_be_found(household, tmp_path):
    assert race(household, tmp_path, count=12, workers=3, sabotage=True)["effects"] > 12


@pytest.mark.slow
def test_four_workers_race_for_five_hundred_jobs(household, tmp_path):
    assert race(household, tmp_path, count=500, workers=4) == {"effects": 500, "done": 500}


@pytest.mark.parametrize("point", ["before_effect", "after_effect"])
def test_a_worker_killed_inside_a_job_is_replaced_once_and_the_effect_is_there_once(household, point):
    found = household.play(WORK + "answer(**work.die_and_rescue(sys.argv[1]))", point)
    assert found == {
        "early": "running", "rescued": [1, 0], "state": "done", "attempt": 2, "effects": 1, "broken": [],
    }  # fmt: skip


def test_a_worker_that_slept_through_its_lease_is_fenced(household, tmp_path):
    found = household.play(WORK + "answer(**work.pause_and_resume(sys.argv[1]))", tmp_path / "paused")
    assert found == {"rescued": 1, "attempt": 2, "unchanged": True, "sleeper": False}


CLUSTER = WORK + "from django.core.management import call_command\nconnection.close()\ncall_command('qcluster')\n"
ASKED = WORK + "print(jobs_id := work.enqueue('faults.append', 1, file=sys.argv[1]))\nanswer(id=jobs_id)\n"
LOOK = """
from counterpoint.foundation.models import Heartbeat, JobRun
with unscoped("test"):
    row = JobRun.objects.get()
answer(state=row.state, error=row.error, beats=Heartbeat.objects.filter(name="jobs").count())
"""


@pytest.mark.slow
def test_the_cluster_runs_jobs_on_the_embedded_database_and_gives_a_sign_of_life(household, tmp_path):
    household.play(ASKED, tmp_path / "effects")
    household.play("from counterpoint.foundation import jobs\nanswer(asked=jobs.ask_for_sign_of_life())")
    cluster = household.start(CLUSTER)
    try:
        for _ in range(60):
            found = household.play(LOOK)
            if found["state"] == "done" and found["beats"]:
                break
            time.sleep(0.5)
    finally:
        cluster.terminate()
        cluster.communicate(timeout=30)
    assert found == {"state": "done", "error": "", "beats": 1}
    assert (tmp_path / "effects").read_text() == "1\n"
    assert household.play("answer(**parts.state())")["integrity"] == "ok"
