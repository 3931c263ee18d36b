"""A round finds one of several machines out of order: who walked it says which, or one stands for it until then."""

import pytest

from counterpoint.foundation.api import Device, Invalid, NotFound, journal, scoped
from counterpoint.onsite import futures
from counterpoint.onsite.assets import queries
from counterpoint.onsite.assets.actions import Papers, asset_add, asset_named, asset_works
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.registered import where
from counterpoint.onsite.tests.test_photo_checks import pre_open, sent
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists.tests.world import sent as message

pytestmark = pytest.mark.django_db
CODES = ("crs1", "crs2", "crs3")


@pytest.fixture
def recyclers(bank):
    """Three of a kind, and none other of it at the branch."""
    with scoped(bank.scope("Sun")):
        Device.objects.filter(org_unit=bank.b01, kind="crs").exclude(code__in=CODES).delete()
    for code in CODES:
        asset_add(**where(bank), kind="crs", code=code, papers=Papers(name=f"存取款机 {code}"))


def in_service(bank):
    """What the hall and its twin count on."""
    scope = bank.scope("Sun")
    hall = hall_of(scope=scope, branch=bank.b01, now=bank.now)
    held = {d.code for d in hall.devices if d.kind == "crs" and d.in_service}
    with scoped(scope):
        twin = {d.code for d in futures.state_of(hall).model.devices if d.kind == "crs" and d.up}
    return held, twin


def answered(bank, **changed):
    """A round before opening with everything in order but the recycler; `changed` item → value."""
    scope, here = bank.scope("Omar"), {"org_unit": bank.b01, "now": bank.now}
    made = checklists.round_start(scope=scope, checklist="onsite.pre_open", **here)
    for item in pre_open().items:
        if item.kind == "scan" and item.slug not in changed:
            continue
        value = {"yes_no": "yes", "number": 100.0 if item.unit == "%" else 3.0}.get(item.kind, "")
        value = {"crs_cash": 50.0, "ups_load": 50.0, "crs_service": "no"}.get(item.slug, value)
        files = [sent(bank, 30)] if item.kind == "signature" or item.slug == "crs_service" else ()
        value = changed.get(item.slug, value)
        checklists.answer_put(scope=scope, round=made.id, item=item.slug, value=value, files=files, now=bank.now)
    return made.id


def put(bank, round_, item, value):
    scope = bank.scope("Omar")
    return checklists.answer_put(scope=scope, round=round_, item=item, value=value, now=bank.now)


def handed_in(bank, round_):
    return checklists.round_submit(scope=bank.scope("Omar"), round=round_, now=bank.now)


def from_phone(bank, round_):
    """Handed in by a phone that asked nobody: as one of an older version, or that was offline."""
    batch = checklists.Batch("b01", (message(1, kind="submit", round=str(round_), answers=[], files=[]),))
    return checklists.sync(scope=bank.scope("Omar"), device="phone", batch=batch, now=bank.now).receipts


def open_faults(bank):
    with scoped(bank.scope("Sun")):
        rows = AssetFault.objects.filter(ended_at=None).select_related("asset__device").order_by("pk")
        return [(row.asset.device.code, row.source, row.extent, row.case) for row in rows]


def test_at_the_desk_the_round_is_not_handed_in_before_somebody_says_which(bank, recyclers):
    round_ = answered(bank)
    with pytest.raises(checklists.Incomplete) as refused:
        handed_in(bank, round_)
    assert refused.value.details["missing"] == ["crs_service--of"]
    put(bank, round_, "crs_service--of", "crs2")
    scored = handed_in(bank, round_)
    assert [(one.item, one.asset) for one in scored.failed] == [("crs_service", "crs2")]
    assert open_faults(bank) == [("crs2", "round", "full", scored.failed[0].case)]
    assert in_service(bank) == ({"crs1", "crs3"}, {"crs1", "crs3"})


def test_a_scanned_label_says_it_as_before(bank, recyclers):
    handed_in(bank, answered(bank, scan_crs="crs1"))
    assert in_service(bank)[0] == {"crs2", "crs3"}


def test_only_a_machine_of_the_kind_can_be_meant(bank, recyclers):
    round_ = answered(bank)
    for wrong in ("kiosk1", "crs9", 7):
        with pytest.raises(Invalid):
            put(bank, round_, "crs_service--of", wrong)
    with pytest.raises(Invalid):
        put(bank, round_, "crs_cash--of", "crs1")  # not about a machine
    put(bank, round_, "crs_service--of", "crs1")
    put(bank, round_, "crs_service--of", None)
    with pytest.raises(checklists.Incomplete):
        handed_in(bank, round_)


def test_a_label_of_another_kind_breaks_no_machine_of_that_kind(bank, recyclers):
    """The links of the network fail after the UPS was scanned: the UPS is not what failed."""
    asset_add(**where(bank), kind="ups", code="ups-01", papers=Papers(name="UPS"))
    round_ = answered(bank, scan_ups="ups-01", network_links="no", crs_service="yes")
    handed_in(bank, round_)
    assert open_faults(bank) == []


