"""The practice tree: nothing of it is seen from the live bank, nothing of the bank from it, unless somebody says so."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from counterpoint.foundation import access, actions, practice, queries, roles, scope
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import Counter, OrgUnit, Post, User
from counterpoint.foundation.scope import Scope, ScopeError, scoped, unscoped

EVERYTHING = tuple(roles.table())


@pytest.fixture
def tree(bank):
    """A practice tree put up by hand: its root, a region and a branch that stands for the first one."""
    root = Scope(None, ("~/",))
    with scoped(root):
        top = OrgUnit(kind="practice", code="practice", name="练习")
        top.save()
        region = OrgUnit(kind="region", code="w0000000", name="演练", parent=top)
        region.save()
        branch = OrgUnit(kind="branch", code="w0000000-b01", name="演练", parent=region, stands_for=bank.b01)
        branch.save()
        Counter(org_unit=branch, number=7, kind="cash").save()
        puppet = User.objects.create_user("~1", "柜员甲", None, puppet=True)
        Post(org_unit=branch, user=puppet, role="branch_head", since=date(2026, 1, 1)).save()
        Post(org_unit=branch, user=bank.people["Sun"], role="supervisor", since=date(2026, 1, 1)).save()
    return SimpleNamespace(root=root, top=top, region=region, branch=branch, puppet=puppet)


def no_exclusion(monkeypatch):
    """The sabotage: whoever lifts the scope sees both trees."""
    monkeypatch.setattr(scope, "leaves_practice_out", lambda: False)


def test_a_unit_of_practice_lies_under_a_root_of_its_own(tree):
    assert (tree.top.path, tree.region.path, tree.branch.path) == ("~/", "~/w0000000/", "~/w0000000/w0000000-b01/")


def test_the_scope_of_the_whole_bank_reads_no_row_of_practice(bank, tree):
    with scoped(access.system_scope(EVERYTHING)):
        assert not Counter.objects.filter(number=7).exists()
        assert OrgUnit.objects.count() == 6
        assert not OrgUnit.objects.filter(pk=tree.branch.pk).exists()


def test_the_scope_of_practice_reads_no_row_of_the_bank(bank, tree):
    with scoped(tree.root):
        assert set(OrgUnit.objects.values_list("code", flat=True)) == {"practice", "w0000000", "w0000000-b01"}
        assert [counter.number for counter in Counter.objects.all()] == [7]
        assert not OrgUnit.objects.filter(pk=bank.b01.pk).exists()


@pytest.mark.parametrize("sabotaged", [False, True])
def test_whoever_lifts_the_scope_leaves_practice_out(bank, tree, monkeypatch, sabotaged):
    """With the exclusion taken away the same questions find the rows of practice: the test would see a leak."""
    if sabotaged:
        no_exclusion(monkeypatch)
    with unscoped("the test asks as housekeeping does"):
        found = {
            OrgUnit.objects.filter(code="w0000000-b01").exists(),
            Counter.objects.filter(number=7).exists(),
            OrgUnit.objects.count() > 6,
            Post.objects.filter(user=tree.puppet).exists(),
            Counter.objects.filter(number=7).update(name="touched") > 0,
        }
    assert found == {sabotaged}


def test_whoever_names_practice_reads_both(bank, tree):
    with unscoped("the test looks at everything", practice=True):
        assert OrgUnit.objects.count() == 9 and Counter.objects.filter(number=7).exists()


@pytest.mark.parametrize("sabotaged", [False, True])
def test_a_post_in_practice_gives_nothing_in_the_bank(bank, tree, monkeypatch, sabotaged):
    """Who leads a branch of practice leads none in life; without the exclusion the scope would mix, and refuses."""
    if sabotaged:
        no_exclusion(monkeypatch)
        with pytest.raises(ScopeError):
            bank.scope("Sun")
        return
    assert bank.scope("Sun").roots == (bank.b01.path,)
    assert access.scope_of(tree.puppet, bank.now).roots == ()


@pytest.mark.parametrize(
    ("roots", "grants"),
    [(("/hq/", "~/w0000000/"), {}), (("/hq/",), {"a": ("~/w0000000/",)}), ((), {"a": ("/hq/",), "b": ("~/",)})],
)
def test_no_scope_holds_both_trees(roots, grants):
    with pytest.raises(ScopeError):
        Scope(None, roots, grants)


def test_a_scope_of_one_tree_is_no_mixture():
    assert Scope(None, ("~/a/", "~/b/"), {"v": ("~/a/",)}).covers("~/a/x/")
    assert Scope(None, ("/",), {"v": ("/",)}).covers("/hq/") and not Scope(None, ("/",)).covers("~/")


def test_whom_a_case_of_practice_goes_to_stands_in_its_world(bank, tree):
    def nearest(role, unit):
        return {user.name for user in queries.nearest_holders(role=role, org_unit=unit, on=bank.now)}

    assert nearest("branch_head", tree.branch) == {"柜员甲"} and nearest("branch_head", bank.b01) == {"Ada"}
    assert nearest("regional_manager", tree.branch) == set()


def test_neither_the_database_nor_the_verb_moves_a_unit_between_the_trees(bank, tree):
    with unscoped("the test does what no verb does", practice=True):
        for unit, parent, path in ((tree.branch, bank.east, "/hq/east/w/"), (bank.b01, tree.region, "~/w0000000/b01/")):
            with pytest.raises(IntegrityError), transaction.atomic():
                OrgUnit.objects.filter(pk=unit.pk).update(parent=parent, path=path)
            with pytest.raises(IntegrityError), transaction.atomic():
                OrgUnit.objects.filter(pk=unit.pk).update(parent=parent)
            with pytest.raises(Invalid):
                everywhere = SimpleNamespace(require=lambda verb, path: None)
                actions.org_unit_move(scope=everywhere, now=bank.now, unit=unit, parent=parent)


@pytest.mark.parametrize(
    ("kind", "parent", "path"),
    [("practice", None, "/x/"), ("practice", "hq", "~/"), ("branch", None, "~/x/"), ("region", "hq", "~/")],
)
def test_practice_has_one_root_and_nothing_else_stands_there(bank, kind, parent, path):
    with unscoped("the test writes what no verb writes", practice=True):
        row = OrgUnit(kind=kind, code="x", name="x", parent=bank.units.get(parent))
        row.stamp_path = lambda: setattr(row, "path", path)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_a_puppet_has_no_password_and_no_post_in_the_bank(bank, tree):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("~2", "x", "branch-day-1030", puppet=True)
    with scoped(bank.scope("Sysadmin")), pytest.raises(IntegrityError), transaction.atomic():
        Post(org_unit=bank.b01, user=tree.puppet, role="teller", since=date(2026, 1, 1)).save()


def test_a_caller_in_practice_deletes_the_own_row(tree):
    with scoped(tree.root):
        row = Counter.objects.get(number=7)
        row.delete()
        assert not Counter.objects.exists()


def test_a_row_in_the_wrong_tree_is_found(bank, tree):
    """No verb can write one; whoever does it by hand is seen by `counterpoint doctor`."""
    assert practice.astray() == []
    with unscoped("the test does what no verb does", practice=True):
        Counter.objects.filter(number=7).update(org_path=bank.b01.path)
        assert practice.astray() == ["foundation_counter"]
        Counter.objects.filter(number=7).update(org_path=tree.branch.path)
        Post.objects.filter(user=bank.people["Mei"]).update(org_path=tree.branch.path)
        assert practice.astray() == ["foundation_post"]
