"""Who was there, told from who called whom: hand-made days whose every minute is known."""

import numpy as np
import pandas as pd
import pytest

from counterpoint.science import twin
from counterpoint.science.calibration import presence, tickets
from counterpoint.science.calibration.presence import overlaps, turnarounds
from counterpoint.science.calibration.tests.branches import FIRST, branch, known_log, staff, written

CASH = frozenset({"cash"})
BOTH = {"Mei": CASH, "Omar": CASH}


def served(arrived, called, finished, server):
    return arrived, called, finished, None, server


def found(rows, skills=BOTH, minutes=5.0, passed=2, **more):
    return presence(tickets(written(rows, **more)), skills, minutes, passed)


def busy_morning(gap_from=610.0, gap_to=620.0):
    """Omar serves every three minutes without a break; Mei is gone from 610 to 620."""
    omar = [served(m - 1, m, m + 3, "Omar") for m in np.arange(600, 636, 3.0)]
    mei = [served(599, 600, gap_from, "Mei"), served(618, gap_to, 630, "Mei")]
    return omar + mei


def test_a_pause_in_which_colleagues_free_later_are_called_is_absence():
    rows = found(busy_morning())
    mei = rows.duty[rows.duty["server"] == "Mei"]
    pause = rows.pauses[rows.pauses["server"] == "Mei"].iloc[0]
    assert (pause["start"], pause["end"], bool(pause["absent"])) == (610, 620, True)
    assert pause["passed"] == 3, "Omar's calls at 612, 615 and 618"
    assert mei[["start", "end"]].to_numpy().tolist() == [[600, 606], [620, 626.5]], (
        "last seen at 600 and at 620, passed over at 612 and at 633: the middle"
    )


def test_a_pause_too_short_or_hardly_passed_over_is_idleness():
    assert not found(busy_morning(), minutes=11).pauses["absent"].any()
    assert not found(busy_morning(), passed=4).pauses["absent"].any()


def test_a_quiet_hall_is_no_absence_however_long():
    rows = [served(600, 600, 605, "Mei"), served(600, 600, 604, "Omar"), served(700, 700, 705, "Mei")]
    assert found(rows).duty.loc[lambda d: d["server"] == "Mei", ["start", "end"]].to_numpy().tolist() == [[600, 705]]


def going_home(*more):
    """When each went home, where Mei's last service is 600 to 605 and Omar's 600 to 604."""
    rows = found([served(600, 600, 605, "Mei"), served(600, 600, 604, "Omar"), *more]).duty
    return dict(zip(rows["server"], rows["end"], strict=True))


def test_who_is_passed_over_by_nothing_stayed_as_long_as_there_was_anything_to_see():
    assert going_home() == {"Mei": 605, "Omar": 604}
    later = served(640, 640, 650, "Omar")
    assert going_home(later) == {"Mei": 640, "Omar": 650}, "Omar was free for longer: his call passes nobody over"
    assert going_home(later, served(660, 660, 664, "Omar")) == {"Mei": 630, "Omar": 664}, "by 660 Mei was gone"


def test_a_ticket_given_up_shows_that_nobody_free_was_left_but_not_one_left_at_once():
    assert going_home((630, None, None, 640, None)) == {"Mei": 620, "Omar": 620}
    assert going_home((640, None, None, 640, None)) == {"Mei": 640, "Omar": 640}
    mine = {"Mei": CASH, "Omar": frozenset({"loan"})}
    rows = [served(600, 600, 605, "Mei"), served(600, 600, 604, "Omar"), (630, None, None, 640, None)]
    duty = found(rows, mine, service=["cash", "loan", "loan"]).duty
    assert duty["end"].tolist() == [640, 620], "Mei could not have taken it"


def test_calls_to_a_colleague_free_for_longer_pass_nobody_over():
    """Omar is free since 601 and takes one call after another; only those after his first come past Mei."""
    rows = [served(600, 600, 601, "Omar"), served(600, 600, 605, "Mei"), served(606, 606, 640, "Omar"),
            served(650, 650, 655, "Mei")]  # fmt: skip
    assert found(rows).pauses.loc[lambda p: p["server"] == "Mei", "passed"].tolist() == [0]


def test_calls_that_the_server_could_not_take_pass_nobody_over():
    services = ["loan"] * 12 + ["cash"] * 2
    rows = found(busy_morning(), {"Mei": CASH, "Omar": frozenset({"cash", "loan"})}, service=services)
    assert rows.pauses.loc[lambda p: p["server"] == "Mei", "passed"].tolist() == [0]


def test_calls_to_a_specialist_pass_no_generalist_over():
    rows = found(busy_morning(), {"Mei": frozenset({"cash", "loan"}), "Omar": CASH})
    assert rows.pauses.loc[lambda p: p["server"] == "Mei", "passed"].tolist() == [0]


