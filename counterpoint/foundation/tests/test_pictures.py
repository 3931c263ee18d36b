"""Pictures as phones take them: upright, of any kind a camera writes, and small enough to keep."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from counterpoint.foundation import files
from counterpoint.foundation.files import UnsafeFile

ORIENTATION = 0x0112


def quarters(size=(40, 20)):
    """A picture whose upper left quarter is red, so that turning it shows."""
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    return picture


def written(picture, kind="JPEG", **more):
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def kept(content, name="photo.jpg"):
    with Image.open(io.BytesIO(files.check(name, content).content)) as picture:
        return picture.copy()


def red_corner(picture):
    """Which corner is red: up or down, left or right."""
    width, height = picture.size
    spots = {
        "upper left": (2, 2), "upper right": (width - 3, 2),
        "lower left": (2, height - 3), "lower right": (width - 3, height - 3),
    }  # fmt: skip
    return {name for name, spot in spots.items() if picture.getpixel(spot)[1] < 100}


# What the camera says of its sensor's first row and column, and where the red corner must then be seen.
@pytest.mark.parametrize(
    ("orientation", "corner", "size"),
    [
        (1, "upper left", (40, 20)),
        (2, "upper right", (40, 20)),
        (3, "lower right", (40, 20)),
        (4, "lower left", (40, 20)),
        (5, "upper left", (20, 40)),
        (6, "upper right", (20, 40)),
        (7, "lower right", (20, 40)),
        (8, "lower left", (20, 40)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_is_kept_upright(orientation, corner, size, kind):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    seen = kept(written(quarters(), kind, exif=exif.tobytes()))
    assert seen.size == size and red_corner(seen) == {corner}
    assert ORIENTATION not in seen.getexif()


def test_a_phones_picture_with_a_preview_behind_it_keeps_the_picture():
    """Multi-picture JPEG: many phones put a depth map or preview behind the photograph."""
    content = written(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (40, 20), "blue")])
    seen = kept(content)
    assert seen.format is None and seen.size == (40, 20) and red_corner(seen) == {"upper left"}
    assert len(files.check("photo.jpg", content).content) < len(content)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(kind):
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue")]
    with pytest.raises(UnsafeFile):
        files.check("a", written(frames[0], kind, save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "RGB"])
def test_every_kind_of_colour_becomes_plain_colour(mode):
    picture = Image.new(mode, (12, 8))
    seen = kept(written(picture, "JPEG" if mode == "CMYK" else "PNG"))
    assert seen.mode == "RGB" and seen.size == (12, 8)


@settings(max_examples=12)
@given(st.integers(1, 4000), st.integers(1, 4000))
def test_a_picture_keeps_its_shape_and_no_side_is_longer_than_allowed(width, height):
    content = written(Image.new("1", (width, height)), "PNG")
    seen = kept(content, "scan.png")
    longest = max(width, height)
    share = min(1.0, files.MAX_SIDE / longest)
    assert max(seen.size) == min(longest, files.MAX_SIDE)
    assert abs(seen.width - width * share) <= 1 and abs(seen.height - height * share) <= 1


@pytest.mark.parametrize(("size", "kept_"), [((5000, 5000), True), ((5001, 5000), False)])
def test_the_limit_of_pixels_is_to_the_pixel(size, kept_):
    content = written(Image.new("1", size), "PNG")
    if kept_:
        assert files.check("a.png", content).media_type == "image/jpeg"
    else:
        with pytest.raises(UnsafeFile):
            files.check("a.png", content)


@pytest.mark.parametrize(
    ("name", "start", "limit"),
    [
        ("a.pdf", b"%PDF-1.7\n", files.LIMITS["image"]),
        ("a.jpg", b"\xff\xd8\xff", files.LIMITS["image"]),
        ("a.xlsx", b"PK\x03\x04", files.LIMITS["sheet"]),
    ],
)
def test_a_file_of_one_byte_too_many_is_refused_before_it_is_read(name, start, limit):
    with pytest.raises(UnsafeFile) as refused:
        files.check(name, start + bytes(limit + 1 - len(start)))
    assert str(limit // files.MEGABYTE) in refused.value.message


def test_a_file_of_exactly_the_limit_is_not_too_large():
    content = b"%PDF-1.7\n" + bytes(files.LIMITS["image"] - 9)
    assert len(files.check("a.pdf", content).content) == 20 * files.MEGABYTE


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "\u5386\u53f2.tsv", "x.tar.txt", "a.json"])
def test_text_is_known_by_its_name_since_it_has_no_mark(name):
    assert files.check(name, "\u5e8f\u53f7,\u4e1a\u52a1\n".encode()).media_type == "text/csv"


@pytest.mark.parametrize("name", ["a", "a.csv.exe", "csv", "a.htm", ".csv"])
def test_text_of_another_name_is_refused(name):
    with pytest.raises(UnsafeFile, match=r"CSV"):
        files.check(name, b"a,b\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "\u5e8f\u53f7,1\n".encode("utf-16")),
        ("a.csv", b"\0"),
        ("a.jpg", b"\xff\xd8"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WAVE"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
    ids=["UTF-16", "a zero byte", "two bytes of a JPEG", "sound in a picture's wrapper", "Excel of before 2007"],
)
def test_what_has_no_known_mark_is_refused_with_what_to_send_instead(name, content):
    with pytest.raises(UnsafeFile) as refused:
        files.check(name, content)
    assert refused.value.status == 422 and refused.value.code == "unsafe_file"
    assert all(word in refused.value.message for word in ("CSV", ".xlsx", "PDF", "JPEG"))
