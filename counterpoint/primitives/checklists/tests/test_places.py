"""Where an answer was given: distances against known ones, and what can be said of a place."""

from types import SimpleNamespace

import pytest

from counterpoint.primitives.checklists import places
from counterpoint.primitives.checklists.definition import Item, MachineSpot, Spot
from counterpoint.primitives.checklists.scoring import Given, Ground, score
from counterpoint.primitives.checklists.tests.test_scoring import NAMES, ON, checklist, item

BUND = Spot(31.2400, 121.4900)


def noted(north=0.0, accuracy=20):
    """A place so many metres north of the Bund."""
    return {"lat": BUND.latitude + north / 111_195, "lon": BUND.longitude, "accuracy": accuracy}


def test_distances_are_those_of_the_earth():
    assert places.metres(Spot(0, 0), Spot(1, 0)) == pytest.approx(111_195, rel=1e-4)  # a degree of latitude
    beijing, shanghai = Spot(39.9042, 116.4074), Spot(31.2304, 121.4737)
    assert places.metres(beijing, shanghai) == pytest.approx(1_067_000, rel=2e-3)
    assert places.metres(Spot(0, 179.9995), Spot(0, -179.9995)) == pytest.approx(111.2, rel=1e-3)


@pytest.mark.parametrize(
    ("given", "verdict", "why"),
    [
        (noted(290), "good", ""),
        (noted(315), "good", ""),  # within the radius and what the phone is unsure by
        (noted(330), "bad", ""),
        (noted(5000, 2000), "bad", ""),  # rough, and yet plainly elsewhere
        (noted(100, 900), "unchecked", "coarse"),
        ({"lat": 31.24, "lon": 121.49}, "unchecked", "coarse"),
    ],
)
def test_a_place_is_good_within_radius_and_accuracy_and_never_silently(given, verdict, why):
    found = places.judged(given, BUND, 300)
    assert (found.verdict, found.why) == (verdict, why)


def test_without_coordinates_of_the_branch_a_place_is_not_checked_and_not_counted():
    asked = checklist(item("spot", "place", weight=5), item("a"))
    answers = {"spot": Given(noted()), "a": Given("yes")}
    found = score(asked, answers, ON)
    assert found.slugs("unchecked") == ("spot",) and (found.percent, found.passed) == (100.0, True)
    here = score(asked, answers, ON, ground=Ground(spot=Spot(31.0, 121.0)))
    assert here.slugs("bad") == ("spot",) and here.percent == pytest.approx(16.67)
    assert here.failed[0].place.metres > 50_000


def test_a_place_away_is_held_against_its_machine_or_its_own_spot_and_never_the_branch():
    away = Item("spot", NAMES, "place", away=True, spots=(MachineSpot("off-01", 31.24, 121.49),))
    assert places.wanted(away, "off-01", Spot(0, 0)) == BUND
    assert places.wanted(away, "off-02", Spot(0, 0)) is None
    assert places.wanted(Item("spot", NAMES, "place", at=BUND), "", Spot(0, 0)) == BUND
    assert places.wanted(Item("spot", NAMES, "place"), "", BUND) == BUND


def test_a_branch_lies_where_it_was_entered_and_nowhere_else():
    assert places.spot_of(SimpleNamespace(latitude=31.24, longitude=121.49)) == BUND
    assert places.spot_of(SimpleNamespace(latitude=31.24, longitude=None)) is None
    assert places.spot_of(SimpleNamespace(latitude=None, longitude=None)) is None


def test_only_the_label_of_the_point_is_good_and_each_branch_has_its_own():
    one, other = SimpleNamespace(pk="1"), SimpleNamespace(pk="2")
    asked = checklist(Item("p", NAMES, "scan", point="entrance"))
    code = places.code_of(one, "entrance")
    assert code == places.code_of(one, "entrance") != places.code_of(other, "entrance")
    ground = Ground(points=places.codes(one, asked))
    for value, verdict in ((code, "good"), (places.code_of(other, "entrance"), "bad"), ("entrance", "bad")):
        assert score(asked, {"p": Given(value)}, ON, ground=ground).slugs(verdict) == ("p",)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "yes_no", "point": "a"}, {"kind": "scan", "point": "a", "asset": "atm"}, {"kind": "scan", "at": BUND}],
)
def test_what_does_not_belong_to_an_item_is_refused(wrong):
    with pytest.raises(ValueError, match=r"点|位置|belongs"):
        Item("a", NAMES, **wrong)
