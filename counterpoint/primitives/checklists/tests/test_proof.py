"""What proves a round: labels scanned and not typed, in the time of a walk, at the right place, by a told clock."""

from datetime import timedelta

import pytest
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.foundation.models import Message
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import places, proof
from counterpoint.primitives.checklists.definition import Spot
from counterpoint.primitives.checklists.models import Round, Upload
from counterpoint.primitives.checklists.tests.world import digest_of, picture, sent
from counterpoint.primitives.content import loader

PATROL = """
- key: probe.patrol
  version: 1
  source: tests
  mark: D
  effective_from: 2026-01-01
  names: {zh-hans: 巡逻, zh-hant: 巡邏, en: Patrol}
  pass_mark: 90
  sections:
    - slug: way
      names: {zh-hans: 路线, zh-hant: 路線, en: Way}
      items:
        - {slug: one, kind: scan, point: door, names: {zh-hans: 大门, zh-hant: 大門, en: Door}}
        - {slug: two, kind: scan, point: vault, names: {zh-hans: 库房, zh-hant: 庫房, en: Vault}}
        - {slug: spot, kind: place, required: false, names: {zh-hans: 位置, zh-hant: 位置, en: Place}}
"""


@pytest.fixture
def patrol(world, content):
    """The world with a patrol of two points."""
    file = content / "checklists" / "probe.yaml"
    file.write_text(file.read_text() + PATROL)
    loader.forget()
    return world


def walk(world, one="", two="", how="scanned", pause=90, ahead=0, spot=None):
    """A round on a phone whose clock is `ahead` seconds fast, sent some minutes later; returns its id."""
    codes = [places.code_of(world.branch, point) for point in ("door", "vault")]
    began = world.now + timedelta(seconds=ahead)
    items = [sent(1, at=began.isoformat(), kind="start", round="r", checklist="probe.patrol", version=1, asset="")]
    told = [("one", one or codes[0], {"how": how}), ("two", two or codes[1], {"how": how})]
    told += [("spot", spot, {})] if spot else []
    for n, (slug, value, more) in enumerate(told):
        at = (began + timedelta(seconds=10 + n * pause)).isoformat()
        items.append(sent(2 + n, f"k{n}", at, kind="answer", round="r", item=slug, value=value, files=[], **more))
    items.append(sent(9, kind="submit", round="r", answers=[f"k{n}" for n in range(len(told))], files=[]))
    world.later(minutes=5)
    clock = world.now + timedelta(seconds=ahead)
    batch = checklists.Batch(world.branch.code, tuple(items), clock=clock)
    done = checklists.sync(scope=world.scope, device="phone-1", batch=batch, now=world.now)
    assert [one.state for one in done.receipts] == ["applied"] * len(items)
    with scoped(world.scope):
        return Round.objects.get(key="r")


def told(world):
    """Titles of what the leaders heard of rounds that prove nothing."""
    with scoped(world.bank.scope("Hana")):
        return list(Message.objects.filter(dedupe__startswith="round-proof").values_list("recipient__name", flat=True))


def page(sign_in, row):
    return sign_in("Sun").get(reverse("primitives:round", args=[row.pk])).content.decode()


def test_a_walk_with_scanned_labels_proves_itself_and_tells_nobody(patrol, sign_in):
    row = walk(patrol)
    assert (row.passed, row.result["proof"], told(patrol)) == (True, [], [])
    text = page(sign_in, row)
    assert "摄像头扫描" in text and "未经证实" not in text


def test_typed_codes_are_shown_as_typed_and_who_leads_the_branch_hears_of_it_once(patrol, sign_in):
    row = walk(patrol, how="typed")
    assert row.result["proof"] == ["all_typed"] and row.passed
    names = told(patrol)
    assert names and len(names) == len(set(names))
    text = page(sign_in, row)
    assert "手工输入" in text and "未经证实" in text


def test_another_text_than_the_labels_fails_the_round_and_is_told(patrol, sign_in):
    row = walk(patrol, two="anything")
    assert not row.passed and row.result["proof"] == ["wrong_label"] and told(patrol)


