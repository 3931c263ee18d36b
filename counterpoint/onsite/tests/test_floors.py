"""Floor plans: content, the walk in the hall's twin and in what if, and the picture on the simulation check."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from django.utils import translation

from counterpoint.foundation.api import scoped
from counterpoint.foundation.models import Counter, Device
from counterpoint.onsite import floors, futures, shown_floor
from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.queries.floors import furnished
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.whatif_days import GROUND, changed
from counterpoint.onsite.whatif import scenario as questions
from counterpoint.onsite.whatif import translate
from counterpoint.primitives.content import every, kind_of
from counterpoint.science import twin
from counterpoint.science.twin.kernel import layout

FILE = Path(floors.__file__).parent / "content" / "floor_plans" / "branch.yaml"
COMMON = {"key", "version", "source", "mark", "effective_from", "examples"}


def body(**more):
    """The body of the small hall's plan, as the loader hands it over."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    small = next(row for row in rows if row["key"] == "small")
    return {name: value for name, value in small.items() if name not in COMMON} | more


def value_of(body):
    with translation.override("en"):
        return kind_of("floor_plans").value_of("small", body)


@pytest.fixture
def model(bank):
    """The hall's twin of b01, now."""

    def read(branch=None):
        scope = bank.scope("Sun")
        with scoped(scope):
            hall = hall_of(scope=scope, branch=branch or bank.b01, now=bank.now)
            return futures.model_of(hall)

    return read


class TestContent:
    def test_every_example_holds_and_the_demo_bank_has_a_plan_for_each_branch(self):
        from counterpoint.config.demo import cast

        plans = every("floor_plans")
        assert all(floors.check_example(item.value, one) == "" for item in plans for one in item.examples)
        for branch in cast.plans():
            fitting = [item.value for item in plans if item.value.branches.get(branch.code) == branch.name]
            assert len(fitting) == 1, branch.code
            plan = fitting[0].plan
            assert {p.code for p in plan.of("counter")} == {str(n) for n, _ in enumerate(branch.counters, 1)}
            served = {code for code, _name, kind in branch.devices if kind != "screen"}
            assert {p.code for p in plan.of("device")} == served

    def test_a_wrong_example_is_told_with_the_length_found(self):
        floor = value_of(body())
        with translation.override("en"):
            told = floors.check_example(floor, {"from": "chairs", "to": "crs2", "metres": 4.9})
        assert told == "the way is 4.88 m long"

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"sofa": 1}, "sofa: is no field"),
            ({"size": [12]}, "size.1: is missing"),
            ({"door": ["7", 8]}, "door.0: must be a number"),
            ({"counters": {1: [1, 2]}}, "counter 1 stands in an obstacle"),
            ({"chairs": []}, "where the waiting chairs stand"),
            ({"obstacles": [{"kind": "wall", "from": [0, 3.4], "to": [12, 3.6]}]}, "No way leads from all chairs"),
        ],
    )  # fmt: skip
    def test_a_plan_that_nobody_can_walk_in_is_refused(self, more, words):
        with pytest.raises(ValueError, match=words):
            value_of(body(**more))


@pytest.mark.django_db
class TestInTheHall:
    def test_a_branch_is_meant_by_code_and_name(self, bank):
        on = bank.now.date()
        assert floors.floor_of(bank.b01, on).key == "flagship"
        bank.b01.name = "别家支行"
        assert floors.floor_of(bank.b01, on) is None

    def test_without_a_fit_people_walk_to_windows_and_machines(self, bank, model):
        floor = floors.floor_of(bank.b01, bank.now.date())
        found = model()
        assert {c.code: c.walk for c in found.counters} == {
            c.code: floor.walks.minutes("counter", c.code) for c in found.counters
        }
        assert all(c.walk > 0 for c in found.counters)

    def test_with_a_fit_the_walk_to_windows_is_in_what_was_measured(self, bank):
        plain = twin.BranchModel(
            (twin.Service("S", twin.Duration(4.0)),), (twin.Counter("1", ("S",)), twin.Counter("99", ("S",))),
            devices=(twin.Device("crs1", "crs"), twin.Device("new", "crs")),
        )  # fmt: skip
        floor = floors.floor_of(bank.b01, bank.now.date())
        measured = floors.with_walking(plain, floor, True)
        assert measured.counters == plain.counters
        assert [d.walk for d in measured.devices] == [floor.walks.minutes("device", "crs1"), 0.0]
        assert floors.with_walking(plain, floor, False).counters[0].walk > 0
        assert floors.with_walking(plain, None, False) is plain

    def test_a_branch_without_a_plan_is_as_it_was(self, bank, model, monkeypatch):
        monkeypatch.setattr(futures, "floor_of", lambda branch, on: None)
        found = model()
        assert not any(place.walk for place in (*found.counters, *found.devices)) and found.plain

    def test_who_is_being_served_had_walked_before_the_service_began(self, bank, hall):
        ticket = hall.take()
        hall.open(1)
        hall.serve(ticket)
        hall.later(minutes=2)
        with hall.scoped():
            state = futures.state_of(hall_of(scope=hall.sun, branch=hall.branch, now=hall.now))
        walk = state.model.counters[0].walk
        began, lead = state.customer_times()[0, [layout.T_START, layout.T_LEAD]]
        assert walk > 0 and lead == walk and began == pytest.approx(state.now - 2 - walk)

    def test_the_model_that_a_check_fits_knows_no_walk(self, bank):
        scope = bank.scope("Sun")
        with scoped(scope):
            planned = futures.planned_model(hall_of(scope=scope, branch=bank.b01, now=bank.now))
        assert not any(place.walk for place in (*planned.counters, *planned.devices))


