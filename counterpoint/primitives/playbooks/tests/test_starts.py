"""A plan on a date: a leader chooses it, the tick starts it at that minute, once; moved, cancelled, or told why not."""

from datetime import timedelta

import pytest
from django.urls import reverse

from counterpoint.foundation.api import DomainError, Invalid, journal, scoped
from counterpoint.foundation.models import Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives import playbooks as door
from counterpoint.primitives.content.testing import content_folder  # noqa: F401
from counterpoint.primitives.playbooks import starts
from counterpoint.primitives.playbooks.tests import plans
from counterpoint.primitives.playbooks.tests.conftest import item


@pytest.fixture
def closing(shelf):
    """A routine plan that is put on dates; the year asks for no drill of it."""
    book = plans.read({**plans.FIRE, "key": "test.closing", "kind": "routine", "drill_per_year": 0})
    shelf(item(book))
    return book


def put(bank, at, who="Sun", key="test.closing", **more):
    return door.start_plan(scope=bank.scope(who), org_unit=bank.b01, playbook=key, at=at, now=bank.now, **more)


def running(bank):
    return [(one.mode, one.playbook) for one in door.plays(scope=bank.scope("Sun"))]


def test_a_plan_starts_by_itself_at_its_minute_and_only_once(bank, closing, later):
    one = put(bank, later(60))
    assert put(bank, later(60)).id == one.id
    assert starts.starts_tick(later(59)) == 0 and running(bank) == []
    assert starts.starts_tick(later(60)) == 1 and starts.starts_tick(later(61)) == 0
    (play,) = door.plays(scope=bank.scope("Sun"))
    assert (play.mode, play.trigger, play.started_at) == ("real", f"schedule:{one.id}", later(60))
    assert play.started_by is None
    assert door.start_list(scope=bank.scope("Sun"), now=later(61)) == []


def test_a_date_is_moved_and_cancelled(bank, closing, later):
    sun = bank.scope("Sun")
    one, other = put(bank, later(60)), put(bank, later(90), mode="drill")
    door.start_move(scope=sun, start=one.id, at=later(120), now=bank.now)
    door.start_cancel(scope=sun, start=other.id, now=bank.now)
    assert starts.starts_tick(later(100)) == 0 and starts.starts_tick(later(121)) == 1
    with pytest.raises(Invalid):
        door.start_move(scope=sun, start=one.id, at=later(200), now=later(122))
    with pytest.raises(Invalid):
        door.start_cancel(scope=sun, start=other.id, now=later(122))
    with scoped(sun):
        kinds = journal.JournalEntry.objects.filter(kind__startswith="primitives.start_").values_list("kind", flat=True)
        assert sorted(kinds) == [
            "primitives.start_cancelled", "primitives.start_moved", "primitives.start_planned",
            "primitives.start_planned",
        ]  # fmt: skip


