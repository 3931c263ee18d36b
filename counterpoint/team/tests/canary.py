"""What the canary crawl plants of this room: a profile, a leave request, two rosters, a forecast, an alarm of drift,
a known day, a dispute, a virtual team."""

from dataclasses import replace
from datetime import date

from counterpoint.foundation.api import User, scoped, unscoped
from counterpoint.foundation.models import Post
from counterpoint.science.rostering import Day, Flexible, Roster, RosterProblem, Shift, ShiftRules, Task
from counterpoint.team import api, workbench
from counterpoint.team.models import FloatPlan, TravelTime
from counterpoint.team.tests import small

WEEK = date(2026, 11, 30)


def plant(bank, branch, mark):
    """The Stranger leads a branch of one: every kind of row that the team keeps exists there."""
    stranger, user = bank.scope("Stranger"), bank.people["Stranger"]
    here = {"scope": stranger, "now": bank.now, "branch": branch}
    api.staff_profile_set(
        **here, user=user, skills=[api.SkillInput("cash", 3, date(2027, 6, 30), mark)], min_day_minutes=60
    )
    api.leave_request(**here, kind="annual", since=date(2026, 12, 7), until=date(2026, 12, 8), reason=mark)
    forecast = api.forecast_store(
        **here, since=WEEK, until=date(2026, 12, 7), seed=1, inputs_hash=mark, payload=small.plan().outlook.to_dict()
    )
    api.known_say(**here, days=[api.Known(WEEK, mark[:40])])
    api.drift_raise(**here, kind="more", since=date(2026, 11, 9), found=date(2026, 11, 20), share=1.2)
    with scoped(stranger):
        people = tuple(replace(p, min_day=60) for p in workbench.people_of(branch, [WEEK]))
    with scoped(stranger):
        TravelTime(org_unit=branch, one="b01", other="b03", minutes=30).save()
        payload = {"moves": [], "branches": [], "moving": 0, "missing": [mark], "failed": {}, "floaters": 0}
        FloatPlan(org_unit=branch, week=WEEK, made_at=bank.now, seed=1, payload=payload).save()
    problem, shift = morning(people), Shift(str(user.pk), 0, 540, 720, None, (Task(540, 720, "cash"),))
    rows = [
        api.roster_store(
            **here, week=WEEK, problem=problem.to_dict(), forecast=forecast, inputs_hash=f"{mark}{version}",
            solution={"status": "optimal", "roster": Roster((shift,)).to_dict()},
        )
        for version in range(2)
    ]  # fmt: skip
    api.roster_publish(scope=stranger, now=bank.now, roster_id=rows[0].pk, revision=rows[0].revision)
    plant_together(bank, branch, mark)


def plant_together(bank, branch, mark):
    """A dispute of the Stranger with a colleague, and a virtual team of the branch with a card."""
    stranger, here = bank.people["Stranger"], {"scope": bank.scope("Stranger"), "now": bank.now}
    with unscoped("the test gives the canary's branch a second person"):
        other = User.objects.create(staff_no="canary2", name=f"{mark} colleague")
        Post(org_unit=branch, user=other, role="teller", since=date(2026, 1, 1)).save()
    api.dispute_open(**here, branch=branch, respondent=other.pk, topic="other", title=f"{mark} dispute", text=mark)
    team = api.group_form(
        **here, above=branch, name=f"{mark} team", purpose=mark, goal=mark, ends_on=date(2026, 12, 31),
        lead=stranger.pk, members=[other.pk],
    )  # fmt: skip
    api.card_add(scope=bank.scope("Stranger"), now=bank.now, team=team.pk, title=f"{mark} card", text=mark)


def morning(people):
    """One morning that needs one person on cash."""
    return RosterProblem(
        days=(Day(WEEK.isoformat(), 540, 720),), start=540, end=720, step=30, people=people, demand={"cash": (1,) * 6},
        shifts=ShiftRules(flexible=(Flexible(540, 600, 120, 180, 30),), lead=0, tail=0), lunch=None,
    )  # fmt: skip
