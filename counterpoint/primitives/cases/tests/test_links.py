"""Cases that belong together: found by number or title whatever their kind, shown both ways, taken apart again; and the
button that moves an open case to the rules in force."""

import pytest

from counterpoint.foundation.api import Invalid, NotFound
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import (
    WrongStage,
    case,
    case_link,
    case_merge,
    case_open,
    case_unlink,
    timeline,
)
from counterpoint.primitives.cases.tests import examples
from counterpoint.primitives.cases.tests.test_pages import deed


@pytest.fixture
def chore(bank, room):
    """A case of another kind at the same branch."""
    return case_open(
        scope=bank.scope("Ada"), org_unit=bank.b01, type="example.chore", now=bank.now, title="换灯管",
    )  # fmt: skip


@pytest.fixture
def here(bank):
    return {"scope": bank.scope("Sun"), "now": bank.now}


def shown_links(here, one):
    return [link.case.id for link in case(**here, case=one.id).links]


def test_a_case_of_any_kind_is_found_by_title_or_number_and_linked(sign_in, complain, chore, here):
    one, sun = complain(), sign_in("Sun")
    plain = sun.get(f"/cases/{one.id}/").content.decode()
    assert "换灯管" not in plain and 'name="find"' in plain
    for words in ("灯管", chore.label, chore.label.lower()):
        page = sun.get(f"/cases/{one.id}/", {"find": words}).content.decode()
        assert "换灯管" in page and "示例杂务" in page and chore.label in page, words
        assert "并入该事项" not in page, "only a case of one kind takes another in"
    assert "没有符合" in sun.get(f"/cases/{one.id}/", {"find": "查无此事"}).content.decode()
    assert deed(sun, one, "link", other=str(chore.id)).status_code == 200
    assert (shown_links(here, one), shown_links(here, chore)) == ([chore.id], [one.id])
    other = sun.get(f"/cases/{chore.id}/").content.decode()
    assert "等候过长" in other and "示例投诉" in other and "取消关联" in other
    assert "换灯管" not in sun.get(f"/cases/{one.id}/", {"find": "灯管"}).content.decode().split('name="find"')[1]


def test_a_case_of_the_same_kind_can_be_merged_from_the_search(sign_in, complain):
    one, other = complain(), complain(title="另一件")
    page = sign_in("Ada").get(f"/cases/{one.id}/", {"find": "另一件"}).content.decode()
    assert f'value="{other.id}"' in page and "并入该事项" in page


def test_a_link_is_taken_apart_from_either_side_and_journaled(sign_in, complain, chore, here):
    one = complain()
    case_link(**here, case=one.id, other=chore.id)
    case_link(**here, case=chore.id, other=one.id)
    assert shown_links(here, one) == [chore.id], "linked the other way already"
    deed(sign_in("Sun"), chore, "unlink", other=str(one.id))
    assert shown_links(here, one) == shown_links(here, chore) == []
    with unscoped("the test looks"):
        entry = JournalEntry.objects.get(kind="cases.unlinked")
    assert (entry.subject, entry.data["other"]) == (str(chore.id), str(one.id))
    lines = {line.kind: line.detail for line in timeline(scope=here["scope"], case=chore.id)}
    assert lines["unlinked"] == one.label
    with pytest.raises(WrongStage):
        case_unlink(**here, case=chore.id, other=one.id)


def test_what_went_up_into_another_case_is_no_link_to_take_apart(complain, bank, here):
    one, other = complain(), complain(title="另一件")
    case_merge(scope=bank.scope("Ada"), case=other.id, into=one.id, now=bank.now)
    with pytest.raises(WrongStage):
        case_unlink(**here, case=one.id, other=other.id)


def test_who_does_not_see_a_case_neither_finds_nor_links_it(bank, complain, chore, here):
    one = complain()
    with pytest.raises(NotFound):
        case_link(scope=bank.scope("Stranger"), now=bank.now, case=one.id, other=chore.id)
    away = case_open(
        scope=bank.scope("Bo"), org_unit=bank.b02, type="example.chore", now=bank.now, title="他行换灯管",
    )  # fmt: skip
    with pytest.raises((NotFound, Invalid)):
        case_link(**here, case=one.id, other=away.id)


def test_the_button_that_moves_a_case_to_todays_rules_shows_only_where_it_does_something(bank, room, chore, sign_in):
    sun, address = sign_in("Sun"), f"/cases/{chore.id}/"
    assert "改按现行规则" not in sun.get(address).content.decode()
    today = str(bank.now.date())
    first, second = (
        examples.text(examples.CHORE, until=today),
        examples.text(examples.CHORE.replace("minutes: 30", "minutes: 20", 1), version=2, since=today),
    )
    room(
        "case_types",
        "".join(f"- {one.strip()}\n".replace("\n", "\n  ").rstrip() + "\n" for one in (first, second)),
        "chore",
    )
    assert "改按现行规则" in sun.get(address).content.decode()
    assert "adopt" not in case(scope=bank.scope("Mei"), case=chore.id, now=bank.now).may
    deed(sun, chore, "adopt")
    moved = case(scope=bank.scope("Sun"), case=chore.id, now=bank.now)
    assert moved.case.version == 2 and "adopt" not in moved.may
    assert (moved.case.due_at - bank.now).total_seconds() == 20 * 60
