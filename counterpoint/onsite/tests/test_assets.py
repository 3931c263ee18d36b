"""The register: dates that fall due by themselves, faults that the hall follows, rectifications that mend."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.api import Device, Forbidden, Invalid, NotFound, journal, scoped
from counterpoint.onsite.assets import queries, rules, shown, watch
from counterpoint.onsite.assets.actions import Papers, asset_add, asset_change, asset_fault, asset_retire, asset_works
from counterpoint.onsite.assets.mending import NeedsPhoto
from counterpoint.onsite.assets.rules import level_for
from counterpoint.onsite.assets.walks import Proof
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.registered import broken, extinguisher, kiosk, picture, where
from counterpoint.primitives import cases
from counterpoint.science import reliability
from counterpoint.science.floorplan import rounds

DAYS = st.none() | st.dates(date(2010, 1, 1), date(2026, 11, 1))


def works(bank, code="kiosk1"):
    """Whether the live hall counts on the machine."""
    hall = hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)
    return next(d.in_service for d in hall.devices if d.code == code)


def case_of(bank, fault):
    with scoped(bank.scope("Sun")):
        return cases.case(scope=bank.scope("Sun"), case=fault.case, now=bank.now).case


def rectified(bank, case, *, photo, by="Sun", checked_by="Ada", **fields):
    """From the fault to the closed case."""
    one = {"case": case, "now": bank.now + timedelta(hours=1)}
    cases.case_resolve(scope=bank.scope(by), files=[photo.pk], fields={"cause": "wear", **fields}, **one)
    cases.case_verify(scope=bank.scope(checked_by), passed=True, **one)
    return cases.case_close(scope=bank.scope(by), **one)


# --- dates -----------------------------------------------------------------------------------------------------------


@given(DAYS, DAYS, DAYS, DAYS, st.integers(1, 120), st.integers(1, 60), st.none() | st.integers(12, 200))
def test_what_is_due_next_is_the_earliest_of_all_that_is_known(made, installed, serviced, expires, first, then, scrap):
    dates = rules.Dates(made, installed, serviced, expires)
    found = rules.every_due(rules.Service(first, then), scrap, dates)
    assert list(found) == sorted(found, key=lambda due: due.on)
    assert rules.next_due(rules.Service(first, then), scrap, dates) == (found[0] if found else None)
    naive = set()
    if serviced:
        naive.add(("service", rules.add_months(serviced, then)))
    elif made or installed:
        naive.add(("service", rules.add_months(made or installed, first)))
    if scrap and (made or installed):
        naive.add(("scrap", rules.add_months(made or installed, scrap)))
    if expires:
        naive.add(("expiry", expires))
    assert {(due.why, due.on) for due in found} == naive


def test_a_thing_is_late_from_the_day_after_its_date():
    due = rules.Due(date(2026, 11, 23), rules.SERVICE)
    states = {day: rules.state_of(due, date(2026, 11, day), 10, needs_dates=True) for day in (12, 13, 23, 24)}
    assert states == {12: "fine", 13: "soon", 23: "soon", 24: "late"}
    assert rules.state_of(None, date(2026, 1, 1), 10, needs_dates=True) == "unknown"


def test_dates_that_cannot_be_are_refused(bank):
    with pytest.raises(Invalid):
        extinguisher(bank, made=date(2027, 1, 1))
    with pytest.raises(Invalid):
        extinguisher(bank, serviced_on=date(2023, 1, 1))
    with scoped(bank.scope("Sun")):
        assert not Asset.objects.exists()


def test_p_c_due_an_overdue_extinguisher_becomes_a_case_once_without_anybody_looking(bank):
    extinguisher(bank, made=date(2021, 11, 1))  # first service was due on 2026-11-01
    assert watch.look(bank.now) == 1
    for later in range(3):
        assert watch.look(bank.now + timedelta(days=later)) == 0
    with scoped(bank.scope("Sun")):
        row = Asset.objects.get()
        found = cases.cases(
            scope=bank.scope("Sun"), now=bank.now, filters=cases.CaseFilter(type="onsite.rectification")
        )
        assert journal.about(str(row.pk), "onsite.")[-1].kind == "onsite.asset_due"
    assert [(one.level, one.id) for one in found.rows] == [("four_hours", row.due_case)]
    assert row.due_on == date(2026, 11, 1)


def test_a_warning_becomes_graver_when_the_date_has_passed_and_stays_one_case(bank):
    extinguisher(bank, made=date(2021, 12, 10))
    assert watch.look(bank.now) == 1
    late = bank.now + timedelta(days=18)  # 2026-12-11
    assert watch.look(late) == 1
    assert watch.look(late + timedelta(days=30)) == 0
    scope = bank.scope("Sun")
    found = cases.cases(scope=scope, now=late, filters=cases.CaseFilter(type="onsite.rectification")).rows
    assert [one.level for one in found] == ["four_hours"]


def test_a_closed_case_with_a_service_date_starts_the_next_cycle(bank):
    extinguisher(bank, made=date(2021, 11, 1))
    watch.look(bank.now)
    with scoped(bank.scope("Sun")):
        case = Asset.objects.get().due_case
    rectified(bank, case, photo=picture(bank, 3, bank.now + timedelta(minutes=5)), serviced_on="2026-11-22")
    with scoped(bank.scope("Sun")):
        row = Asset.objects.get()
    assert (row.serviced_on, row.due_on, row.due_case) == (date(2026, 11, 22), date(2028, 11, 22), None)
    assert watch.look(bank.now + timedelta(days=300)) == 0
    assert watch.look(bank.now + timedelta(days=705)) == 1


# --- faults ----------------------------------------------------------------------------------------------------------


def test_a_fault_takes_the_machine_out_of_the_hall_and_opens_its_case_at_once(bank):
    kiosk(bank)
    assert works(bank)
    fault = broken(bank, text="不出票")
    assert not works(bank)
    opened = case_of(bank, fault)
    assert opened.level == level_for(240) == "four_hours"
    assert opened.source.startswith("onsite.asset:")


def test_the_second_report_of_a_fault_opens_no_second_case(bank):
    kiosk(bank)
    first, second = broken(bank), broken(bank)
    assert first.id == second.id
    assert (first.case, second.reports) == (second.case, 2)


def test_a_partial_fault_leaves_the_machine_in_the_hall(bank):
    kiosk(bank)
    broken(bank, extent="partial")
    assert works(bank)
    worse = broken(bank, extent="full")
    assert worse.extent == "full"
    assert not works(bank)


def test_the_hall_button_and_the_register_tell_one_story(bank):
    from counterpoint.onsite import api

    kiosk(bank)
    here = where(bank, "Omar")
    api.device_fault(**here, device="kiosk1")
    with scoped(bank.scope("Sun")):
        fault = AssetFault.objects.get()
    assert (fault.source, fault.ended_at) == ("hall", None)
    api.device_restored(**{**here, "now": bank.now + timedelta(minutes=20)}, device="kiosk1")
    with scoped(bank.scope("Sun")):
        assert AssetFault.objects.get().ended_at == bank.now + timedelta(minutes=20)
    assert works(bank)


def test_a_closed_rectification_brings_the_machine_back(bank):
    kiosk(bank)
    fault = broken(bank)
    rectified(bank, fault.case, photo=picture(bank, 5, bank.now + timedelta(minutes=5)))
    assert works(bank)
    with scoped(bank.scope("Sun")):
        assert AssetFault.objects.get().ended_at == bank.now + timedelta(hours=1)


def test_the_journal_names_the_dates_that_a_rectification_brought(bank):
    extinguisher(bank)
    fault = broken(bank, "fire-01")
    rectified(bank, fault.case, photo=picture(bank, 3, now=bank.now + timedelta(hours=1)), expires_on="2027-05-01")
    with scoped(bank.scope("Sun")):
        entry = journal.JournalEntry.objects.filter(kind="onsite.asset_changed").latest("seq")
    assert entry.data["names"] == ["expires_on"]


def test_a_reopened_rectification_takes_it_out_again(bank):
    kiosk(bank)
    fault = broken(bank)
    rectified(bank, fault.case, photo=picture(bank, 5, bank.now + timedelta(minutes=5)))
    cases.case_reopen(scope=bank.scope("Sun"), case=fault.case, reason="又坏了", now=bank.now + timedelta(hours=3))
    assert not works(bank)


def test_no_rectification_without_a_new_photo(bank):
    kiosk(bank)
    old = picture(bank, 1, bank.now - timedelta(days=3))
    fault = broken(bank)
    one = {"scope": bank.scope("Sun"), "case": fault.case, "fields": {"cause": "wear"}}
    later = bank.now + timedelta(minutes=30)
    with pytest.raises(NeedsPhoto):
        cases.case_resolve(**one, now=later)
    with pytest.raises(NeedsPhoto):
        cases.case_resolve(**one, files=[old.pk], now=later)
    again = picture(bank, 1, later)  # the old picture, sent anew
    with pytest.raises(NeedsPhoto):
        cases.case_resolve(**one, files=[again.pk], now=later)
    assert case_of(bank, fault).stage_kind == "open"
    fresh = picture(bank, 2, later)
    assert cases.case_resolve(**one, files=[fresh.pk], now=later).stage_kind == "resolved"


def test_nobody_closes_what_they_mended_themselves(bank):
    kiosk(bank)
    fault = broken(bank)
    photo = picture(bank, 2, bank.now + timedelta(minutes=5))
    with pytest.raises(cases.NeedsSecondPerson):
        rectified(bank, fault.case, photo=photo, checked_by="Sun")


def test_a_dropped_case_was_no_fault(bank):
    kiosk(bank)
    fault = broken(bank)
    cases.case_drop(scope=bank.scope("Ada"), case=fault.case, reason="误报", now=bank.now + timedelta(minutes=9))
    assert works(bank)
    with scoped(bank.scope("Sun")):
        assert not AssetFault.objects.get().sure


@pytest.mark.parametrize(("field", "most"), [("name", 60), ("place", 80), ("model", 80), ("serial", 64)])
def test_papers_that_are_too_long_are_refused_and_never_cut(bank, field, most):
    kiosk(bank)
    asset_change(**where(bank), code="kiosk1", papers=Papers(**{field: "长" * most}))
    with pytest.raises(Invalid) as refused:
        asset_change(**where(bank), code="kiosk1", papers=Papers(**{field: "长" * (most + 1)}))
    assert refused.value.details["field"] == field
    held = queries.found(scope=bank.scope("Sun"), branch=bank.b01, code="kiosk1")
    assert getattr(held.device if field == "name" else held, field) == "长" * most


def test_a_thing_out_of_use_is_neither_due_nor_mended(bank):
    kiosk(bank)
    extinguisher(bank, made=date(2021, 11, 1))
    asset_retire(**where(bank), code="fire-01")
    assert watch.look(bank.now) == 0
    with pytest.raises(NotFound):
        broken(bank, "fire-01")
    listed = queries.register(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)
    assert [row.code for row in listed] == ["kiosk1"]


def test_what_no_customer_uses_is_not_in_the_hall(bank):
    kiosk(bank)
    extinguisher(bank)
    hall = hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)
    assert [d.code for d in hall.devices] == ["kiosk1"]


# --- rights ----------------------------------------------------------------------------------------------------------


def test_a_teller_reports_but_does_not_edit_and_a_stranger_sees_nothing(bank):
    kiosk(bank)
    assert asset_fault(**where(bank, "Mei"), code="kiosk1").case
    asset_works(**where(bank, "Mei"), code="kiosk1")
    with pytest.raises(Forbidden):
        asset_change(**where(bank, "Mei"), code="kiosk1", papers=Papers(name="别名"))
    for act, more in ((asset_change, {"papers": Papers()}), (asset_fault, {}), (asset_works, {})):
        with pytest.raises(NotFound):
            act(scope=bank.scope("Stranger"), branch=bank.b01, now=bank.now, code="kiosk1", **more)
    with pytest.raises(NotFound):
        queries.found(scope=bank.scope("Stranger"), branch=bank.b01, code="kiosk1")


def test_a_device_that_is_there_already_gets_its_papers(bank):
    with scoped(bank.scope("Sun")):
        Device(org_unit=bank.b01, code="crs1", name="存取款机", kind="crs").save()
    with pytest.raises(Invalid):
        asset_add(**where(bank), kind="stm", code="crs1", papers=Papers())
    view = asset_add(**where(bank), kind="crs", code="crs1", papers=Papers(serial="S1"))
    assert (view.name, view.kind) == ("存取款机", "crs")
    with pytest.raises(Invalid):
        asset_add(**where(bank), kind="crs", code="crs1", papers=Papers())


# --- how reliable ----------------------------------------------------------------------------------------------------


def test_a_year_of_one_machine_equals_the_same_year_told_to_science(bank):
    kiosk(bank)
    start = bank.now - timedelta(days=100)
    with scoped(bank.scope("Sun")):
        Asset.objects.update(added_at=start)
        row = Asset.objects.get()
        for days, minutes, extent in ((90, 120, "full"), (60, 30, "partial"), (40, 45, "network")):
            began = bank.now - timedelta(days=days)
            AssetFault(
                org_unit=bank.b01, asset=row, extent=extent, began_at=began, source="staff",
                ended_at=began + timedelta(minutes=minutes),
            ).save()  # fmt: skip
        AssetFault(
            org_unit=bank.b01, asset=row, extent="full", began_at=bank.now - timedelta(days=20), sure=False,
            ended_at=bank.now - timedelta(days=19), source="public",
        ).save()  # fmt: skip
    found = queries.detail(scope=bank.scope("Sun"), branch=bank.b01, code="kiosk1", now=bank.now)
    assert found.own.definition == "any_function"
    assert found.own.faults == 2
    # by hand: faults began at 10:30; 90 days before a Monday is a Tuesday, 40 days before a Wednesday: both open
    lost = 1 - found.own.availability.value
    assert lost * found.own.open_hours * 60 == pytest.approx(120 + 45)
    with scoped(bank.scope("Sun")):
        records = queries.records_of(bank.b01, [Asset.objects.get()], bank.now)
    everything = reliability.measure(records, definition="all_functions")
    assert (1 - everything.availability.value) * everything.open_hours * 60 == pytest.approx(120 + 30 + 45)


@pytest.mark.parametrize(("seconds", "level"), [(30, "fine"), (8, "fine"), (5, "watch"), (0.5, "act")])
def test_scans_within_seconds_are_asked_about_however_near_the_points_lie(seconds, level):
    walk = rounds.walked([rounds.Scan("a", 0.0), rounds.Scan("b", seconds)], lambda _a, _b: 2.0)
    proof = Proof(uuid4(), "patrol", date(2026, 11, 23), "", walk, {})
    assert proof.level == level and [leg["level"] for leg in shown.walks([proof])[0]["legs"]] == [level]
