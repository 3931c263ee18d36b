"""The desk shows the hour's panels, worst first; one broken panel does not take the others with it."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from counterpoint.ui import panels
from counterpoint.ui.levels import LEVELS, rank
from counterpoint.ui.panels import Panel, PanelBody, PanelFault


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    monkeypatch.setattr(panels, "_panels", {})


def panel(key, level="calm", *, phases=("open",), order=0, verb=None, live=(), render=None):
    answer = render or (lambda request: PanelBody("ui/note.html", {"key": key}, level))
    return Panel(key, key, frozenset(phases), order, verb, answer, live)


def request(*verbs):
    made = RequestFactory().get("/")
    made.scope = SimpleNamespace(may=lambda verb: verb in verbs)
    return made


def shown(phase="open", *verbs):
    return [one.panel.key for one in panels.for_phase(request(*verbs), phase)]


def test_the_worst_comes_first_then_the_order():
    panels.register(
        panel("quiet", order=1), panel("early", order=0), panel("red", "act", order=9), panel("amber", "watch")
    )
    assert shown() == ["red", "amber", "early", "quiet"]


def test_only_panels_of_the_hour_show():
    panels.register(panel("morning", phases=("pre_open",)), panel("all", phases=("pre_open", "open")))
    assert shown("open") == ["all"]
    assert shown("pre_open") == ["all", "morning"]


def test_a_panel_needs_its_verb():
    panels.register(panel("secret", verb="risk.alert.read"))
    assert shown("open") == []
    assert shown("open", "risk.alert.read") == ["secret"]


def test_nobody_signed_in_sees_no_panel():
    panels.register(panel("any"))
    made = RequestFactory().get("/")
    assert panels.for_phase(made, "open") == ()


def test_a_panel_with_nothing_to_say_is_silent():
    panels.register(panel("silent", render=lambda request: None))
    assert shown() == []


def test_a_broken_panel_is_logged_and_shown_as_unavailable(caplog):
    def broken(request):
        raise RuntimeError("no feed")

    panels.register(panel("broken", render=broken), panel("fine"))
    found = panels.for_phase(request(), "open")
    assert [(one.panel.key, one.body is None) for one in found] == [("broken", True), ("fine", False)]
    assert "Panel broken failed" in caplog.text


def test_a_panel_refreshes_on_its_facts_and_on_resync():
    one = panels.show(panel("hall", live=("onsite.ticket_taken",)), request())
    assert one.trigger == "live:resync from:body, live:onsite.ticket_taken from:body"


def test_unknown_phase_level_or_second_owner_of_a_key_is_refused():
    with pytest.raises(PanelFault, match="midnight"):
        panel("x", phases=("midnight",))
    with pytest.raises(PanelFault, match="Unknown level loud"):
        PanelBody("t.html", level="loud")
    panels.register(panel("x"))
    with pytest.raises(PanelFault, match="already taken"):
        panels.register(panel("x"))


def test_levels_rank_from_loud_to_calm():
    assert [rank(level) for level in LEVELS] == [0, 1, 2, 3, 4]
    assert rank("unheard of") == 5


def test_a_panel_can_be_fetched_alone():
    one = panel("one")
    panels.register(one)
    assert panels.get("one") is one
    assert panels.get("none") is None
