"""Two people of a virtual team at once: what one does on the board, the other sees without reloading."""

import pytest

from tests.journeys.visitor import PHONE

pytestmark = pytest.mark.browser


def board(visitor, who, **more):
    one = visitor(who, **more).go("/team/groups")
    one.find("a:has-text('代发工资攻坚组')").first.click()
    one.until(lambda: one.find("html").get_attribute("data-live-state") == "live", "the stream is open")
    return one


def test_a_card_that_one_adds_and_moves_appears_on_the_other_screen(visitor):
    sun, rui = board(visitor, "sun01"), board(visitor, "rui91", size=PHONE)
    sun.find("#card-title").fill("联系企业工会")
    sun.find(".card-add button").click()
    rui.find("[data-column=todo] .kanban-card:has-text('联系企业工会')").wait_for(timeout=5000)
    card = sun.find("[data-column=todo] .kanban-card:has-text('联系企业工会')")
    card.locator("button[value=doing]").click()
    rui.find("[data-column=doing] .kanban-card:has-text('联系企业工会')").wait_for(timeout=5000)
    rui.find("[data-column=doing] .kanban-card:has-text('联系企业工会') button[value=done]").click()
    sun.find("[data-column=done] .kanban-card:has-text('联系企业工会')").wait_for(timeout=5000)
    sun.look()
    rui.look()


def test_who_is_no_member_finds_no_team(visitor):
    ou = visitor("ou01")
    answer = ou.page.request.get(f"{ou.url}/team/groups")
    assert "代发工资攻坚组" not in answer.text()
