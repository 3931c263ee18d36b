"""`counterpoint assets` and `translations`: in the right order at set-up, and a finding fails the check."""

import pytest
from click.testing import CliRunner

from counterpoint.config import assets_command
from counterpoint.config import profile as profiles
from counterpoint.ui import assets, translations


def test_bundles_and_words_are_built_before_anything_is_collected(monkeypatch):
    story = []
    monkeypatch.setattr(assets, "build", lambda: story.append("bundle"))
    monkeypatch.setattr(translations, "compile_all", lambda: story.append("words"))
    monkeypatch.setattr(profiles, "start", story.append)
    monkeypatch.setattr("django.core.management.call_command", lambda name, **more: story.append((name, more)))
    assert CliRunner().invoke(assets_command.assets).exit_code == 0
    assert story[:3] == ["bundle", "words", "demo"]
    ((name, options),) = story[3:]
    assert name == "collectstatic" and options["clear"] and not options["interactive"]


@pytest.mark.parametrize(("findings", "code"), [([], 0), (["role: missing: 'Desk'"], 1)])
def test_the_translations_check_fails_on_a_finding_and_prints_it(monkeypatch, findings, code):
    monkeypatch.setattr(translations, "check", lambda: findings)
    done = CliRunner().invoke(assets_command.translations, ["check"])
    assert done.exit_code == code and done.output.splitlines() == findings


def test_updating_tells_every_room(monkeypatch):
    monkeypatch.setattr(translations, "rooms", lambda: ("role", "ui"))
    monkeypatch.setattr(translations, "update", lambda room: (2, 1) if room == "role" else (0, 0))
    done = CliRunner().invoke(assets_command.translations, ["update"])
    assert done.output.splitlines() == ["role: 2 added, 1 removed", "ui: 0 added, 0 removed"]
