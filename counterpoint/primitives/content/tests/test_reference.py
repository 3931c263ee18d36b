"""The reference of definitions is in step with them, and so is the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterpoint.config import content_command
from counterpoint.primitives.content import kinds, reference

ROOT = Path(__file__).resolve().parents[4]


def test_the_reference_says_what_the_definitions_say():
    """Write it afresh with `counterpoint content reference`."""
    assert (ROOT / "docs" / "reference" / "content.md").read_text(encoding="utf-8") == reference.text()


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(content_command, "_start", lambda: None)

    def call(*args):
        return CliRunner().invoke(content_command.content, args)

    return call


def test_the_command_checks_lists_and_describes(run):
    assert run("list", "tiers", "--on", "2026-11-23").output.count("\n") == 3
    assert "vip" in run("list", "tiers").output
    assert json.loads(run("schema", "tiers").output)["required"]
    assert set(json.loads(run("schema").output)) == {kind.name for kind in kinds() if kind.type}
    assert run("list", "ghosts").exit_code == 1


def test_what_was_exported_is_the_same_when_it_is_imported(run, tmp_path, bank):
    assert run("export", str(tmp_path), "tiers").exit_code == 0
    assert {path.name for path in tmp_path.glob("tiers/*.yaml")} == {"vip.yaml", "standard.yaml", "priority.yaml"}
    looked = run("import", str(tmp_path), "--dry-run")
    assert looked.exit_code == 0 and looked.output.count("same") == 3


def test_the_server_proposes_and_people_decide(run, tmp_path, bank):
    run("export", str(tmp_path), "tiers")
    file = tmp_path / "tiers" / "vip.yaml"
    file.write_text(file.read_text().replace("promise_minutes: 5", "promise_minutes: 4"))
    assert "Name the headquarters" in run("import", str(tmp_path)).output
    assert "1 proposals wait" in run("import", str(tmp_path), "--at", "hq").output
    file.write_text(file.read_text().replace("promise_minutes: 4", "promise_minutes: -4"))
    assert run("import", str(tmp_path), "--at", "hq").exit_code == 1
