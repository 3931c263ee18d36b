"""The floor plan's page: blind spots, ways out, who may see which layer, and what leads there."""

import re
from dataclasses import replace

import pytest
from django.utils import translation

from counterpoint.foundation.api import Device, scoped
from counterpoint.onsite import floors, shown_safety
from counterpoint.onsite.assets.actions import Papers, asset_add
from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.queries.floors import furnished
from counterpoint.onsite.tests.registered import broken, where
from counterpoint.onsite.tests.test_floors import body, value_of
from counterpoint.primitives.content import every
from counterpoint.ui import links

PAGE = "/onsite/floor"


@pytest.fixture
def found(bank):
    def read():
        return furnished(scope=bank.scope("Sun"), branch=bank.b01, on=bank.now.date())

    return read


def told(found, bank, language="en", **more):
    content = catalogue(bank.now.date(), "cn")
    with translation.override(language):
        return shown_safety.seen(found, content, language, **more)


def camera(bank, code="cam-05"):
    return asset_add(**where(bank), kind="camera", code=code, papers=Papers(name="自助区监控"))


class TestContent:
    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"cameras": [{"code": "c", "at": [0.3, 6], "direction": 0, "angle": 90, "reach": 5}]}, "inside of a wall"),
            ({"cameras": [{"code": "c", "at": [13, 6], "direction": 0, "angle": 90, "reach": 5}]}, "in the hall"),
            ({"cameras": [{"code": "c", "at": [12, 0], "direction": 0, "angle": 90, "reach": 5}] * 2}, "one code"),
            (
                {"assembly": [], "exits": [{"code": "x", "names": {"zh-hans": "门"}, "at": [1, 2]}]},
                "exit x stands in an obstacle",
            ),
            (
                {
                    "exits": [{"code": "main", "names": {"zh-hans": "门"}, "at": [7, 8.6]}],
                    "assembly": [{"names": {"zh-hans": "广场"}, "metres": {"back": 50}}],
                },
                "exit that is not on the plan",
            ),
        ],
    )  # fmt: skip
    def test_cameras_and_exits_that_cannot_be_are_refused(self, more, words):
        with pytest.raises(ValueError, match=words):
            value_of(body(**more))

    def test_without_exits_the_door_is_the_way_out_and_the_walks_stay_bit_for_bit(self):
        plain, marked = value_of(body(exits=[], assembly=[], cameras=[])), value_of(body())
        assert plain.outs is plain.walks
        assert (marked.walks.metres == plain.walks.metres).all()
        assert [one.code for one in marked.outs.plan.of("exit")] == ["main", "side"]

    def test_a_wrong_example_says_who_sees_the_point_or_how_long_the_way_is(self):
        floor = value_of(body())
        with translation.override("en"):
            told = floors.check_example(floor, {"point": [10.5, 1], "cameras": []})
            way = floors.check_example(floor, {"from": "chairs 1", "exit": "side", "metres": 6})
        assert told == "it is seen by ['cam-03']" and way == "the way is 5.90 m long"

    def test_the_demos_plans_have_the_cameras_of_the_demos_registers(self):
        from counterpoint.config.demo.lived_assets import GEAR

        many = GEAR["camera"][2]
        for item in every("floor_plans"):
            codes = [one.code for one in item.value.cameras]
            assert codes == [f"cam-{n:02d}" for n in range(1, many[item.key] + 1)]
            assert len(item.value.exit_names) == 2 and item.value.assembly

    def test_every_picture_that_a_plan_or_a_round_points_to_is_offered(self):
        from counterpoint.onsite.links import LAYERS

        steps = [step.see for item in every("playbooks") for step in item.value.steps if step.see]
        items = [one.see for item in every("checklists") for one in item.value.items if one.see]
        assert "evacuation" in steps and {"evacuation", "cameras"} <= set(items)
        assert set(steps) | set(items) <= set(LAYERS)


@pytest.mark.django_db
class TestBlindSpots:
    def test_each_has_a_number_a_size_a_zone_and_what_stands_in_it(self, bank, found):
        with scoped(bank.scope("Sun")):
            Device.objects.get_or_create(org_unit=bank.b01, code="stm4", defaults={"name": "智能柜台", "kind": "stm"})
        seen = told(found(), bank)
        assert [one.number for one in seen.spots] == list(range(1, len(seen.spots) + 1))
        assert sum(one.area for one in seen.spots) == pytest.approx(seen.area * (1 - seen.percent / 100), rel=0.1)
        machine = next(one for one in seen.spots if one.holds)
        assert (machine.holds, machine.level) == (("智能柜台",), "act") and "Self-service" in machine.zones

    def test_a_camera_that_is_out_of_order_sees_nothing_until_it_works(self, bank, found):
        camera(bank)
        before = told(found(), bank)
        broken(bank, "cam-05")
        after = told(found(), bank)
        assert (before.down, after.down) == ((), ("cam-05",))
        assert after.percent < before.percent and after.lost > 10
        assert len([s for s in after.drawing.under if s.kind == "view"]) == before.cameras - 1
        assert [m.text for m in after.drawing.marks if m.kind == "camera-down"] == ["cam-05"]

    def test_a_camera_on_one_side_only_is_told(self, bank, found):
        camera(bank, "cam-77")
        seen = told(found(), bank)
        assert seen.missing == ("cam-77",) and "cam-01" in seen.unknown