def test_presence_does_not_look_at_waits():
    """The same calls with other arrivals (everybody came at once, or much earlier) give the same duty."""
    now, early = busy_morning(), [(row[1] - 30, *row[1:]) for row in busy_morning()]
    pd.testing.assert_frame_equal(found(now).duty, found(early).duty)


def test_unexplained_minutes_by_hand():
    """Mei is free from 610 to 614, a ticket waits from 611 to 614: three minutes, and none waited at 610."""
    rows = [served(600, 600, 610, "Mei"), served(611, 614, 620, "Mei"), served(600, 600, 640, "Omar")]
    here = found(rows)
    assert here.unexplained_minutes(30) == pytest.approx(3)
    assert here.on_duty_minutes() == pytest.approx((620 - 600) + (640 - 600))
    assert here.unexplained_share(30) == pytest.approx(3 / 60)


def test_the_turnaround_is_explained_when_somebody_waited_already():
    rows = [served(600, 600, 610, "Mei"), served(605, 614, 620, "Mei"), served(600, 600, 640, "Omar")]
    assert found(rows).unexplained_minutes(60) == pytest.approx(3)
    assert found(rows).unexplained_minutes(300) == 0


def test_a_wait_for_another_service_is_not_the_servers_fault():
    rows = [served(600, 600, 610, "Mei"), served(601, 640, 650, "Omar"), served(600, 600, 640, "Omar"),
            served(620, 620, 625, "Mei")]  # fmt: skip
    skills = {"Mei": CASH, "Omar": frozenset({"loan"})}
    assert found(rows, skills, service=["cash", "loan", "loan", "cash"]).unexplained_minutes(0) == 0


def test_turnarounds_end_with_a_call_or_are_cut_when_nobody_waits_any_more():
    rows = [
        served(600, 600, 610, "Mei"), served(605, 612, 620, "Mei"),  # called two minutes after: seen
        (615, None, None, 623, None),  # gave up three minutes into the pause from 620: cut there
        served(630, 630, 635, "Mei"), served(600, 600, 650, "Omar"),
        served(645, 645, 650, "Mei"),  # nobody waited at 635: no turnaround
    ]  # fmt: skip
    length, called = turnarounds(found(rows))
    assert length.tolist() == [2, 3]
    assert called.tolist() == [1, 0]


def test_the_next_called_at_once_is_a_turnaround_of_no_length():
    rows = [served(600, 600, 610, "Mei"), served(605, 610, 620, "Mei"), served(620, 620, 625, "Mei"),
            served(621, 624, 630, "Mei")]  # fmt: skip
    length, called = turnarounds(found(rows))
    assert (length.tolist(), called.tolist()) == ([0], [1]), "who came at 620 waited for nobody, 624 is an overlap"


def test_overlapping_services_are_counted_and_their_end_is_the_later_one():
    rows = [served(600, 600, 620, "Mei"), served(600, 610, 615, "Mei"), served(625, 625, 630, "Mei")]
    table = tickets(written(rows))
    assert overlaps(table) == 1
    here = presence(table, {"Mei": CASH}, 5, 1)
    assert here.pauses[["start", "end"]].to_numpy().tolist() == [[620, 625]]


def test_servers_without_known_skills_do_what_they_did():
    assert found(busy_morning(), {}).pauses.loc[lambda p: p["server"] == "Mei", "passed"].tolist() == [3]


def test_a_day_without_calls_has_nobody():
    here = found([(600, None, None, 610, None)])
    assert here.duty.empty
    assert here.on_duty_minutes() == 0
    assert here.unexplained_share(30) == 0


def test_lunches_of_a_simulated_branch_are_found_and_little_else():
    """The twin calls whoever is idle for longest: what is not lunch is hardly ever taken for absence."""
    model = branch()
    plan = staff(model)
    table = tickets(known_log(20))
    skills = {c.code: frozenset(c.services) for c in model.counters}
    here = presence(table, skills, 1.0, 3)
    lunch = {p.post: p.breaks[0] for p in plan.people}
    gone = here.pauses[here.pauses["absent"]]
    start = np.array([lunch[server][0] for server in gone["server"]])
    away = np.minimum(gone["end"], start + 40) - np.maximum(gone["start"], start)
    assert np.maximum(away, 0).sum() / (gone["end"] - gone["start"]).sum() > 0.7
    assert np.maximum(away, 0).sum() > 0.6 * 40 * 5 * 20
    staffed = (1030 - 540 - 40) * 5 * 20
    assert here.on_duty_minutes() == pytest.approx(staffed, rel=0.1)
    assert here.unexplained_share(30) < 0.01
    assert isinstance(plan, twin.Staffing)
    assert here.duty["day"].min() == FIRST
