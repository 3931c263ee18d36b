"""What the canary crawl plants of the playbooks: a running play with a note, a told rung and a drill to come."""

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
    ticking.plays_tick(bank.now)
    drills.drills_tick(bank.now)
