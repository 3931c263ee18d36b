"""What the database itself refuses, whoever writes: senseless rows, references across branches, changed history."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from counterpoint.foundation import integrity
from counterpoint.foundation.models import (
    Channel,
    Counter,
    Device,
    DeviceKey,
    JobRun,
    JournalEntry,
    JournalText,
    Message,
    OpeningHours,
    OrgUnit,
    Post,
    SpecialDay,
    User,
    Zone,
)
from counterpoint.foundation.scope import unscoped
from counterpoint.foundation.scoped_models import ScopedModel, scoped_models

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="speaks the embedded database's dialect")


@pytest.fixture(autouse=True)
def everywhere():
    """These rules hold also where the scope is lifted."""
    with unscoped("test"):
        yield


def refused(act):
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        return True
    return False


# (what, is it refused, how the row is made)
ROWS = [
    ("hours to midnight", False, lambda b: OpeningHours(org_unit=b.hq, weekday=6, opens=0, closes=1440)),
    ("hours beyond midnight", True, lambda b: OpeningHours(org_unit=b.hq, weekday=6, opens=0, closes=1441)),
    ("an eighth weekday", True, lambda b: OpeningHours(org_unit=b.hq, weekday=7, opens=0, closes=60)),
    ("hours of no length", True, lambda b: OpeningHours(org_unit=b.hq, weekday=0, opens=60, closes=60)),
    ("hours that run back", True, lambda b: OpeningHours(org_unit=b.hq, weekday=0, opens=61, closes=60)),
    ("a second part of a day", False, lambda b: OpeningHours(org_unit=b.b01, weekday=0, opens=1100, closes=1200)),
    ("a part that starts twice", True, lambda b: OpeningHours(org_unit=b.b01, weekday=0, opens=540, closes=600)),
    ("a counter's number elsewhere", False, lambda b: Counter(org_unit=b.hq, number=1, kind="cash")),
    ("a counter's number twice", True, lambda b: Counter(org_unit=b.b01, number=1, kind="cash")),
    ("a post of a day", False, lambda b: post(b, date(2026, 11, 2), date(2026, 11, 3))),
    ("a post without an end", False, lambda b: post(b, date(2026, 11, 2), None)),
    ("a post of no day", True, lambda b: post(b, date(2026, 11, 2), date(2026, 11, 2))),
    ("a post that ends before it begins", True, lambda b: post(b, date(2026, 11, 2), date(2026, 11, 1))),
    ("the same post twice", True, lambda b: post(b, date(2026, 1, 1), None)),
    ("a second headquarters with a parent", True, lambda b: OrgUnit(kind="headquarters", code="n", parent=b.hq)),
    ("a branch without a parent", True, lambda b: OrgUnit(kind="branch", code="n")),
    ("a region under headquarters", False, lambda b: OrgUnit(kind="region", code="n", parent=b.hq)),
    ("a code twice", True, lambda b: OrgUnit(kind="branch", code="b01", parent=b.west)),
    ("a staff number twice", True, lambda b: User(staff_no="mei", name="Other")),
    ("a job's key twice, at another branch", True, lambda b: job(b, "b02")),
    ("a token's beginning twice", True, lambda b: DeviceKey(org_unit=b.b02, name="x", prefix="known", digest="")),
]


def post(b, since, until):
    return Post(org_unit=b.b01, user=b.people["Mei"], role="teller", since=since, until=until)


def job(b, where="b01"):
    return JobRun(org_unit=b.units[where], key="once", kind="x", requested_at=NOW)


@pytest.mark.parametrize(("what", "is_refused", "row"), ROWS, ids=[row[0] for row in ROWS])
def test_rows_that_make_no_sense_are_refused_and_their_neighbours_are_not(bank, what, is_refused, row):
    job(bank).save()
    DeviceKey(org_unit=bank.b01, name="x", prefix="known", digest="").save()
    assert refused(row(bank).save) is is_refused


@pytest.mark.parametrize(
    ("model", "field", "twice"),
    [
        (Zone, "code", {"code": "z", "name": "z", "kind": "x"}),
        (Device, "code", {"code": "d", "name": "d", "kind": "x"}),
        (SpecialDay, "date", {"date": date(2026, 12, 31), "closed": True, "reason": "x"}),
    ],
)
def test_a_name_is_given_once_at_a_branch_and_again_at_another(bank, model, field, twice):
    model(org_unit=bank.b01, **twice).save()
    assert refused(model(org_unit=bank.b01, **twice).save)
    assert not refused(model(org_unit=bank.b02, **twice).save)


def references():
    """Every foreign key from one branch's row to another's, over all rooms."""
    for model in scoped_models():
        for field in model._meta.get_fields() if issubclass(model, ScopedModel) else ():
            related = getattr(field, "related_model", None)
            to_one = isinstance(field, models.ForeignKey) and isinstance(related, type)
            if to_one and issubclass(related, ScopedModel) and field.name != "org_unit":
                yield model, field


def test_every_reference_between_rows_of_a_branch_has_its_two_rules():
    found = {(rule.table, rule.name): rule for rule in integrity.rules()}
    missing = []
    for model, field in references():
        table, free = model._meta.db_table, field.name in getattr(model, "across_branches", ())
        for event in ("i", "u"):
            there = (table, f"{table}_{field.column}_{event}") in found
            if there is free:
                missing.append((table, field.column, event))
    assert not missing and len(list(references())) > 5


def placed(bank, model, name, target):
    """A row at the first branch that points at `target`."""
    fields = {
        (Counter, "zone"): {"number": 30, "kind": "x"},
        (Device, "zone"): {"code": "d", "name": "d", "kind": "x"},
    }[(model, name)]
    return model(org_unit=bank.b01, **fields, **{name: target})


@pytest.mark.parametrize(("model", "name"), [(Counter, "zone"), (Device, "zone")])
def test_a_reference_stays_in_its_branch_when_made_and_when_changed(bank, model, name):
    own, foreign = (Zone(org_unit=unit, code="z", name="z", kind="x") for unit in (bank.b01, bank.b03))
    own.save()
    foreign.save()
    assert refused(placed(bank, model, name, foreign).save)
    row = placed(bank, model, name, own)
    row.save()
    assert refused(lambda: model.objects.filter(pk=row.pk).update(**{name: foreign}))
    assert refused(lambda: model.objects.filter(pk=row.pk).update(org_unit=bank.b03))
    assert not refused(lambda: model.objects.filter(pk=row.pk).update(**{name: None}, org_unit=bank.b03))


def test_the_message_of_the_rule_says_which_reference_it_was(bank):
    zone = Zone(org_unit=bank.b03, code="z", name="z", kind="x")
    zone.save()
    message = r"foundation_counter\.zone_id points into another branch"
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        placed(bank, Counter, "zone", zone).save()


def test_a_message_may_leave_through_a_channel_above_its_branch(bank):
    """The one reference that is declared to cross."""
    channel = Channel(org_unit=bank.hq, name="x", url="x")
    channel.save()
    message = Message(org_unit=bank.b01, dedupe="d", title="t", body="b", created_at=NOW, channel=channel)
    assert not refused(message.save)


@pytest.mark.parametrize("change", ["kind", "data", "hash", "previous", "seq", "org_path", "at", "actor", "subject"])
def test_no_field_of_the_journal_can_be_changed(bank, change):
    value = {"data": {}, "seq": 10_000, "at": NOW, "actor": bank.people["Mei"].pk}.get(change, "x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        JournalEntry.objects.filter(seq=1, org_unit=bank.b01).update(**{change: value})
    assert refused(lambda: JournalEntry.objects.filter(org_unit=bank.b01).delete())


def test_no_two_entries_of_a_chain_share_a_number(bank):
    first = JournalEntry.objects.filter(org_unit=bank.b01).order_by("seq").first()
    copy = JournalEntry(
        org_unit=bank.b01, seq=first.seq, at=NOW, kind="x", subject="x", data={}, previous="", hash="x"
    )  # fmt: skip
    assert refused(copy.save)


def test_personal_text_belongs_to_an_entry_of_its_own_branch(bank):
    entry = JournalEntry.objects.filter(org_unit=bank.b03).first()
    assert refused(JournalText(org_unit=bank.b01, entry=entry, salt="s", text="t").save)
    assert not refused(JournalText(org_unit=bank.b03, entry=entry, salt="s", text="t").save)


@pytest.mark.parametrize("row", ["unit", "person", "zone", "channel"])
def test_what_others_point_at_cannot_be_deleted(bank, row):
    zone = Zone(org_unit=bank.b01, code="z", name="z", kind="x")
    zone.save()
    placed(bank, Counter, "zone", zone).save()
    channel = Channel(org_unit=bank.hq, name="x", url="x")
    channel.save()
    Message(org_unit=bank.b01, dedupe="d", title="t", body="b", created_at=NOW, channel=channel).save()
    target = {"unit": bank.b01, "person": bank.people["Mei"], "zone": zone, "channel": channel}[row]
    with pytest.raises(models.ProtectedError):
        target.delete()


def triggers():
    catalogue = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'"}
    with connection.cursor() as cursor:
        cursor.execute(catalogue.get(connection.vendor, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
        return sorted(name for (name,) in cursor.fetchall())


def test_installing_the_rules_again_changes_nothing_and_brings_a_lost_one_back(bank):
    before = triggers()
    integrity.install()
    assert triggers() == before
    table = "" if connection.vendor == "sqlite" else " ON foundation_counter"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER foundation_counter_zone_id_i{table}")
    assert triggers() != before
    integrity.install()
    assert triggers() == before


def test_a_rooms_own_rule_is_installed_once_and_holds(bank, monkeypatch):
    rule = integrity.Rule(
        "foundation_counter", "counter_thirteen", "INSERT", 'NEW."number" = 13', "no counter thirteen"
    )  # fmt: skip

    def mine():
        return [rule, integrity.Rule("no_such_table", "never", "INSERT", "1=1", "of a room that is not there")]

    monkeypatch.setattr(integrity, "_declared", [])
    integrity.declare(mine)
    integrity.declare(mine)
    assert [found.name for found in integrity.rules()].count("counter_thirteen") == 1
    integrity.install()
    assert refused(Counter(org_unit=bank.b01, number=13, kind="x").save)
    assert not refused(Counter(org_unit=bank.b01, number=14, kind="x").save)


@pytest.mark.parametrize(
    ("names", "change", "is_refused"),
    [
        (["name"], {"name": "other"}, True),
        (["name"], {"name": ""}, False),
        (["name"], {"kind": "wealth"}, False),
        (["name", "kind"], {"kind": "wealth"}, True),
        (["zone_id"], {"zone": None}, False),
        (None, {"kind": "wealth"}, True),
        (None, {"org_path": "/moved/"}, False),
    ],
    ids=str,
)
def test_a_rule_on_a_change_looks_at_the_columns_it_names(bank, monkeypatch, names, change, is_refused):
    """Without names at all of them but the path, which follows a moved unit."""
    condition = integrity.changed(Counter, names)
    rule = integrity.Rule("foundation_counter", "counter_stays", "UPDATE", condition, "stays as it is")
    monkeypatch.setattr(integrity, "_declared", [lambda: [rule]])
    integrity.install()
    row = Counter.objects.get(org_unit=bank.b01, number=1)
    assert refused(lambda: Counter.objects.filter(pk=row.pk).update(**change)) is is_refused


@sqlite_only
def test_both_dialects_say_the_same_rule(monkeypatch):
    rule = integrity.Rule("t", "t_grows_d", "DELETE", f'OLD."a" {integrity.DIFFERS} NEW."a"', "no")
    embedded = "\n".join(integrity._dialect(rule))
    monkeypatch.setattr(connection, "vendor", "postgresql")
    server = "\n".join(integrity._dialect(rule))
    assert 'OLD."a" IS NOT NEW."a"' in embedded and 'OLD."a" IS DISTINCT FROM NEW."a"' in server
    assert "RAISE(ABORT, 'no')" in embedded and "MESSAGE = 'no'" in server and "RETURN OLD" in server
    for said in (embedded, server):
        assert 'BEFORE DELETE ON "t"' in said and 'DROP TRIGGER IF EXISTS "t_grows_d"' in said
