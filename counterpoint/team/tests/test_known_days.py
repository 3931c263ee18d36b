"""Known days: what they are to the forecast, said and taken back by people, by a sheet, by another system."""

import io
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from counterpoint.foundation import access
from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.science.demand import forecast, plain_days, synthetic_branch
from counterpoint.team import actions, api, knowing
from counterpoint.team.beforehand import ENOUGH, FURTHEST, Known, with_known
from counterpoint.team.models import KnownDay
from counterpoint.team.tests.stories import TUESDAY, WEEK, by, in_days, journal
from counterpoint.ui.leftovers import english_left

PAGE, SAY, BRING = reverse("team:known"), reverse("team:known-say"), reverse("team:known-bring")
EXCEL = reverse("team:known-excel")
START = date(2026, 9, 7)  # a Monday


def days(count, **more):
    """Open from Monday to Friday."""
    return plain_days(START, count, hours=dict.fromkeys(range(5), ((540, 1020),)), **more)


def on(n):
    return START + timedelta(days=n)


class TestWhatTheForecastIsGiven:
    def test_an_event_is_a_tag_of_its_own_on_open_days(self):
        given = days(14, tags={on(1): frozenset({"payday"})})
        told = [Known(on(1), "fair"), Known(on(1), "payday"), Known(on(5), "fair"), Known(on(99), "fair")]
        found, few = with_known(given, told, on(7))
        assert found[1].tags == {"payday", "event:payday", "event:fair"} and few == {}
        assert not any(day.tags for n, day in enumerate(found) if n != 1), "Saturday is closed"

    def test_an_amount_is_told_in_standard_deviations_of_the_past(self):
        given = days(42)
        opened = [day.date for day in given if day.is_open]
        past = [3.0, 5.0] * 10  # mean 4, sample standard deviation 1.026
        told = [Known(day, "rain", amount) for day, amount in zip(opened, [*past, 4.0, 6.0, 400.0], strict=False)]
        found, few = with_known(given, told, opened[20])
        values = {day.date: day.weather for day in found if day.weather}
        spread = (20 / 19) ** 0.5
        assert few == {} and len(values) == 23
        expected = [-1 / spread, 1 / spread, 0.0, 2 / spread, FURTHEST]
        assert [values[opened[n]]["rain"] for n in (0, 1, 20, 21, 22)] == pytest.approx(expected)

    @pytest.mark.parametrize(("amounts", "n"), [([1.0, 2.0] * 9 + [1.0], ENOUGH - 1), ([2.0] * 25, 25)])
    def test_too_few_or_always_the_same_is_not_learnt_from_and_named(self, amounts, n):
        given = days(60)
        opened = [day.date for day in given if day.is_open]
        told = [Known(day, "rain", amount) for day, amount in zip(opened, amounts, strict=False)]
        found, few = with_known(given, told, opened[30])
        assert few == {"rain": n} and not any(day.weather for day in found)

    def test_what_was_planted_is_found_again(self):
        """A fair brings 60 % more, rain of one standard deviation takes 15 % away."""
        branch = synthetic_branch(seed=3, days=196, daily=300)
        problem = branch.problem(14)
        opened = [day.date for day in problem.days if day.is_open]
        fairs = set(opened[4::9])
        rng = np.random.default_rng(5)
        rain = dict(zip(opened, rng.gamma(2.0, 4.0, len(opened)), strict=True))
        middle, spread = np.mean(list(rain.values())), np.std(list(rain.values()))
        first, second = [day for day in problem.horizon if day in opened][:2]
        told = [Known(day, "fair") for day in {*fairs - {second}, first}]
        told += [Known(day, "rain", amount) for day, amount in rain.items() if day not in (first, second)]
        told += [Known(first, "rain", middle), Known(second, "rain", middle + 2 * spread)]
        counts = problem.history.copy()
        factor = counts["date"].map(
            lambda day: (1.6 if day in fairs else 1.0) * 0.85 ** ((rain.get(day, middle) - middle) / spread)
        )
        counts["count"] = rng.poisson(counts["count"] * factor)
        changed, few = with_known(problem.days, told, problem.horizon[0])
        with_it = forecast(replace(problem, history=counts, days=changed), seed=1)
        without = forecast(replace(problem, history=counts), seed=1)
        assert few == {}

        def ratio(day):
            n = list(problem.horizon).index(day)
            return with_it.mean[:, n].sum() / without.mean[:, n].sum()

        usual = np.mean(list(factor))
        assert ratio(first) * usual == pytest.approx(1.6, rel=0.2)
        assert ratio(second) * usual == pytest.approx(0.85**2, rel=0.2)


