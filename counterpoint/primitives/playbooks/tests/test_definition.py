"""A plan is checked before it counts: reachable, forward only, with exits, known roles, answers with names."""

import pytest
from hypothesis import given

from counterpoint.foundation.api import roles
from counterpoint.primitives.playbooks.definition import faults, parse, walk
from counterpoint.primitives.playbooks.tests.plans import FIRE, body, plans, step, words


@given(plans())
def test_every_step_of_a_sound_plan_can_come_up(book):
    assert list(faults(book)) == []
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
        ([], "至少要有一个步骤"),
        ([step("a"), step("a")], "步骤的短名称相同"),
        ([step("a", next=["c"]), step("b"), step("c")], "步骤 b 永远不会执行"),
        ([step("a"), step("b", next=["a"])], "步骤 b 回到 a"),
        ([step("a", next=["nowhere"])], "nowhere 不存在"),
        ([step("a", "king")], "没有岗位 king"),
        ([step("a", branch={"yes": "end", "maybe": "end"})], "以下回答没有名称"),
        ([step("a", branch={"yes": "again"}, again={"minutes": 5})], "会一直重复"),
        ([step("a", branch={"yes": "end", "no": "again"})], "需要重复间隔"),
        ([step("a", within={"minutes": 0})], "分钟数必须大于 0"),
        ([step("a", next=[], branch={"yes": "end"})], "只能填一种"),
        ([step("a", contact=[{"role": "teller", "minutes": 5}, {"role": "supervisor"}])], "时间倒退"),
        ([step("a", form=[{"slug": "x", "names": words("x"), "kind": "choice"}])], "必须有选项"),
        ([step("A!")], "小写字母"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(steps, said):
    with pytest.raises(ValueError, match=said.replace("`", ".")):
        parse(body("test.bad", steps))


def test_limits_drills_and_strange_fields_are_checked():
    good = [step("a")]
    for more in (
        {"time_limit": {"minutes": 9, "names": words("x"), "until": "b"}},
        {"drill_per_year": 99},
        {"colour": 1},
    ):
        with pytest.raises(ValueError):
            parse(body("test.bad", good, **more))


def test_the_contact_tree_is_the_steps_own_role_when_none_is_given():
    book = parse(FIRE)
    assert [rung.role for rung in book.by_slug["search"].rungs()] == ["branch_head"]
    assert [(r.role, r.minutes) for r in book.by_slug["head_count"].rungs()] == [("supervisor", 0), ("branch_head", 5)]
    assert {rung.role for one in book.steps for rung in one.rungs()} <= set(roles.ROLES)
