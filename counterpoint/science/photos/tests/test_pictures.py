"""Pictures that were drawn with their truth: labels, codes, shake, copies, dials. Skipped without the extra `web`."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from counterpoint.science import photos

cv2 = pytest.importorskip("cv2")
drawn = pytest.importorskip("counterpoint.science.photos.drawn")
pytest.importorskip("PIL")


@pytest.fixture(scope="module")
def fonts():
    from counterpoint.science.photos.fonts import found

    names = found()
    if not names:
        pytest.skip("no Chinese font on this machine")
    return names


def scene(seed=0, size=(600, 800)):
    """A picture with things in it, no two alike."""
    rng = np.random.default_rng(seed)
    out = np.full((*size, 3), rng.integers(60, 200, 3), np.uint8)
    for _ in range(25):
        corner, reach = rng.integers(0, size[1], 2), rng.integers(20, 220, 2)
        colour = tuple(int(c) for c in rng.integers(0, 255, 3))
        cv2.rectangle(out, tuple(map(int, corner)), tuple(map(int, corner + reach)), colour, -1)
    return out


def jpeg(picture, quality=85):
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


@pytest.mark.parametrize("seed", [11, 12, 14, 15])
def test_an_easy_label_is_read_or_doubted_never_wrong(seed, fonts):
    pytest.importorskip("rapidocr")
    label = drawn.draw(seed, fonts, hardness=0.2)
    found = photos.read_label(label.picture).expiry
    if found is not None and found.sure:
        assert (found.on, found.precision) == (label.expiry, label.precision)


def test_a_plain_label_is_surely_read_whichever_way_the_phone_was_held(fonts):
    pytest.importorskip("rapidocr")
    traits = {}
    rows = (("", "灭火器维修合格证"), ("生产日期", "2022-03-15"), ("有效期至", "2027-03-15"))
    flat = drawn._label(np.random.default_rng(1), rows, str(fonts[0]), traits)
    framed = cv2.copyMakeBorder(flat, 200, 200, 200, 200, cv2.BORDER_CONSTANT, value=(120, 130, 140))
    for turn in range(4):
        found = photos.read_label(np.ascontiguousarray(np.rot90(framed, turn)))
        assert found.expiry is not None
        assert found.expiry.sure, found
        assert found.expiry.on.isoformat() == "2027-03-15"
        assert found.made.on.isoformat() == "2022-03-15"


def test_an_empty_wall_says_nothing():
    pytest.importorskip("rapidocr")
    wall = np.full((480, 640, 3), 180, np.uint8)
    assert photos.read_label(wall).expiry is None
    assert photos.codes(wall) == ()
    assert photos.sharpness(wall).verdict == "unsure"


def test_a_display_is_read_with_its_unit(fonts):
    pytest.importorskip("rapidocr")
    rows = (("", "UPS"), ("电池容量", "87%"), ("输入电压", "221.5V"))
    flat = drawn._label(np.random.default_rng(4), rows, str(fonts[0]), {})
    found = photos.read_number(flat, "%")
    assert (found.value, found.sure) == (87.0, True)
    assert photos.read_number(flat, "V").value == 221.5
    assert photos.read_number(flat, "MPa") is None


def test_a_code_in_a_photo_is_read():
    segno = pytest.importorskip("segno")
    pytest.importorskip("zxingcpp")
    out = io.BytesIO()
    segno.make("A/7kq2m9x4td", error="m").save(out, kind="png", scale=8, border=4)
    code = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    picture = scene(3)
    picture[100 : 100 + code.shape[0], 150 : 150 + code.shape[1]] = code
    turned = cv2.warpAffine(picture, cv2.getRotationMatrix2D((400, 300), 28, 0.9), (800, 600))
    assert [c.text for c in photos.codes(turned)] == ["A/7kq2m9x4td"]


def test_shake_is_blurred_and_noise_is_not():
    still = scene(5, (960, 1280))
    assert photos.sharpness(still).verdict == "sharp"
    noisy = np.clip(still + np.random.default_rng(1).normal(0, 10, still.shape), 0, 255).astype(np.uint8)
    assert photos.sharpness(noisy).verdict == "sharp"
    shaken = np.clip(drawn._shaken(still.astype(np.float32), 25, 0), 0, 255).astype(np.uint8)
    assert photos.sharpness(shaken).verdict == "blurred"
    soft = cv2.GaussianBlur(still, (0, 0), 6)
    assert photos.sharpness(soft).verdict == "blurred"


def test_a_photo_that_was_sent_again_is_known_and_another_is_not():
    first = scene(7)
    original = photos.fingerprint(jpeg(first), first)
    smaller = cv2.resize(first, (400, 300), interpolation=cv2.INTER_AREA)
    again = photos.fingerprint(jpeg(smaller, 40), cv2.imdecode(np.frombuffer(jpeg(smaller, 40), np.uint8), 1))
    assert original.sha256 != again.sha256
    assert photos.judged(original.distance(again)) == "same"
    other = scene(8)
    assert photos.judged(original.distance(photos.fingerprint(jpeg(other), other))) == "other"
    assert original.distance(original) == 0


def test_the_time_of_the_camera_is_a_claim_with_its_zone():
    from PIL import Image

    picture = Image.new("RGB", (8, 8))
    notes = Image.Exif()
    notes[0x0132] = "2026:11:20 08:00:00"
    details = notes.get_ifd(0x8769)
    details[0x9003] = "2026:11:23 10:31:05"
    details[0x9011] = "+08:00"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=notes)
    claim = photos.claimed(out.getvalue())
    assert claim.taken
    assert claim.at == datetime(2026, 11, 23, 2, 31, 5, tzinfo=UTC)
    assert claim.at.utcoffset() == timedelta(hours=8)
    bare = io.BytesIO()
    picture.save(bare, "JPEG")
    assert photos.claimed(bare.getvalue()) is None
    assert photos.claimed(b"no picture") is None


def dial(share, begins=45.0, ends=315.0):
    """A gauge drawn with its needle at a share of the scale."""
    out = np.full((600, 600, 3), 90, np.uint8)
    cv2.circle(out, (300, 300), 240, (250, 250, 250), -1)
    cv2.circle(out, (300, 300), 240, (20, 20, 20), 8)
    for tick in np.linspace(begins, ends, 11):
        way = np.array([-np.sin(np.deg2rad(tick)), np.cos(np.deg2rad(tick))])
        a, b = (300 + way * 205).astype(int), (300 + way * 228).astype(int)
        cv2.line(out, tuple(map(int, a)), tuple(map(int, b)), (20, 20, 20), 4)
    way = np.deg2rad(begins + share * (ends - begins))
    tip = (int(300 - np.sin(way) * 180), int(300 + np.cos(way) * 180))
    cv2.line(out, (300, 300), tip, (20, 20, 20), 9)
    cv2.circle(out, (300, 300), 18, (20, 20, 20), -1)
    return out


def test_a_needle_is_read_within_two_hundredths_of_the_scale():
    for share in np.linspace(0.05, 0.95, 7):
        found = photos.read_gauge(dial(float(share)), photos.Dial(0.0, 2.5))
        assert found.sure
        assert abs(found.value - 2.5 * share) < 0.05
    assert photos.read_gauge(np.full((300, 300, 3), 128, np.uint8), photos.Dial(0, 1)) is None


def test_bytes_that_are_no_picture_are_refused():
    with pytest.raises(ValueError, match="no JPEG"):
        photos.decoded(b"hello")
    with pytest.raises(ValueError, match="no JPEG"):
        photos.decoded(b"")
