"""A plan is checked before it counts: reachable, forward only, with exits, known roles, answers with names."""

import pytest
from hypothesis import given

from counterpoint.foundation.api import roles
from counterpoint.primitives.content.bodies import BodyError
from counterpoint.primitives.playbooks.definition import walk
from counterpoint.primitives.playbooks.tests.plans import FIRE, body, plans, read, step, words


@given(plans())
def test_every_step_of_a_sound_plan_can_come_up(book):
    seen, todo = set(), [book.steps[0].slug]
    while todo:
        slug = todo.pop()
        if slug not in seen:
            seen.add(slug)
            todo += book.follows[slug]
    assert seen == set(book.by_slug)
    assert walk(book, {})[0] == book.steps[0].slug


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "steps: 至少 1 项"),
        ([step("a"), step("a")], "steps: 以下短名称重复"),
        ([step("a", next=["c"]), step("b"), step("c")], "步骤 b 永远不会执行"),
        ([step("a"), step("b", next=["a"])], "步骤 b 回到 a"),
        ([step("a", next=["nowhere"])], "nowhere 不存在"),
        ([step("a", "king")], "没有“king”这个岗位"),
        ([step("a", branch={"yes": "end", "maybe": "end"})], "以下回答没有名称"),
        ([step("a", branch={"yes": "again"}, again={"minutes": 5})], "会一直重复"),
        ([step("a", branch={"yes": "end", "no": "again"})], "需要重复间隔"),
        ([step("a", within={"minutes": 0})], "within.minutes: 须大于 0"),
        ([step("a", next=[], branch={"yes": "end"})], "只能填一种"),
        ([step("a", contact=[{"role": "teller", "minutes": 5}, {"role": "supervisor"}])], "时间倒退"),
        ([step("a", form=[{"slug": "x", "names": words("x"), "kind": "choice"}])], "必须有选项"),
        ([step("a", form=2 * [{"slug": "x", "names": words("x")}])], "form: 以下短名称重复"),
        ([step("a", usual_minutes=0)], "usual_minutes: 须大于 0"),
        ([step("a", contact=[{"role": "teller", "minutes": -1}])], "不得小于 0"),
        ([step("a", contact=["king"])], "没有“king”这个岗位"),
        ([step("a", again={"minutes": 5})], "需要重复间隔"),
        ([step("a") | {"names": {"zh-hans": "甲"}}], "steps.0.names: 须同时有中文和英文"),
        ([step("A!")], "小写字母"),
        ([step("again")], "steps.0: “again”和“end”"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(steps, said):
    with pytest.raises(ValueError, match=said.replace("`", ".")):
        read(body("test.bad", steps))


def test_limits_drills_and_strange_fields_are_checked():
    good = [step("a")]
    for more in (
        {"time_limit": {"minutes": 9, "names": words("x"), "until": "b"}},
        {"time_limit": {"minutes": 0, "names": words("x")}},
        {"drill_per_year": 1},
        {"drill_per_year": 1, "trigger": {"schedule": False}},
        {"trigger": {"case_levels": ["urgent"]}},
        {"trigger": {"metric": "onsite.wait_p90"}},
        {"drill_per_year": 99},
        {"drill_per_year": -1},
        {"drill_pass": 101},
        {"names": {"zh-hans": "甲"}},
        {"colour": 1},
    ):
        with pytest.raises(BodyError):
            read(body("test.bad", good, **more))


def test_the_contact_tree_is_the_steps_own_role_when_none_is_given():
    book = read(FIRE)
    assert [rung.role for rung in book.by_slug["search"].rungs()] == ["branch_head"]
    assert [(r.role, r.minutes) for r in book.by_slug["head_count"].rungs()] == [("supervisor", 0), ("branch_head", 5)]
    assert {rung.role for one in book.steps for rung in one.rungs()} <= set(roles.ROLES)