class TestWhatIf:
    def test_the_walk_stands_at_the_windows_and_machines_of_the_ground(self):
        ground = changed(
            desks=tuple(replace(d, walk=d.number / 10) for d in GROUND.desks),
            machines=tuple(replace(m, walk=0.3) for m in GROUND.machines),
        )
        found = translate.model_of(ground, questions.Scenario())
        assert [c.walk for c in found.counters] == [0.1, 0.2, 0.3, 0.4, 0.5]
        assert {d.walk for d in found.devices} == {0.3}

    def test_a_longer_walk_lets_people_wait_longer(self):
        def waited(walk):
            ground = changed(desks=tuple(replace(d, walk=walk) for d in GROUND.desks))
            given = translate.inputs(ground, questions.Scenario())
            done = twin.simulate(given.model, given.staffing, given.rates, 30, seed=1, start_minute=given.start)
            return done.kpis["wait_mean"].mean()

        assert waited(0.0) < waited(1.0) < waited(2.0)


@pytest.mark.django_db
class TestThePicture:
    @pytest.fixture
    def drawn(self, bank):
        scope, on = bank.scope("Sun"), bank.now.date()
        found = furnished(scope=scope, branch=bank.b01, on=on)
        return lambda measured: shown_floor.picture(found, catalogue(on, "cn"), "en", measured)

    def test_a_machine_that_was_taken_out_of_use_is_drawn_no_more(self, bank):
        """Nobody walks to it; its place on the plan stays free for the one that comes after it."""
        scope, on = bank.scope("Sun"), bank.now.date()
        code = next(one.code for one in floors.floor_of(bank.b01, on).plan.places if one.kind == "device")

        def rows():
            found = furnished(scope=scope, branch=bank.b01, on=on)
            return {row.name for row in shown_floor.picture(found, catalogue(on, "cn"), "zh-hans", False).rows}

        with scoped(scope):
            Device.objects.filter(org_unit=bank.b01, code=code).delete()
            gone = Device.objects.create(org_unit=bank.b01, code=code, name="旧智能柜台", kind="stm")
        assert "旧智能柜台" in rows()
        with scoped(scope):
            Device.objects.filter(pk=gone.pk).update(retired_at=bank.now)
        assert "旧智能柜台" not in rows()

    def test_windows_and_machines_of_the_branch_have_rows_with_their_walk(self, bank, drawn):
        plan = drawn(False)
        with scoped(bank.scope("Sun")):
            numbers = set(Counter.objects.filter(org_unit=bank.b01).values_list("number", flat=True))
            kinds = ("crs", "stm")
            machines = set(Device.objects.filter(org_unit=bank.b01, kind__in=kinds).values_list("name", flat=True))
        walks = floors.floor_of(bank.b01, bank.now.date()).walks
        assert {int(row.sign) for row in plan.rows if row.sign.isdecimal()} == numbers
        assert {row.name for row in plan.rows if not row.sign.isdecimal()} <= machines
        first = next(row for row in plan.rows if row.sign == "1")
        assert first.minutes == walks.minutes("counter", "1") and first.metres == pytest.approx(60 * first.minutes)
        assert all(row.used for row in plan.rows)
        assert {row.used for row in drawn(True).rows if row.sign.isdecimal()} == {False}

    def test_the_page_draws_it_in_the_readers_language_with_nothing_cut_off(self, bank, sign_in):
        sun = sign_in("Sun")
        page = sun.get("/onsite/trust").content.decode()
        assert "从等候座椅走过去" in page and "1 号窗口" in page and "现金柜台区" in page
        svg = re.search(r'<svg class="floor" viewBox="0 0 (\d+) (\d+)".*?</svg>', page, re.S)
        width, height = int(svg[1]), int(svg[2])
        corners = re.findall(r"(-?\d+),(-?\d+)", " ".join(re.findall(r'points="([^"]*)"', svg[0])))
        assert corners and all(0 <= int(x) <= width and 0 <= int(y) <= height for x, y in corners)
        assert re.search(r"\d+ 秒</text>", svg[0]) and "style=" not in svg[0]
        sun.cookies["counterpoint-language"] = "en"
        english = sun.get("/onsite/trust").content.decode()
        assert "Walking from the chairs" in english and "Cash counters" in english

    def test_without_a_plan_the_page_is_as_it_was(self, sign_in, monkeypatch):
        monkeypatch.setattr("counterpoint.onsite.queries.floors.floor_of", lambda branch, on: None)
        page = sign_in("Sun").get("/onsite/trust")
        assert page.status_code == 200 and "floor-plan" not in page.content.decode()