def test_without_a_name_from_a_phone_one_of_the_kind_stands_for_it_until_it_is_named(bank, recyclers, sign_in):
    round_ = answered(bank)
    assert [one.state for one in from_phone(bank, round_)] == ["applied"]
    ((code, source, extent, case),) = open_faults(bank)
    assert (code, source, extent) == ("crs3", "unnamed", "full")
    assert in_service(bank) == ({"crs1", "crs2"}, {"crs1", "crs2"})
    rows = queries.register(**where(bank), wanted=queries.Filter(state="failed"))
    assert [(row.code, row.state) for row in rows] == [("crs3", "unnamed")]
    assert "1 台机具停用" in sign_in("Sun").get("/desk/panels/onsite.equipment").content.decode()
    asset_named(**where(bank), code="crs3", meant="crs1")
    assert open_faults(bank) == [("crs1", "round", "full", case)]
    assert in_service(bank) == ({"crs2", "crs3"}, {"crs2", "crs3"})
    with scoped(bank.scope("Sun")):
        asset = Asset.objects.get(device__code="crs1")
        assert [entry.kind for entry in journal.about(str(asset.pk), "onsite.")][-1] == "onsite.asset_named"
    assert queries.detail(**where(bank), code="crs1").faults[0].case == case


def test_it_may_have_been_the_one_that_stands_for_it(bank, recyclers):
    from_phone(bank, answered(bank))
    asset_named(**where(bank), code="crs3", meant="crs3")
    assert [row[:2] for row in open_faults(bank)] == [("crs3", "round")]
    assert in_service(bank)[0] == {"crs1", "crs2"}


def test_when_the_one_that_is_meant_was_known_to_be_broken_the_other_comes_back(bank, recyclers):
    from counterpoint.onsite.tests.registered import broken

    broken(bank, "crs1")
    from_phone(bank, answered(bank))
    assert in_service(bank)[0] == {"crs2"}
    found = asset_named(**where(bank), code="crs3", meant="crs1")
    assert found.reports == 2
    assert [row[:2] for row in open_faults(bank)] == [("crs1", "staff")]
    assert in_service(bank)[0] == {"crs2", "crs3"}


def test_a_second_round_before_it_is_named_takes_no_second_machine(bank, recyclers):
    from_phone(bank, answered(bank))
    batch = answered(bank)
    checklists.sync(
        scope=bank.scope("Omar"), device="other",
        batch=checklists.Batch("b01", (message(2, kind="submit", round=str(batch), answers=[], files=[]),)),
        now=bank.now,
    )  # fmt: skip
    assert len(open_faults(bank)) == 1 and len(in_service(bank)[0]) == 2


def test_what_stands_for_nothing_cannot_be_named(bank, recyclers):
    with pytest.raises(Invalid):
        asset_named(**where(bank), code="crs1", meant="crs2")
    from_phone(bank, answered(bank))
    with pytest.raises(NotFound):
        asset_named(**where(bank), code="crs3", meant="crs9")
    asset_works(**where(bank), code="crs3")
    with pytest.raises(Invalid):
        asset_named(**where(bank), code="crs3", meant="crs1")


def test_a_machine_without_papers_leaves_the_hall_when_it_is_named(bank):
    with scoped(bank.scope("Sun")):
        Device.objects.filter(org_unit=bank.b01, kind="crs").exclude(code__in=CODES).delete()
        for code in CODES:
            Device.objects.get_or_create(org_unit=bank.b01, code=code, defaults={"name": code, "kind": "crs"})
    round_ = answered(bank)
    put(bank, round_, "crs_service--of", "crs2")
    handed_in(bank, round_)
    assert in_service(bank)[0] == {"crs1", "crs3"}


def test_the_desk_asks_and_the_things_page_names(bank, recyclers, sign_in):
    omar, sun = sign_in("Omar"), sign_in("Sun")
    round_ = answered(bank)
    page = omar.get(f"/rounds/{round_}").content.decode()
    assert 'name="item" value="crs_service--of"' in page and 'value="crs2"' in page and "是哪一台？" in page
    sign_in("Omar").post(f"/rounds/{round_}/put", {"item": "crs_service--of", "value": "crs2"})
    assert 'value="crs2" selected' in sign_in("Omar").get(f"/rounds/{round_}").content.decode()
    put(bank, round_, "crs_service--of", None)
    from_phone(bank, round_)
    assert "没有人说明是哪一台" in sign_in("Omar").get(f"/rounds/{round_}").content.decode()
    sun = sign_in("Sun")
    assert "assets/of/crs3/do/named" in sun.get("/onsite/assets/of/crs3").content.decode()
    sun.post("/onsite/assets/of/crs3/do/named", {"meant": "crs1"})
    assert in_service(bank)[0] == {"crs2", "crs3"}


def test_the_phone_gets_kinds_codes_and_names_to_choose_from(bank, recyclers):
    told = checklists.work(scope=bank.scope("Omar"), org_unit=bank.b01, now=bank.now, language="en")
    assert told["assets"]["crs"] == list(CODES) and told["names"]["crs2"] == "存取款机 crs2"
    round_ = answered(bank)
    put(bank, round_, "crs_service--of", "crs2")
    told = checklists.work(scope=bank.scope("Omar"), org_unit=bank.b01, now=bank.now, language="en")
    mine = next(one for one in told["rounds"] if one["id"] == str(round_))
    assert mine["answers"]["crs_service--of"]["value"] == "crs2"
    items = [one for section in mine["definition"]["sections"] for one in section["items"]]
    assert {one["slug"]: one["asset"] for one in items}["crs_service"] == "crs"
