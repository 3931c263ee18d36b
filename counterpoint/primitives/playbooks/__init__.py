"""The primitive `playbooks`: what to do when something happens, step by step, against the clock, real or as a drill.

A room puts plans into ``content/playbooks/*.yaml``; everybody else uses the verbs and reads of this door.
"""

from counterpoint.primitives.playbooks.actions import (
    inject_react,
    play_abort,
    play_complete,
    play_note,
    play_pause,
    play_resume,
    play_start,
    step_acknowledge,
    step_done,
    step_skip,
)
from counterpoint.primitives.playbooks.definition import KIND, Inject, Playbook, Step, playbook, playbooks
from counterpoint.primitives.playbooks.drills import Duty, Missing, drill_duties, drill_plan, drills_missing
from counterpoint.primitives.playbooks.errors import AlreadyRunning, NotByHand, NotReady, NotRunning
from counterpoint.primitives.playbooks.lessons import finding_text, lesson_open
from counterpoint.primitives.playbooks.outlook import chance_of_meeting, chance_of_play, chances
from counterpoint.primitives.playbooks.paper import PaperLine, paper_enter
from counterpoint.primitives.playbooks.queries import play, plays
from counterpoint.primitives.playbooks.reporting import Report, report
from counterpoint.primitives.playbooks.running import RunningPlay, running_plays
from counterpoint.primitives.playbooks.starts import Start, start_cancel, start_list, start_move, start_plan
from counterpoint.primitives.playbooks.values import PlayDetail, PlayView, StepView
from counterpoint.primitives.playbooks.verbs import DO, DRILL, LEAD, START, VIEW

__all__ = [
    "DO",
    "DRILL",
    "KIND",
    "LEAD",
    "START",
    "VIEW",
    "AlreadyRunning",
    "Duty",
    "Inject",
    "Missing",
    "NotByHand",
    "NotReady",
    "NotRunning",
    "PaperLine",
    "PlayDetail",
    "PlayView",
    "Playbook",
    "Report",
    "RunningPlay",
    "Start",
    "Step",
    "StepView",
    "chance_of_meeting",
    "chance_of_play",
    "chances",
    "drill_duties",
    "drill_plan",
    "drills_missing",
    "finding_text",
    "inject_react",
    "lesson_open",
    "paper_enter",
    "play",
    "play_abort",
    "play_complete",
    "play_note",
    "play_pause",
    "play_resume",
    "play_start",
    "playbook",
    "playbooks",
    "plays",
    "report",
    "running_plays",
    "start_cancel",
    "start_list",
    "start_move",
    "start_plan",
    "step_acknowledge",
    "step_done",
    "step_skip",
]
