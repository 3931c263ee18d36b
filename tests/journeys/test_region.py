"""Rui, the regional manager of the east: four branches, and not one more."""

import pytest

from tests.journeys.visitor import SIZES

pytestmark = pytest.mark.browser

OWN = {"人民路支行", "解放路支行", "学府支行", "东站支行"}
FOREIGN = "滨江支行"


def foreign_code(hua):
    """The code of a branch in another region, from headquarters' own page."""
    hua.go("/")
    row = hua.find("#branches tr").filter(has_text=FOREIGN)
    return row.locator("button[name=branch]").get_attribute("value")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_region_is_one_table_and_opens_into_a_branch(visitor, size):
    rui = visitor("rui91", size).go("/")
    names = set(rui.find("#branches tbody td:first-child").all_inner_texts())
    assert {name.split("\n")[-1].strip() for name in names} == OWN
    rui.find("#branches tr").filter(has_text="解放路支行").locator("button[name=branch]").click()
    rui.page.wait_for_url("**/desk*")
    rui.says("解放路支行").look()
    rui.go("/onsite/hall").says("解放路支行")
    assert rui.find("form[action*='/do/']").count() == 0, "who watches does not move windows"


def test_another_regions_branch_does_not_exist(visitor):
    code = foreign_code(visitor("hua90"))
    rui = visitor("rui91").go("/")
    rui.expected.append("404")
    assert FOREIGN not in rui.page.content()
    for path in (f"/setup/{code}", f"/live/{code}"):
        assert rui.page.request.get(rui.url + path).status == 404, path
    token = rui.find("#branches [name=csrfmiddlewaretoken]").first.input_value()
    switched = rui.page.request.post(
        f"{rui.url}/branch", form={"branch": code, "csrfmiddlewaretoken": token, "next": "/desk"}, max_redirects=0
    )
    assert switched.status == 404
    rui.go("/onsite/hall")
    assert FOREIGN not in rui.page.content()


def test_headquarters_sees_all_twelve_branches(visitor):
    hua = visitor("hua90").go("/")
    assert hua.find("#branches tbody tr").count() == 12
    hua.go("/setup").go("/journal")


def test_an_auditor_reads_the_journal_and_moves_nothing(visitor):
    shen = visitor("shen90").go("/journal")
    assert shen.find("tbody tr").count() > 20
    assert shen.find("form[method=post]:not(.menu-list form):not(.menu form)").count() == 0
