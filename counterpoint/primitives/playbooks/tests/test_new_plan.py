"""A new playbook is one YAML file: added at run time, started, worked, reported, printed, without a line of code."""

from django.urls import reverse

from counterpoint.primitives import playbooks as door
from counterpoint.primitives.content.testing import content_folder  # noqa: F401

LOST_CHILD = """
key: branch.elderly_lost
version: 1
source: a branch's own plan
mark: D
effective_from: 2020-01-01
names: {zh-hans: 老人走失, en: Elderly person lost}
time_limit: {minutes: 30, until: found, names: {zh-hans: 半小时内找到, en: Found within half an hour}}
drill_per_year: 1
trigger: {schedule: true}
steps:
  - slug: describe
    names: {zh-hans: 记下特征, en: Write down what they look like}
    role: lobby_manager
    within: {minutes: 3}
    form: [{slug: coat, kind: text, required: true, names: {zh-hans: 衣着, en: Clothes}}]
  - slug: look
    names: {zh-hans: 分头寻找, en: Search}
    role: supervisor
    within: {minutes: 10}
    question: {zh-hans: 找到了吗?, en: Found?}
    branch: {"yes": found, "no": again}
    again: {minutes: 5}
  - slug: found
    names: {zh-hans: 通知家属, en: Tell the family}
    role: branch_head
"""


def test_a_new_plan_is_one_file_and_works_from_start_to_report(content_folder, sign_in, bank, clock):  # noqa: F811
    content_folder("playbooks", LOST_CHILD)
    sun = sign_in("Sun")
    assert "老人走失" in sun.get(reverse("primitives:plan", args=["branch.elderly_lost"])).content.decode()
    assert sun.get(reverse("primitives:plan-pdf", args=["branch.elderly_lost"])).content[:4] == b"%PDF"
    assert "老人走失" in sun.get(reverse("primitives:plays-offline")).content.decode()
    sun.post(reverse("primitives:play-start"), {"playbook": "branch.elderly_lost", "mode": "drill"})
    play = door.plays(scope=bank.scope("Sun"))[0].id
    for step, sent in (
        ("describe", {"value-coat": "red"}), ("look", {"answer": "no", "round": "1"}),
        ("look", {"answer": "yes", "round": "2"}), ("found", {}),
    ):  # fmt: skip
        sun.post(reverse("primitives:play-do", args=[play, "done"]), {"step": step, **sent})
    found = door.report(scope=bank.scope("Sun"), play=play, now=clock.now())
    assert found.play.state == "completed" and found.score.passed and found.score.limit_kept
    assert [(one.step.slug, one.step.round) for one in found.steps] == [
        ("describe", 1), ("look", 1), ("look", 2), ("found", 1)
    ]  # fmt: skip
    page = sun.get(reverse("primitives:play-report", args=[play])).content.decode()
    assert "red" in page and "100" in page
    chance = door.chance_of_meeting(
        scope=bank.scope("Sun"), org_unit=bank.b01, playbook="branch.elderly_lost", now=clock.now()
    )
    assert 0 < chance.value <= 1 and {one.key for one in chance.stages} == {"describe", "look", "found"}
