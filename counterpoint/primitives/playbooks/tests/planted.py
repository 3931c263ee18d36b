"""What the canary crawl plants of the playbooks: a running play with a note and a told rung, a
drill with its news, and a drill to come."""

from datetime import timedelta

from counterpoint.primitives import playbooks
from counterpoint.primitives.playbooks import drills, ticking


def plant_playbooks(bank, branch, mark):
    """The Stranger's branch has a rumour plan running and its year of drills."""
    stranger = bank.scope("Stranger")
    play = playbooks.play_start(
        scope=stranger, org_unit=branch, playbook="risk.rumour", now=bank.now, trigger=mark, key=mark
    ).id
    playbooks.play_note(scope=stranger, play=play, now=bank.now, text=mark, link=mark)
    playbooks.step_done(
        scope=stranger, play=play, step="grade", now=bank.now, answer="blue", values={"shares": 3}, note=mark
    )
    drill = playbooks.play_start(
        scope=stranger, org_unit=branch, playbook="risk.flood", now=bank.now, mode="drill", key=f"{mark}-drill",
        claimed_at=bank.now - timedelta(minutes=10),
    ).id  # fmt: skip
    ticking.plays_tick(bank.now)
    playbooks.inject_react(scope=stranger, play=drill, inject="old_man", now=bank.now, text=mark)
    drills.drills_tick(bank.now)
    playbooks.start_plan(
        scope=stranger, org_unit=branch, playbook="risk.network_cut", at=bank.now + timedelta(days=3), now=bank.now
    )
