"""What headquarters decided reaches every unit of work of its own bank, and nobody else."""

from datetime import date

import pytest

from counterpoint.foundation import access, actions, practice, roles
from counterpoint.foundation.api import scoped, unscoped
from counterpoint.primitives import content
from counterpoint.primitives.content import overlay
from counterpoint.primitives.content.actions import content_approve, content_propose
from counterpoint.primitives.content.models import ContentStamp, ContentVersion

TODAY = date(2026, 11, 23)


def decide(bank, draft, at="hq", by=("Hana", "Henry")):
    proposer, decider = (bank.scope(name) for name in by)
    with scoped(proposer):
        row = content_propose(scope=proposer, org_unit=bank.units[at], draft=draft, now=bank.now)
    with scoped(decider):
        return content_approve(scope=decider, proposal=row.pk, now=bank.now)


def promise(**more):
    return content.get("tiers", "standard", TODAY, **more).value.promise_minutes


@pytest.fixture
def second_bank(headquarters):
    """Another bank in the same database: its own headquarters, branch, and two deciders."""
    root = access.system_scope(tuple(roles.table()))
    with scoped(root):
        other = actions.org_unit_create(scope=root, now=headquarters.now, kind="headquarters", code="hr", name="乙行")
        region = actions.org_unit_create(
            scope=root, now=headquarters.now, kind="region", code="north", name="北区", parent=other
        )
        branch = actions.org_unit_create(
            scope=root, now=headquarters.now, kind="branch", code="n01", name="北一支行", parent=region
        )
        headquarters.units |= {"hr": other, "n01": branch}
        for name, role, unit in (
            ("Nia", "hq_operations", other), ("Noor", "hq_operations", other), ("Nils", "supervisor", branch),
        ):  # fmt: skip
            user = actions.person_add(scope=root, now=headquarters.now, org_unit=unit, staff_no=name.lower(), name=name)
            actions.post_grant(scope=root, now=headquarters.now, org_unit=unit, user=user, role=role, since=TODAY)
            headquarters.people[name] = user
    return headquarters


def test_non_interference_a_bank_is_ruled_by_its_own_headquarters_only(second_bank, draft):
    decide(second_bank, draft(promise_minutes=12))
    decide(second_bank, draft(promise_minutes=20), "hr", ("Nia", "Noor"))
    for name, minutes in (("Sun", 12), ("Rita", 12), ("Hana", 12), ("Nils", 20), ("Nia", 20)):
        with scoped(second_bank.scope(name)):
            assert promise() == minutes, name
    with unscoped("housekeeping for all banks reads the files unless it says whose rule it wants"):
        assert promise() == 15
        assert promise(bank=second_bank.b01.path) == 12
        assert promise(bank=second_bank.n01.path) == 20


def test_non_interference_a_decision_of_one_bank_changes_nothing_that_another_reads(second_bank, draft):
    with scoped(second_bank.scope("Nils")):
        before = {kind.name: content.items(kind.name, TODAY) for kind in content.kinds()}, content.edition()
    decide(second_bank, draft())
    with scoped(second_bank.scope("Nils")):
        assert ({kind.name: content.items(kind.name, TODAY) for kind in content.kinds()}, content.edition()) == before
    with scoped(second_bank.scope("Nia")):
        assert not ContentVersion.objects.exists()


def test_housekeeping_of_the_only_bank_reads_its_decisions(headquarters, draft):
    decide(headquarters, draft())
    with unscoped("the tick of an ordinary installation"):
        assert promise() == 12
    with scoped(access.system_scope(("x",))):
        assert promise() == 12


def test_without_any_scope_the_files_alone_are_read_and_the_database_is_not_asked(
    headquarters, draft, django_assert_num_queries
):
    decide(headquarters, draft())
    with django_assert_num_queries(0):
        assert promise() == 15


def fresh(bank):
    """A scope of the branch in which nothing was read yet: gathering a person's rights reads definitions."""
    return access.system_scope(tuple(roles.table()), (bank.units["b01"].path,))


def test_a_unit_of_work_asks_once(headquarters, draft, django_assert_num_queries):
    decide(headquarters, draft())
    # stamps, whether there is one bank, the versions themselves
    with scoped(fresh(headquarters)), django_assert_num_queries(3):
        promise()
        content.items("service_types", TODAY)
        promise()
    with scoped(fresh(headquarters)), django_assert_num_queries(2):  # the versions of this stamp are known
        promise()
        promise()


def test_a_decision_of_another_process_is_seen_by_the_next_unit_of_work(headquarters, draft):
    decide(headquarters, draft())
    with scoped(headquarters.scope("Sun")):
        assert promise() == 12
        with scoped(headquarters.scope("Hana")):  # as another process would: without telling this one
            row = ContentVersion.objects.get()
            row.text = row.text.replace("12", "9")
            row.save()
            ContentStamp.objects.get().renew()
    with scoped(headquarters.scope("Sun")):
        assert promise() == 9


def test_the_edition_is_another_one_after_each_decision(headquarters, draft):
    with scoped(headquarters.scope("Sun")):
        assert content.edition() is None
    decide(headquarters, draft())
    with scoped(headquarters.scope("Sun")):
        first = content.edition()
    decide(headquarters, draft(promise_minutes=9))
    with scoped(headquarters.scope("Sun")):
        assert len({first, content.edition(), None}) == 3


def test_a_decided_text_that_its_kind_no_longer_takes_leaves_the_file_in_force(headquarters, draft, caplog):
    decide(headquarters, draft())
    with scoped(headquarters.scope("Hana")):
        row = ContentVersion.objects.get()
        row.text = "colour: red\n"
        row.save()
        ContentStamp.objects.get().renew()
    overlay.forget()
    with scoped(headquarters.scope("Sun")):
        assert promise() == 15
    assert "cannot be read any more" in caplog.text


def test_a_rolled_back_decision_is_not_seen(headquarters, draft):
    from django.db import transaction

    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        decide(headquarters, draft())
        with scoped(headquarters.scope("Sun")):
            assert promise() == 12
        raise Undone
    with scoped(headquarters.scope("Sun")):
        assert promise() == 15


def test_a_practice_world_is_ruled_by_the_bank_that_it_stands_for(second_bank, draft):
    decide(second_bank, draft(promise_minutes=12))
    decide(second_bank, draft(promise_minutes=20), "hr", ("Nia", "Noor"))
    shape = practice.Shape("x", ("supervisor",), at=second_bank.now)
    for name, branch, minutes in (("Sun", second_bank.b01, 12), ("Nils", second_bank.n01, 20)):
        times = {"now": second_bank.now, "real": second_bank.now}
        with scoped(second_bank.scope(name)) as scope:
            world = practice.world_make(scope=scope, source=(branch,), shape=shape, **times)
        found = access.practice_scope(second_bank.people[name], world.org_unit.code, second_bank.now)
        with scoped(found[1]):
            assert promise() == promise(bank=world.org_path) == minutes