def say(team, *told, name="Sun"):
    return api.known_say(**by(team, name), branch=team.b01, days=told)


def kept(team):
    with scoped(team.scope("Sun")):
        return list(KnownDay.objects.order_by("date", "name").values_list("date", "name", "amount"))


class TestSaying:
    def test_the_same_again_changes_nothing_and_another_amount_takes_its_place(self, team):
        assert say(team, Known(WEEK, " fair "), Known(WEEK, "rain", 3.0)) == 2
        assert say(team, Known(WEEK, "fair"), Known(WEEK, "rain", 3.0)) == 0
        assert say(team, Known(WEEK, "rain", 4.0)) == 1
        assert kept(team) == [(WEEK, "fair", None), (WEEK, "rain", 4.0)]
        told = {"days": 1, "first": WEEK.isoformat(), "last": WEEK.isoformat()}
        assert journal(team, "team.known_said") == [
            ("team.known_said", told | {"days": 2}), ("team.known_said", told),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            (Known(WEEK, "  "), "name"), (Known(WEEK, "x" * 41), "name"), (Known(in_days(500), "fair"), "date"),
            (Known(in_days(-900), "fair"), "date"), (Known(WEEK, "rain", float("nan")), "amount"),
            (Known(WEEK, "rain", 1e9), "amount"), (Known(TUESDAY, " fair", 2.0), "amount"),
        ],
    )  # fmt: skip
    def test_one_wrong_day_and_nothing_is_kept(self, team, wrong, field):
        with pytest.raises(Invalid) as refused:
            say(team, Known(TUESDAY, "fair"), wrong)
        assert refused.value.details["field"] == field and kept(team) == []

    def test_a_thousand_days_are_a_few_statements(self, team, django_assert_max_num_queries):
        told = [Known(in_days(n % 300 - 200), f"thing {n // 300}", float(n)) for n in range(1000)]
        assert say(team, *told) == 1000
        with django_assert_max_num_queries(30):
            assert say(team, *(replace(one, amount=-1.0) for one in told)) == 1000
        assert len(kept(team)) == 1000 and {amount for _on, _name, amount in kept(team)} == {-1.0}

    def test_only_leaders_say_and_take_back_at_their_branch(self, team):
        say(team, Known(WEEK, "fair"))
        with scoped(team.scope("Sun")):
            row = KnownDay.objects.get()
        for name in ("Mei", "Bo", "Otto"):
            with pytest.raises(Forbidden):
                say(team, Known(TUESDAY, "fair"), name=name)
        with pytest.raises(NotFound):
            actions.known_drop(**by(team, "Bo"), known_id=row.pk)
        with pytest.raises(Forbidden):
            actions.known_drop(**by(team, "Mei"), known_id=row.pk)
        actions.known_drop(**by(team, "Sun"), known_id=row.pk)
        assert kept(team) == [] and journal(team, "team.known_dropped")[0][1] == {"date": WEEK.isoformat()}


def file(text, name="days.csv"):
    return SimpleUploadedFile(name, text.encode())


def test_a_forecast_asked_for_again_in_the_minute_is_a_new_one_when_more_is_known(team):
    def asked():
        return api.forecast_make(**by(team, "Sun"), branch=team.b01, since=WEEK).pk

    first = asked()
    assert asked() == first
    say(team, Known(WEEK, "fair"))
    second = asked()
    assert second != first and asked() == second


