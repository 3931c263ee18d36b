"""Why a cell is as it is: for planners and readers, in words, and without what is private."""

import pytest
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.team.models import Preference
from counterpoint.team.tests.stories import key, profile, publish


def at(row):
    return reverse("team:roster-why", args=[row.pk])


def told(client, row, person, day="0"):
    return client.get(at(row), {"person": person, "day": day})


def test_a_shift_tells_what_it_covers_what_breaks_what_else_and_what_holds_it(team, draft, sign_in):
    text = told(sign_in("Sun"), draft, key(team, "Mei")).content.decode()
    for words in (
        "09:00–12:00 现金：最多需 1 人，在岗最少 1 人", "将空缺 3.0 人时", "此人当天的次优安排", "早上班半小时：",
        "本周上班 2 天，共 6 小时，合同 40 小时。", "data-try",
    ):  # fmt: skip
        assert words in text


def test_a_day_off_is_explained_too(team, draft, sign_in):
    text = told(sign_in("Sun"), draft, key(team, "Sun")).content.decode()
    assert "覆盖的需求" not in text and "此人当天的次优安排" in text


def test_readers_see_published_cells_without_buttons_and_drafts_not_at_all(team, draft, sign_in):
    assert told(sign_in("Mei"), draft, key(team, "Mei")).status_code == 404
    publish(team, draft)
    answer = told(sign_in("Mei"), draft, key(team, "Omar"))
    assert answer.status_code == 200 and "data-try" not in answer.content.decode()


@pytest.mark.parametrize(("reader", "seen"), [("Sun", True), ("Omar", True), ("Mei", False), ("Rita", False)])
def test_a_wish_is_told_to_planners_and_to_whose_it_is(team, draft, sign_in, reader, seen):
    from dataclasses import replace

    from counterpoint.science.rostering import Preference as Wish
    from counterpoint.science.rostering import RosterProblem

    problem = RosterProblem.from_dict(draft.problem)
    people = tuple(replace(p, preferences=(Wish(0, "off"),)) if p.name == "Omar" else p for p in problem.people)
    with scoped(team.scope("Sun")):
        Preference.objects.create(
            org_unit=team.b01, profile=profile(team, "Omar"), weekday=0, kind="off", minute=0, weight=1
        )
        draft.problem = replace(problem, people=people).to_dict()
        draft.save()
    publish(team, draft)
    assert ("对当天有排班意愿。" in told(sign_in(reader), draft, key(team, "Omar")).content.decode()) is seen


@pytest.mark.parametrize(
    ("person", "day"), [("nobody", "0"), ("", "0"), ("Mei", "9"), ("Mei", "-1"), ("Mei", "x"), ("Mei", "٣")]
)
def test_other_people_and_days_are_not_found(team, draft, sign_in, person, day):
    assert told(sign_in("Sun"), draft, key(team, "Mei") if person == "Mei" else person, day).status_code == 404


@pytest.mark.parametrize("reader", ["Bo", "Stranger"])
def test_nobody_of_another_branch_is_told(team, draft, sign_in, reader):
    publish(team, draft)
    assert told(sign_in(reader), draft, key(team, "Mei")).status_code == 404