def test_only_a_plan_that_allows_it_is_put_on_a_date_and_only_ahead(bank, closing, fire, shelf, later):
    shelf(item(plans.read({**plans.FIRE, "key": "test.never", "drill_per_year": 0, "trigger": {}})))
    for at, more in (
        (later(60), {"key": "test.never"}), (later(60), {"key": "test.fire", "mode": "drill"}), (bank.now, {}),
        (bank.now + timedelta(days=900), {}), (later(60), {"mode": "joke"}),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            put(bank, at, **more)
    put(bank, later(60), key="test.fire")


def test_the_branchs_leaders_put_it_and_nobody_else(bank, closing, later):
    for who in ("Mei", "Stranger"):
        with pytest.raises(DomainError) as refused:
            put(bank, later(60), who)
        assert refused.value.status in (403, 404)
    one = put(bank, later(60))
    with pytest.raises(DomainError):
        door.start_cancel(scope=bank.scope("Stranger"), start=one.id, now=bank.now)
    assert door.start_list(scope=bank.scope("Stranger"), now=bank.now) == []


@pytest.mark.parametrize(("minutes", "why"), [(200, "late"), (61, "running")])
def test_what_did_not_start_says_why_to_those_who_count_on_it(bank, closing, later, minutes, why):
    sun = bank.scope("Sun")
    put(bank, later(60), "Ada")
    if why == "running":
        door.play_start(scope=sun, org_unit=bank.b01, playbook="test.closing", now=later(30))
    before = len(running(bank))
    assert starts.starts_tick(later(minutes)) == 0 and len(running(bank)) == before
    assert [one.failed for one in door.start_list(scope=sun, now=later(minutes))] == [why]
    assert door.start_list(scope=sun, now=bank.now + timedelta(days=9)) == []
    with unscoped("the test looks at everybody's messages"):
        told = Message.objects.filter(dedupe__startswith="primitives.start:").select_related("recipient")
        assert sorted(one.recipient.name for one in told) == ["Ada", "Sun"]


def test_a_plan_that_is_gone_by_then_starts_nothing(bank, shelf, later):
    book = plans.read({**plans.FIRE, "key": "test.short", "drill_per_year": 0})
    shelf(item(book, until=bank.now.date() + timedelta(days=1)))
    at = bank.now + timedelta(days=3)
    put(bank, at, key="test.short")
    assert starts.starts_tick(at) == 0
    assert [one.failed for one in door.start_list(scope=bank.scope("Sun"), now=at)] == ["gone"]


def test_the_page_shows_what_starts_a_plan_and_puts_it_on_a_date(bank, closing, sign_in, clock):
    sun, page = sign_in("Sun"), reverse("primitives:plan", args=["test.closing"])
    assert 'name="mode"' in sun.get(page).content.decode()
    sun.post(reverse("primitives:start-plan", args=["test.closing"]), {"at": "2026-12-03T17:00", "mode": "real"})
    (one,) = door.start_list(scope=bank.scope("Sun"), now=bank.now)
    assert "2026-12-03 17:00" in sun.get(page).content.decode()
    assert "2026-12-03 17:00" in sun.get(reverse("primitives:plays")).content.decode()
    change = reverse("primitives:start-change", args=[one.id])
    sun.post(change, {"at": "2026-12-04T18:30", "next": page})
    assert "2026-12-04 18:30" in sun.get(page).content.decode()
    assert sign_in("Stranger").post(change, {"cancel": "1"}).status_code == 404
    assert sign_in("Mei").post(change, {"cancel": "1"}).status_code == 404
    sign_in("Sun").post(change, {"cancel": "1", "next": page})
    assert door.start_list(scope=bank.scope("Sun"), now=bank.now) == []
    assert sign_in("Sun").post(change, {"at": "nonsense"}).status_code == 404


def test_a_plan_that_no_person_starts_has_no_button_and_refuses_one(bank, shelf, sign_in, later):
    shelf(item(plans.read({**plans.FIRE, "key": "test.auto", "trigger": {"manual": False, "schedule": True}})))
    page = sign_in("Sun").get(reverse("primitives:plan", args=["test.auto"])).content.decode()
    assert reverse("primitives:play-start") not in page and reverse("primitives:start-plan", args=["test.auto"]) in page
    for mode in ("real", "drill"):
        with pytest.raises(door.NotByHand):
            door.play_start(scope=bank.scope("Sun"), org_unit=bank.b01, playbook="test.auto", now=bank.now, mode=mode)
    answer = sign_in("Sun").post(reverse("primitives:play-start"), {"playbook": "test.auto"}, follow=True)
    assert "不由人启动" in answer.content.decode()
    put(bank, later(60), key="test.auto")
    assert starts.starts_tick(later(60)) == 1 and running(bank) == [("real", "test.auto")]


NUMBER = """
- key: test.number
  version: 1
  source: "a file that was put there at run time"
  mark: D
  effective_from: 2020-01-01
  code: NUM
  names: {zh-hans: 样例指标, en: Sample figure}
  unit: "%"
  direction: down
  relation: onsite.customers
  measure: ratio
  numerator: [{count: true, where: {outcome: abandoned}}]
  denominator: [{count: true}]
  on_breach: {playbook: onsite.queue_surge}
"""


def test_the_page_names_the_figures_that_start_the_plan(bank, sign_in, content_folder):  # noqa: F811
    page = reverse("primitives:plan", args=["onsite.queue_surge"])
    assert "样例指标" not in sign_in("Sun").get(page).content.decode()
    content_folder("metrics", NUMBER)
    shown = sign_in("Sun").get(page).content.decode()
    assert "样例指标" in shown and reverse("analytics:kpi", args=["test.number"]) in shown
