"""The command line: quick to start, without Django where none is needed, and plain about what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterpoint.config import cli, profile

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments, **env):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COUNTERPOINT_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "counterpoint.config.cli", *arguments],
        cwd=ROOT, env=kept | env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_help_lists_every_command_without_importing_django():
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom counterpoint.config.cli import cli\n"
        "out = CliRunner().invoke(cli, ['--help']).output\n"
        "assert 'backup' in out and 'doctor' in out, out\nassert 'django' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [n for n, (m, _a, _h) in cli.COMMANDS.items() if cli._there(m)])
def test_every_listed_command_exists_and_explains_itself(name):
    done = CliRunner().invoke(cli.cli, [name, "--help"])
    assert done.exit_code == 0 and len(done.output) > 40


def test_a_command_whose_room_is_absent_is_not_offered(monkeypatch):
    monkeypatch.setitem(cli.COMMANDS, "ghost", ("counterpoint.config.ghost_command", "ghost", "Nobody."))
    assert "ghost" not in CliRunner().invoke(cli.cli, ["--help"]).output
    assert CliRunner().invoke(cli.cli, ["ghost"]).exit_code == 2


def test_production_without_keys_says_what_to_do_instead_of_a_trace(tmp_path):
    done = run("doctor", COUNTERPOINT_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("counterpoint: No secret key") and "keys create" in done.stderr
    assert "Traceback" not in done.stderr


def test_keys_can_be_made_before_any_setting_is_valid_and_are_never_replaced(tmp_path):
    assert run("keys", "create", COUNTERPOINT_HOME=str(tmp_path)).returncode == 0
    made = {p.name: p.read_bytes() for p in (tmp_path / "keys").iterdir()}
    assert set(made) == {"badges.pem", "django", "fields", "journal.pem"}
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in (tmp_path / "keys").iterdir())
    assert run("keys", "create", COUNTERPOINT_HOME=str(tmp_path)).returncode == 0
    assert {p.name: p.read_bytes() for p in (tmp_path / "keys").iterdir()} == made


def test_an_unknown_profile_is_refused(tmp_path):
    done = run("doctor", COUNTERPOINT_HOME=str(tmp_path), COUNTERPOINT_PROFILE="staging")
    assert done.returncode == 1 and "no profile “staging”" in done.stderr


@pytest.mark.parametrize(
    ("asked", "profiled", "module", "chosen"),
    [
        (None, "", "", "production"),
        (None, "demo", "", "demo"),
        ("demo", "production", "", "demo"),
        (None, "", "counterpoint.config.settings.test", "test"),
        (None, "demo", "counterpoint.config.settings.test", "demo"),
    ],
)
def test_the_profile_is_chosen_by_the_command_then_the_environment(monkeypatch, asked, profiled, module, chosen):
    monkeypatch.setenv("COUNTERPOINT_PROFILE", profiled)
    if module:
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", module)
    else:
        monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    assert profile.choose(asked) == chosen
    assert os.environ["DJANGO_SETTINGS_MODULE"].endswith(chosen)


def test_home_follows_the_environment_like_the_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("COUNTERPOINT_HOME", str(tmp_path))
    assert profile.home() == tmp_path.resolve()
    monkeypatch.delenv("COUNTERPOINT_HOME")
    assert profile.home() == ROOT / "var"