class TestPage:
    def test_it_is_kept_found_taken_out_and_put_back(self, team, sign_in):
        sun = sign_in("Sun")
        page = sun.get(PAGE).content.decode()
        own = page[page.index("<main") : page.index("</main>")]
        assert "还没有记下任何日子" in own and english_left(own, ["Sun"]) == []
        sent = {"date": TUESDAY.isoformat(), "name": "社区集市", "amount": ""}
        assert sun.post(SAY, sent).status_code == 302
        found = sun.get(PAGE, {"q": "集市"})
        (row,) = found.context["rows"]
        assert "社区集市" in found.content.decode() and not sun.get(PAGE, {"q": "雨"}).context["rows"]
        back = sun.post(reverse("team:known-drop", args=[row.pk]))
        assert kept(team) == []
        form = sun.get(back["Location"]).context["form"]
        sun.post(SAY, {name: form[name].value() or "" for name in form.fields})
        assert kept(team) == [(TUESDAY, "社区集市", None)]

    def test_what_is_typed_wrong_comes_back_with_words(self, team, sign_in):
        answer = sign_in("Sun").post(SAY, {"date": in_days(700).isoformat(), "name": "fair", "amount": "3"})
        assert answer.status_code == 422 and "往前两年到往后一年" in answer.content.decode()
        assert answer.context["form"]["name"].value() == "fair" and kept(team) == []

    def test_a_sheet_is_kept_whole_or_not_at_all(self, team, sign_in):
        sun = sign_in("Sun")
        head = "日期,事项,数值\n"
        good = f"{head}2026-12-01,雨量,3.5\n2026/12/02,集市,\n"
        answer = sun.post(
            BRING, {"file": file(f"{good}2026-12-03,雨量,多\n,集市,\n2026-12-04,,1\n2026-12-02,集市,5\n")}
        )
        assert answer.status_code == 422 and kept(team) == []
        assert [row[0] for row in answer.context["problems"].rows] == [4, 5, 6, 7]
        assert sun.post(BRING, {"file": file(good)}).status_code == 302
        assert kept(team) == [(date(2026, 12, 1), "雨量", 3.5), (date(2026, 12, 2), "集市", None)]
        book = sun.get(EXCEL).content
        sun.post(BRING, {"file": SimpleUploadedFile("again.xlsx", book)})
        assert len(journal(team, "team.known_said")) == 1, "the saved file brought again changes nothing"
        assert load_workbook(io.BytesIO(book)).worksheets[0]["A1"].value

    def test_no_file_and_no_table_are_refused_with_words(self, team, sign_in):
        sun = sign_in("Sun")
        for sent in ({}, {"file": file("a,b\n1,2\n")}, {"file": file("hello", "x.pdf")}):
            answer = sun.post(BRING, sent, follow=True)
            assert answer.status_code == 200 and list(answer.context["messages"]) and kept(team) == []

    def test_who_reads_forecasts_sees_them_without_the_forms(self, team, sign_in):
        say(team, Known(WEEK, "fair"))
        page = sign_in("Rita").get(PAGE, {"branch": "b01"})
        if page.status_code == 200:
            assert SAY not in page.content.decode()
        assert sign_in("Mei").get(PAGE).status_code in (403, 404)

    def test_names_are_offered_the_latest_first(self, team):
        say(team, Known(in_days(-9), "fair"), Known(in_days(-1), "rain", 1.0), Known(in_days(-20), "rain", 2.0))
        assert knowing.names(scope=team.scope("Sun"), branch=team.b01) == ["rain", "fair"]


def test_a_weather_service_tells_its_branch_and_the_same_again_changes_nothing(team, client):
    with scoped(team.scope("Ada")):
        _row, token = access.enrol_device(
            scope=team.scope("Ada"), org_unit=team.b01, name="weather", verbs=("team.known.say",)
        )

    def send(*told):
        body = {"days": [{"date": day.isoformat(), "name": name, "amount": amount} for day, name, amount in told]}
        headers = {"Authorization": f"Bearer {token}"}
        return client.post("/api/v1/team/known-days", body, content_type="application/json", headers=headers)

    rows = [(WEEK, "雨量", 3.0), (TUESDAY, "雨量", 0.0), (TUESDAY, "停电", None)]
    assert send(*rows).json() == {"changed": 3} and send(*rows).json() == {"changed": 0}
    assert send((WEEK, "雨量", 2.0), (WEEK, "", 1.0)).status_code == 422
    assert len(kept(team)) == 3 and kept(team)[0] == (WEEK, "雨量", 3.0)
