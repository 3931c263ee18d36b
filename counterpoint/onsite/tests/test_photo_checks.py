"""What the machine sees in photos of a round: it proposes, flags what came before, and never leaves the scope."""

import hashlib
import io
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from counterpoint.foundation.api import scoped
from counterpoint.onsite.assets import photo_checks
from counterpoint.onsite.models import AssetFault, PhotoPrint
from counterpoint.onsite.tests.registered import extinguisher, kiosk
from counterpoint.onsite.tests.test_assets import works
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import PhotoOf
from counterpoint.primitives.content import get

cv2 = pytest.importorskip("cv2")


def jpeg(picture):
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def scene(seed):
    rng = np.random.default_rng(seed)
    return cv2.resize(rng.integers(0, 255, (9, 12, 3)).astype(np.uint8), (640, 480), interpolation=cv2.INTER_LINEAR)


def photo(bank, picture, branch=None, **changes):
    content = jpeg(picture) if isinstance(picture, np.ndarray) else picture
    own = {
        "content": content, "digest": hashlib.sha256(content).hexdigest(), "org_unit": branch or bank.b01,
        "round": uuid4(), "checklist": "onsite.extinguisher_monthly", "item": "gauge", "kind": "photo", "unit": "",
        "asset": "", "value": None, "received_at": bank.now, "taken_claim": None,
    }  # fmt: skip
    return PhotoOf(**{**own, **changes})


def seen(bank, one, who="Sun"):
    with scoped(bank.scope(who)):
        return {found.check: found for found in photo_checks.look(one)}


def test_a_photo_that_was_handed_in_before_is_flagged_with_the_earlier_one(bank):
    first = photo(bank, scene(1))
    assert "reuse" not in seen(bank, first)
    smaller = cv2.resize(scene(1), (400, 300))
    again = seen(bank, photo(bank, smaller, received_at=bank.now + timedelta(days=9)))["reuse"]
    assert again.verdict == "act"
    assert again.detail["round"] == str(first.round)
    assert "reuse" not in seen(bank, photo(bank, scene(2)))


def test_looking_twice_at_one_photo_flags_nothing(bank):
    one = photo(bank, scene(1))
    seen(bank, one)
    assert "reuse" not in seen(bank, one)
    with scoped(bank.scope("Sun")):
        assert PhotoPrint.objects.count() == 1


def test_a_photo_of_another_branch_is_no_news_to_who_cannot_see_it(bank):
    seen(bank, photo(bank, scene(1), branch=bank.b03), who="Stranger")
    assert "reuse" not in seen(bank, photo(bank, scene(1)))
    found = seen(bank, photo(bank, scene(1), branch=bank.b03, received_at=bank.now + timedelta(days=1)), who="Hana")
    assert found["reuse"].verdict == "act"  # headquarters sees both


def test_the_camera_s_time_is_a_claim_that_is_asked_about_when_it_is_old(bank):
    fresh = seen(bank, photo(bank, scene(1), taken_claim=bank.now - timedelta(minutes=3)))["time"]
    old = seen(bank, photo(bank, scene(2), taken_claim=bank.now - timedelta(days=3)))["time"]
    ahead = seen(bank, photo(bank, scene(3), taken_claim=bank.now + timedelta(hours=1)))["time"]
    assert [one.verdict for one in (fresh, old, ahead)] == ["fine", "watch", "watch"]
    assert fresh.confidence <= 0.5


def test_a_photo_from_before_the_round_began_is_asked_about_and_one_that_claims_nothing_is_said_to(bank):
    began = bank.now - timedelta(minutes=30)
    old = seen(bank, photo(bank, scene(1), taken_claim=bank.now - timedelta(hours=3), began_at=began))["time"]
    just = seen(bank, photo(bank, scene(2), taken_claim=began - timedelta(minutes=5), began_at=began))["time"]
    none = seen(bank, photo(bank, scene(3), began_at=began))["time"]
    assert [one.verdict for one in (old, just, none)] == ["watch", "fine", "watch"]
    assert "巡检开始之前" in old.read and "不详" in none.read
    assert "time" not in seen(bank, photo(bank, scene(4), kind="signature"))


def dial(value, low=0.0, high=2.5):
    """A dial as extinguishers have it, drawn: the scale from 45 to 315 degrees, clockwise from straight down."""
    picture = np.full((800, 800, 3), 225, np.uint8)
    cv2.circle(picture, (400, 400), 330, (250, 250, 250), -1)
    cv2.circle(picture, (400, 400), 330, (40, 40, 40), 8)
    angle = np.radians(45 + 270 * (value - low) / (high - low))
    tip = (int(400 - np.sin(angle) * 250), int(400 + np.cos(angle) * 250))
    cv2.line(picture, (400, 400), tip, (20, 20, 20), 10)
    return picture


@pytest.mark.parametrize(
    ("value", "said", "verdict"),
    [
        (1.25, "green", "fine"),
        (0.5, "red", "fine"),
        (0.5, "green", "act"),
        (1.02, "green", "watch"),
        (1.25, None, "watch"),
    ],
)
def test_the_needle_of_a_dial_is_held_against_the_answer(bank, value, said, verdict):
    item = get("checklists", "onsite.extinguisher_monthly", date(2026, 11, 23)).value.item("gauge")
    found = seen(bank, photo(bank, dial(value), value=said, dial=item.dial))["dial"]
    assert found.verdict == verdict
    assert found.detail["value"] == pytest.approx(value, abs=0.06) and 0 < found.confidence <= 1