def test_points_that_do_not_apply_cannot_be_said(patrol):
    begun = patrol.start("probe.patrol")
    with pytest.raises(checklists.actions.Invalid):
        patrol.put(begun.id, "one", "na")


def test_another_room_may_find_the_walk_too_fast(patrol, monkeypatch):
    monkeypatch.setitem(proof._checks, "test", lambda scope, unit, walk: True)
    assert walk(patrol).result["proof"] == ["too_fast"]


def test_a_round_filled_in_at_a_desk_was_not_scanned(patrol):
    begun = patrol.start("probe.patrol")
    for slug, point in (("one", "door"), ("two", "vault")):
        patrol.put(begun.id, slug, places.code_of(patrol.branch, point))
        patrol.later(minutes=2)
    patrol.submit(begun.id)
    assert patrol.detail(begun.id).row.result["proof"] == ["all_typed"]


def test_a_round_without_scans_is_listed_as_not_walked(patrol, content):
    file = content / "checklists" / "probe.yaml"
    file.write_text(file.read_text().replace("kind: scan, point: door,", "kind: scan, point: door, required: false,")
                    .replace("kind: scan, point: vault,", "kind: scan, point: vault, required: false,"))  # fmt: skip
    loader.forget()
    begun = patrol.start("probe.patrol")
    patrol.submit(begun.id)
    (found,) = checklists.scanned(scope=patrol.scope, org_unit=patrol.branch, since=patrol.now.date())
    assert (found.strict, found.walked, found.asked) == (True, False, 2)
    assert patrol.detail(begun.id).row.result["proof"] == ["not_walked"]


def test_a_place_far_from_the_branch_fails_is_told_and_stands_when_the_branch_moves(patrol, sign_in, monkeypatch):
    monkeypatch.setattr(places, "spot_of", lambda unit: Spot(31.24, 121.49))
    row = walk(patrol, spot={"lat": 31.26, "lon": 121.49, "accuracy": 12})
    assert not row.passed and row.result["proof"] == ["far"]
    monkeypatch.setattr(places, "spot_of", lambda unit: Spot(31.26, 121.49))
    line = patrol.detail(row.pk).lines["spot"]
    assert line.verdict == "bad" and line.place.metres == pytest.approx(2224, abs=3)
    assert "2.2 公里" in page(sign_in, row)


def test_a_place_without_coordinates_of_the_branch_is_said_to_be_unchecked(patrol, sign_in, monkeypatch):
    monkeypatch.setattr(places, "spot_of", lambda unit: None)
    row = walk(patrol, spot={"lat": 31.26, "lon": 121.49, "accuracy": 12})
    assert row.passed and patrol.detail(row.pk).lines["spot"].verdict == "unchecked"
    assert "未核验" in page(sign_in, row)


def test_a_clock_that_is_far_off_is_flagged_and_taken_out_of_what_it_says(patrol, sign_in):
    began = patrol.now
    row = walk(patrol, ahead=42 * 60)
    text = page(sign_in, row)
    assert "手机时钟快 42 分钟" in text
    with scoped(patrol.scope):
        assert proof.began(row) == began + timedelta(seconds=10)


def test_a_phones_moment_of_a_photo_is_kept_on_the_servers_clock_and_the_cameras_note_comes_first(world):
    where = {"scope": world.scope, "org_unit": world.branch, "now": world.now}
    fast = world.now + timedelta(hours=1)
    checklists.photo_put(**where, content=picture(1), taken=fast - timedelta(minutes=2), clock=fast)
    checklists.photo_put(**where, content=picture(2, taken="2026:11:23 08:00:00", offset="+08:00"), taken=fast)
    checklists.photo_put(**where, content=picture(3))
    with scoped(world.scope):
        claims = dict(Upload.objects.values_list("digest", "taken_claim"))
    assert claims[digest_of(picture(1))] == world.now - timedelta(minutes=2)
    assert claims[digest_of(picture(3))] is None
    assert [one.isoformat() for one in claims.values() if one].count("2026-11-23T00:00:00+00:00") == 1
