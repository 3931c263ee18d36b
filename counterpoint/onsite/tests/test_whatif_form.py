"""The form as a browser would send it: whatever it shows, sending it unchanged asks the same question again."""

import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import HealthCheck, given, settings

from counterpoint.onsite.tests.test_whatif_scenario import scenarios, sent
from counterpoint.onsite.tests.whatif_days import GROUND, changed
from counterpoint.onsite.whatif import form, words
from counterpoint.onsite.whatif.ground import Worker
from counterpoint.onsite.whatif.scenario import Added, Scenario, Slow, Span, Surge, query, read


class Sender(HTMLParser):
    """Collects what a browser sends of a form: values of inputs, the chosen option of each select."""

    def __init__(self):
        super().__init__()
        self.fields, self.select, self.options = [], None, []
        self.labels = set()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "input" and found.get("name"):
            if found.get("type") == "range":  # a browser moves a value between two steps to the nearest step
                assert (int(found["value"]) - int(found["min"])) % int(found["step"]) == 0
            self.fields.append((found["name"], found.get("value", "")))
        elif tag == "select":
            self.select, self.options = found["name"], []
        elif tag == "option":
            self.options.append((found.get("value", ""), "selected" in found))
        if tag in ("input", "select") and "aria-label" in found:
            self.labels.add(found["name"])

    def handle_endtag(self, tag):
        if tag == "select":
            chosen = [value for value, selected in self.options if selected]
            assert len(chosen) <= 1, f"{self.select} stands at {chosen}"
            self.fields.append((self.select, chosen[0] if chosen else self.options[0][0]))


def drawn(scenario, ground=GROUND, language="en"):
    """The form's HTML for a scenario."""
    with translation.override(language):
        names = words.names_of(ground, language, "cn")
        shown = form.fields(ground, scenario, names)
        given = {"form": shown, "place": {"code": "b01"}, "asked": {"plan": ""}}
        return render_to_string("onsite/parts/whatif_form.html", given)


def resent(scenario, ground=GROUND):
    """What the server reads when the drawn form is sent as it stands."""
    sender = Sender()
    sender.feed(drawn(scenario, ground))
    fields = parse_qs(urlencode(sender.fields), keep_blank_values=True)
    return read(fields, ground)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(scenarios)
def test_the_form_sent_as_it_stands_asks_the_same_question(scenario):
    assert resent(scenario) == (scenario, ())


ONE_CHANGE = {
    "customers": Scenario(arrivals=35),
    "fewer customers of a skill": Scenario(groups=(("wealth", -25),)),
    "a surge of a tier": Scenario(surges=(Surge("large_cash", 44, 600, 615, "vip"),)),
    "somebody absent": Scenario(posts=(("wen", "off"),)),
    "somebody moved": Scenario(posts=(("lin", "lobby"),)),
    "two more": Scenario(added=(Added("cash", 1, 540, 1020), Added("lobby", 2, 600, 700))),
    "a window closed": Scenario(closed=(Span("3", 541, 1019),)),
    "a kind of machine out": Scenario(outages=(Span("crs", 600, 720),)),
    "slow": Scenario(slow=Slow(55, 600, 660)),
    "no priority": Scenario(seniors=False, vips=False),
    "a service first": Scenario(first="transfer"),
    "a promise": Scenario(promise=8),
    "no machines": Scenario(uptake=0),
    "lunch": Scenario(lunch="staggered"),
    "one lunch": Scenario(moved=(("mei", 780),)),
}


@pytest.mark.parametrize("scenario", ONE_CHANGE.values(), ids=ONE_CHANGE)
def test_every_kind_of_change_has_its_field(scenario):
    assert resent(scenario) == (scenario, ())
    assert drawn(scenario) != drawn(Scenario())


def test_groups_with_a_change_stand_open_and_others_are_folded():
    def opened(scenario):
        return drawn(scenario).count('<details class="block" open>')

    assert opened(Scenario()) == 1
    for name in ("somebody absent", "a window closed", "slow", "a promise", "lunch", "a service first", "no priority"):
        assert opened(ONE_CHANGE[name]) == 2, name


def test_every_field_has_a_name_to_be_read_aloud():
    text = drawn(Scenario())
    sender = Sender()
    sender.feed(text)
    people = {name for name, _value in sender.fields if name.startswith(("post_", "lunch_"))}
    assert people == sender.labels
    assert len(people) == 2 * len(GROUND.workers)


def test_people_that_only_a_number_stands_for_are_called_by_their_post():
    ground = changed(workers=(Worker("cash-2", "", 540, 1020, None, ((540, 1020, "cash"),), ("cash",)),))
    assert "Cash 2" in drawn(Scenario(), ground)
    assert "lunch_cash-2" not in drawn(Scenario(), ground)


def test_a_branch_without_machines_is_not_asked_about_them():
    assert 'name="out"' not in drawn(Scenario(), changed(machines=()))
    assert 'name="out"' in drawn(Scenario())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_name_that_looks_like_markup_is_text(language):
    odd = changed(workers=(Worker("x", "<b>Mei</b>", 540, 1020, None, ((540, 1020, "cash"),), ("cash",)),))
    assert "<b>Mei</b>" not in drawn(Scenario(), odd, language)
    assert "&lt;b&gt;Mei&lt;/b&gt;" in drawn(Scenario(), odd, language)


def test_the_short_address_names_only_what_is_different():
    for scenario in ONE_CHANGE.values():
        fields = query(scenario)
        assert 1 <= len({name.partition("_")[0] for name, _value in fields}) <= 2
        assert all(value for _name, value in fields)
        assert read(sent(fields), GROUND) == (scenario, ())


def test_the_web_starts_without_loading_the_science():
    """The page's modules load neither the twin nor what it stands on: the first answer does."""
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'counterpoint.config.settings.test'\n"
        "import django; django.setup()\n"
        "import counterpoint.onsite.views.whatif\n"
        "print([n for n in ('pandas', 'scipy', 'numba', 'counterpoint.science.twin') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
