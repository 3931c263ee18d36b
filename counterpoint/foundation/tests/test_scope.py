"""Nobody reads or writes beyond their branches."""

import pytest
from django.db import connection

from counterpoint.foundation.models import Counter, OrgUnit, Post
from counterpoint.foundation.scope import Scope, ScopeError, minimal_roots, scoped, unscoped
from counterpoint.foundation.scoped_models import scoped_models, unmarked_table


def test_without_a_scope_every_query_raises(bank):
    with pytest.raises(ScopeError):
        list(Counter.objects.all())
    with pytest.raises(ScopeError):
        Post.objects.count()


def test_a_teller_sees_only_the_own_branch(bank):
    with scoped(bank.scope("Mei")):
        assert {c.org_unit.code for c in Counter.objects.select_related("org_unit")} == {"b01"}
        assert list(OrgUnit.objects.values_list("code", flat=True)) == ["b01"]


def test_a_region_sees_its_branches_and_headquarters_all(bank):
    with scoped(bank.scope("Rita")):
        assert set(OrgUnit.objects.values_list("code", flat=True)) == {"east", "b01", "b02"}
    with scoped(bank.scope("Hana")):
        assert OrgUnit.objects.count() == 6


def test_a_sibling_whose_code_starts_alike_is_outside():
    assert minimal_roots(("/hq/b0/", "/hq/b01/", "/hq/b0/x/")) == ("/hq/b0/", "/hq/b01/")
    scope = Scope(actor=None, roots=("/hq/b0/",))
    assert scope.covers("/hq/b0/x/") and not scope.covers("/hq/b01/")


def test_a_write_outside_the_scope_is_refused(bank):
    with scoped(bank.scope("Mei")), pytest.raises(ScopeError):
        Counter(org_unit=bank.b03, number=9, kind="cash").save()
    with scoped(bank.scope("Mei")), pytest.raises(ScopeError):
        Counter.objects.bulk_create([Counter(org_unit=bank.b03, number=9, kind="cash")])


def test_an_update_by_queryset_cannot_reach_another_branch(bank):
    with scoped(bank.scope("Stranger")):
        assert Counter.objects.filter(number=1).update(name="mine") == 1
    with unscoped("test looks at all branches"):
        assert Counter.objects.filter(name="mine").get().org_unit.code == "b03"


def test_following_a_foreign_key_stays_inside_the_scope(bank):
    with unscoped("test"):
        foreign = Counter.objects.filter(org_unit=bank.b03).first()
    with scoped(bank.scope("Mei")), pytest.raises(Counter.DoesNotExist):
        foreign.refresh_from_db()


def test_raw_sql_on_a_scoped_table_is_refused_by_the_tap(bank):
    table = Counter._meta.db_table
    with scoped(bank.scope("Mei")), connection.cursor() as cursor, pytest.raises(ScopeError):
        cursor.execute(f'SELECT * FROM "{table}"')


@pytest.mark.parametrize(
    "verb", ["SELECT a FROM {t}", 'UPDATE "{t}" SET a=1', 'DELETE FROM "{t}"', "SELECT 1 FROM x JOIN {t} y"]
)
def test_the_tap_knows_every_scoped_table(verb):
    for model in scoped_models():
        assert unmarked_table(verb.format(t=model._meta.db_table)) == model._meta.db_table
        assert unmarked_table(verb.format(t=model._meta.db_table) + " WHERE (1=0)/*scope*/") is None


def test_a_reference_into_another_branch_is_refused_by_the_database(bank):
    from django.db import DatabaseError, transaction

    from counterpoint.foundation.models import Zone

    with unscoped("test plants a cross-branch reference"):
        zone = Zone(org_unit=bank.b03, code="z", name="z", kind="cash")
        zone.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            Counter(org_unit=bank.b01, number=40, kind="cash", zone=zone).save()


def test_verbs_are_held_at_a_place(bank):
    sun = bank.scope("Sun")
    assert sun.may("foundation.journal.view", bank.b01.path)
    assert not sun.may("foundation.journal.view", bank.b02.path)
    assert not bank.scope("Mei").may("foundation.journal.view")


def test_a_post_that_ended_gives_nothing(bank):
    from datetime import timedelta

    from counterpoint.foundation import access

    mei = bank.people["Mei"]
    with unscoped("test ends a post"):
        Post.objects.filter(user=mei).update(until=bank.now.date())
    assert access.scope_of(mei, bank.now.date()).roots == ()
    assert access.scope_of(mei, bank.now.date() - timedelta(days=1)).roots == (bank.b01.path,)