@pytest.mark.django_db
class TestWaysOut:
    def outs(self, found, bank, blocked=""):
        with translation.override("en"):
            return shown_safety.outs(found, catalogue(bank.now.date(), "cn"), "en", blocked)

    def test_every_window_and_machine_has_a_way_and_another_when_that_exit_is_blocked(self, bank, found):
        free = self.outs(found(), bank)
        here = found()
        assert {row.sign for row in free.rows} >= {str(n) for n in here.counters}
        for row in free.rows:
            nearest = [name for _code, name in free.exits].index(row.exit)
            assert row.otherwise[nearest] > 60 * row.minutes
            assert row.otherwise[1 - nearest] == pytest.approx(60 * row.minutes)
        assert free.worst > free.longest > 0

    def test_a_blocked_exit_leads_everybody_to_the_other(self, bank, found):
        outs = self.outs(found(), bank, "main")
        assert {row.exit for row in outs.rows} == {"East emergency exit"}
        assert outs.longest == pytest.approx(
            max(row.otherwise[0] for row in self.outs(found(), bank).rows) / 60, rel=0.05
        )
        assert [m.kind for m in outs.drawing.marks if m.kind.startswith("exit")] == ["exit-blocked", "exit"]

    def test_the_assembly_point_adds_the_way_outside(self, bank, found):
        outs = self.outs(found(), bank)
        row = next(one for one in outs.rows if one.exit == "Main entrance")
        assert row.outside == pytest.approx(row.minutes + 55 / 60)

    def test_with_one_exit_alone_nobody_has_another_way(self, bank, found):
        here = found()
        alone = replace(here, floor=value_of(body(exits=[], assembly=[])))
        outs = self.outs(alone, bank)
        assert len(outs.exits) == 1 and outs.worst is None and {row.otherwise for row in outs.rows} == {()}


@pytest.mark.django_db
class TestThePage:
    @pytest.mark.parametrize("layer", ["cameras", "evacuation", "walks"])
    def test_each_layer_is_drawn_with_nothing_cut_off_and_said_in_words(self, sign_in, layer):
        page = sign_in("Sun").get(f"{PAGE}?layer={layer}").content.decode()
        svg = re.search(r'<svg class="floor" viewBox="0 0 (\d+) (\d+)".*?</svg>', page, re.S)
        width, height = int(svg[1]), int(svg[2])
        corners = re.findall(r"(-?\d+),(-?\d+)", " ".join(re.findall(r'points="([^"]*)"', svg[0])))
        assert corners and all(0 <= int(x) <= width and 0 <= int(y) <= height for x, y in corners)
        assert "style=" not in svg[0] and 'aria-label="' in svg[0] and "data-print" in page
        words = {"cameras": "盲区", "evacuation": "集合点", "walks": "从等候座椅走过去"}
        assert words[layer] in page

    def test_blind_spots_are_for_leaders_and_lobby_managers_and_ways_out_for_everybody(self, sign_in):
        for who, sees in (("Sun", True), ("Ada", True), ("Omar", True), ("Mei", False)):
            page = sign_in(who).get(f"{PAGE}?layer=cameras").content.decode()
            assert ("floor-blind" in page) == sees == ('href="?layer=cameras"' in page), who
            assert 'href="?layer=evacuation"' in page

    def test_an_exit_is_blocked_by_its_code_and_an_unknown_one_blocks_nothing(self, sign_in):
        sun = sign_in("Sun")
        assert "floor-mark-exit-blocked" in sun.get(f"{PAGE}?layer=evacuation&blocked=side").content.decode()
        assert "floor-mark-exit-blocked" not in sun.get(f"{PAGE}?layer=evacuation&blocked=roof").content.decode()

    def test_without_a_plan_the_page_says_what_to_do(self, sign_in, monkeypatch):
        monkeypatch.setattr("counterpoint.onsite.queries.floors.floor_of", lambda branch, on: None)
        page = sign_in("Sun").get(PAGE)
        assert page.status_code == 200 and "/content/" in page.content.decode()
        assert '<svg class="floor"' not in page.content.decode()

    def test_it_costs_few_statements(self, sign_in, django_assert_max_num_queries):
        sun = sign_in("Sun")
        sun.get(PAGE)
        with django_assert_max_num_queries(20):
            sun.get(PAGE)


@pytest.mark.django_db
def test_the_fire_plan_and_the_safety_round_lead_to_the_picture(bank, sign_in):
    from counterpoint.primitives import checklists, playbooks

    sun = sign_in("Sun")
    assert "/onsite/floor?layer=evacuation" in sun.get("/plays/plan/risk.fire_evacuation/").content.decode()
    scope = bank.scope("Sun")
    made = checklists.round_start(scope=scope, org_unit=bank.b01, checklist="onsite.weekly_safety", now=bank.now)
    page = sun.get(f"/rounds/{made.id}").content.decode()
    assert "/onsite/floor?layer=cameras" in page and "/onsite/floor?layer=evacuation" in page
    with scoped(scope):
        play = playbooks.play_start(
            scope=scope, org_unit=bank.b01, playbook="risk.fire_evacuation", mode="drill", trigger="manual",
            now=bank.now,
        )  # fmt: skip
        playbooks.step_done(scope=scope, play=play.id, step="alarm", now=bank.now)
    assert "/onsite/floor?layer=evacuation" in sun.get(f"/plays/{play.id}/").content.decode()


def test_a_picture_that_nobody_offers_adds_no_link(rf):
    request = rf.get("/")
    request.branch = None
    assert links.at("primitives.see", request, "unknown") == []