def test_a_picture_without_a_dial_is_left_to_a_person(bank):
    item = get("checklists", "onsite.extinguisher_monthly", date(2026, 11, 23)).value.item("gauge")
    flat = np.full((480, 640, 3), 128, np.uint8)
    assert seen(bank, photo(bank, flat, value="green", dial=item.dial))["dial"].verdict == "watch"


def test_a_display_that_was_photographed_is_held_against_the_number(bank):
    pytest.importorskip("rapidocr")
    picture = np.full((300, 640, 3), 255, np.uint8)
    cv2.putText(picture, "96 %", (120, 190), cv2.FONT_HERSHEY_DUPLEX, 4, (0, 0, 0), 9)
    item = get("checklists", "onsite.machine_room", date(2026, 11, 23)).value.item("battery")
    asked = {"item": "battery", "kind": item.kind, "unit": item.unit}
    same = seen(bank, photo(bank, picture, **asked, value=96.0))["number"]
    other = seen(bank, photo(bank, picture, **asked, value=69.0, digest="2" * 64))["number"]
    assert same.detail["value"] == other.detail["value"] == 96
    assert (same.verdict, other.verdict) == (("fine", "act") if not same.detail["doubts"] else ("watch", "watch"))


def test_the_label_of_another_thing_is_told(bank):
    segno = pytest.importorskip("segno")
    view = extinguisher(bank)

    def labelled(text):
        out = io.BytesIO()
        segno.make(text, error="q", micro=False).save(out, kind="png", scale=8, border=4)
        picture = scene(4)
        code = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), 1)
        picture[60 : 60 + code.shape[0], 80 : 80 + code.shape[1]] = code
        return photo(bank, picture, asset="fire-01")

    assert seen(bank, labelled(f"https://b.example/e/{view.public_code}"))["code"].verdict == "fine"
    assert seen(bank, labelled("https://b.example/e/xxxxxxxxxx#fire-01"))["code"].verdict == "fine"
    assert seen(bank, labelled("https://b.example/e/xxxxxxxxxx#fire-07"))["code"].verdict == "act"
    assert "code" not in seen(bank, photo(bank, scene(5), asset="fire-01"))


def label(expiry="2027-03-15"):
    from counterpoint.science.photos import drawn, fonts

    names = fonts.found()
    if not names:
        pytest.skip("no Chinese font on this machine")
    rows = (("", "灭火器维修合格证"), ("有效期至", expiry))
    flat = drawn._label(np.random.default_rng(1), rows, str(names[0]), {})
    return cv2.copyMakeBorder(flat, 120, 120, 120, 120, cv2.BORDER_CONSTANT, value=(120, 130, 140))


def test_the_date_on_a_label_is_held_against_the_answer(bank):
    pytest.importorskip("rapidocr")
    same = photo(bank, label(), item="valid", kind="date", value="2027-03-15")
    other = photo(bank, label(), item="valid", kind="date", value="2028-03-15")
    nothing = photo(bank, scene(6), item="valid", kind="date", value="2028-03-15")
    assert [seen(bank, one)["date"].verdict for one in (same, other, nothing)] == ["fine", "act", "watch"]


def test_what_is_no_picture_is_told_and_breaks_nothing(bank):
    assert seen(bank, photo(bank, b"hello"))["picture"].verdict == "watch"


# --- rounds ----------------------------------------------------------------------------------------------------------


def walked(bank, checklist, answers, asset=""):
    scope, now = bank.scope("Omar"), bank.now
    round_ = checklists.round_start(scope=scope, org_unit=bank.b01, checklist=checklist, now=now, asset=asset)
    for item, (value, files) in answers.items():
        checklists.answer_put(scope=scope, round=round_.id, item=item, value=value, files=files, now=now)
    return checklists.round_submit(scope=scope, round=round_.id, now=now)


def sent(bank, seed):
    out = io.BytesIO()
    Image.fromarray(scene(seed)).save(out, "JPEG")
    return checklists.photo_put(
        scope=bank.scope("Omar"), org_unit=bank.b01, content=out.getvalue(), now=bank.now
    ).digest  # fmt: skip


def test_a_failed_round_breaks_its_extinguisher_and_opens_one_rectification(bank):
    extinguisher(bank)
    answers = {
        "here": ("fire-01", ()), "gauge": ("", [sent(bank, 11)]), "pressure": ("red", ()), "seal": ("yes", ()),
        "valid": ("2027-03-15", [sent(bank, 12)]),
    }  # fmt: skip
    scored = walked(bank, "onsite.extinguisher_monthly", answers, asset="fire-01")
    assert not scored.passed
    with scoped(bank.scope("Sun")):
        fault = AssetFault.objects.select_related("asset__device").get()
    assert (fault.source, fault.extent, fault.asset.device.code) == ("round", "full", "fire-01")
    assert [one.case for one in scored.failed] == [fault.case]


def test_a_failed_item_about_the_only_kiosk_takes_it_out_of_the_hall(bank):
    kiosk(bank)
    content = {item.slug: item for item in pre_open().items}
    answers = {}
    for slug, item in content.items():
        if item.kind == "scan":
            continue
        value = {"yes_no": "yes", "number": 100.0 if item.unit == "%" else 3.0, "signature": ""}[item.kind]
        if slug in {"crs_cash", "ups_load"}:
            value = 50.0
        answers[slug] = (value, [sent(bank, 20)] if item.kind == "signature" else ())
    answers["kiosk_ticket"] = (9.0, [sent(bank, 21)])
    scored = walked(bank, "onsite.pre_open", answers)
    assert [one.item for one in scored.failed] == ["kiosk_ticket"]
    assert not works(bank)


def pre_open():
    return get("checklists", "onsite.pre_open", date(2026, 11, 23)).value
