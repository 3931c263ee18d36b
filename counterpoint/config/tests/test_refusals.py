"""An anticipated error is one line and exit code 1; an unforeseen one keeps its trace for the one who mends it."""

import os

import click
import pytest
from django.core.exceptions import ImproperlyConfigured

from counterpoint.config import cli
from counterpoint.config.profile import UnknownProfile
from counterpoint.config.supervisor import UpFailed
from counterpoint.foundation.api import DomainError, Invalid
from counterpoint.foundation.backup import BackupRefused
from counterpoint.foundation.keys import KeyMissing
from counterpoint.ui.assets import AssetsFailed

ANTICIPATED = [
    ImproperlyConfigured, KeyMissing, UnknownProfile, UpFailed, AssetsFailed, BackupRefused, DomainError, Invalid,
]  # fmt: skip


@pytest.fixture
def failing(monkeypatch):
    """`failing(error)` makes every command end with it."""

    def make(error):
        @click.command()
        def broken():
            raise error

        monkeypatch.setattr(cli, "cli", broken)

    return make


@pytest.mark.parametrize("kind", ANTICIPATED, ids=lambda kind: kind.__name__)
def test_an_anticipated_error_is_one_line_for_the_operator(failing, capsys, kind):
    failing(kind("密钥不在。Make one."))
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert said.err == "counterpoint: 密钥不在。Make one.\n" and said.out == ""


@pytest.mark.parametrize("error", [ValueError("odd"), KeyError("x"), RuntimeError(""), OSError(5, "disk")], ids=repr)
def test_an_unforeseen_error_is_not_hidden(failing, error):
    failing(error)
    with pytest.raises(type(error)):
        cli.main([])


def test_a_wrong_word_is_refused_with_the_code_of_a_wrong_word(capsys):
    for words in (["no-such-command"], ["users", "fly"], ["backup"], ["keys", "create", "--now"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("4", "4")])
def test_threads_inside_one_multiplication_are_off_unless_somebody_asked_for_them(monkeypatch, before, after):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if before:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", before)
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert os.environ["OPENBLAS_NUM_THREADS"] == after
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)


def test_both_ways_of_asking_for_help_answer(capsys):
    for flag in ("-h", "--help"):
        with pytest.raises(SystemExit) as ended:
            cli.main([flag])
        assert ended.value.code == 0
        assert "COUNTERPOINT_PROFILE" in capsys.readouterr().out


def test_an_entry_that_is_no_command_is_not_run(monkeypatch):
    monkeypatch.setitem(cli.COMMANDS, "odd", ("counterpoint.config.cli", "COMMANDS", "No command."))
    with pytest.raises(SystemExit) as ended:
        cli.main(["odd"])
    assert ended.value.code == 2
