"""`counterpoint users`: the first people of an installation, and help when somebody is locked out."""

from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from django.utils import translation

from conftest import PASSWORD
from counterpoint.config.cli import main
from counterpoint.config.users_command import users
from counterpoint.foundation.api import User, roles_of, unscoped
from counterpoint.foundation.models import JournalEntry, Post

GOOD = "quiet-morning-0830"


@pytest.fixture(autouse=True)
def as_tests(monkeypatch):
    """The command runs under the settings that the test runs under."""
    monkeypatch.delenv("COUNTERPOINT_PROFILE", raising=False)


def told(*arguments, answer=None):
    done = CliRunner().invoke(users, [str(a) for a in arguments], input=answer)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def refused(capsys, *arguments):
    """What the person at the terminal reads when the house refuses; no trace, exit code 1."""
    with pytest.raises(SystemExit) as ended:
        main(["users", *arguments])
    said = capsys.readouterr().err
    assert ended.value.code == 1 and "Traceback" not in said
    return said


def entries(kind, subject=""):
    with unscoped("the test reads the journal"):
        rows = JournalEntry.objects.filter(kind=kind).select_related("org_unit").order_by("pk")
        return [row for row in rows if subject in row.subject]


def added(no="new01", at="b01", password=GOOD):
    return told("add", "--no", no, "--name", "新来", "--at", at, "--password", password)


def test_a_person_is_added_without_any_right_and_the_next_step_is_named(bank):
    done = added()
    assert done.exit_code == 0
    assert "新来 (new01) is added" in done.output and "users grant --no new01" in done.output
    user = User.objects.get(staff_no="new01")
    assert user.check_password(GOOD) and roles_of(user, bank.now) == frozenset()


def test_adding_is_journalled_once_as_done_on_the_server(bank):
    before = len(entries("foundation.person_added"))
    added()
    rows = entries("foundation.person_added")
    assert len(rows) == before + 1
    assert rows[-1].actor is None and rows[-1].org_unit.code == "b01" and GOOD not in str(rows[-1].data)


@pytest.mark.parametrize(
    ("password", "words"),
    [("short-pass1", "12"), ("password1234", "常见"), ("headquarters-07", "相似"), ("margarete-schmid", "相似")],
    ids=["one letter too short", "a common one", "the staff number", "nearly the name"],
)
def test_a_weak_password_adds_nobody_and_says_why(bank, password, words):
    with translation.override("zh-hans"):
        who = ("--no", "headquarters-07", "--name", "Margarete Schmidt")
        done = told("add", *who, "--at", "b01", "--password", password)
    assert done.exit_code == 1 and words in done.output
    assert not User.objects.filter(staff_no="headquarters-07").exists()


def test_a_password_is_asked_twice_when_it_is_not_given_and_never_shown(bank):
    done = told("add", "--no", "new01", "--name", "新来", "--at", "b01", answer=f"{GOOD}\n{GOOD}\n")
    assert done.exit_code == 0 and GOOD not in done.output
    wrong = told("add", "--no", "new02", "--name", "新来", "--at", "b01", answer=f"{GOOD}\nelse\n")
    assert wrong.exit_code == 1 and "do not match" in wrong.output
    assert not User.objects.filter(staff_no="new02").exists()


@pytest.mark.parametrize("command", ["add", "grant"])
def test_a_unit_that_does_not_exist_is_named(bank, command):
    more = {"add": ["--name", "新来", "--password", GOOD], "grant": ["--role", "teller"]}[command]
    done = told(command, "--no", "mei", "--at", "b99", *more)
    assert done.exit_code == 1 and "no org unit “b99”" in done.output


def test_a_second_person_under_one_staff_number_is_refused_in_words(bank, capsys):
    said = refused(capsys, "add", "--no", "mei", "--name", "又梅", "--at", "b02", "--password", GOOD)
    assert "mei" in said
    assert User.objects.get(staff_no="mei").name == "Mei"


def test_a_post_is_granted_from_its_first_day(bank):
    added()
    done = told("grant", "--no", "new01", "--role", "teller", "--at", "b02", "--since", "2026-12-01")
    assert done.output.strip() == "new01 is teller at b02 from 2026-12-01."
    user = User.objects.get(staff_no="new01")
    assert roles_of(user, date(2026, 11, 30)) == frozenset()
    assert roles_of(user, date(2026, 12, 1)) == {"teller"}


@pytest.mark.parametrize(
    ("utc", "first"),
    [
        ((2026, 11, 23, 2, 30), "2026-11-23"),
        ((2026, 11, 22, 16, 0), "2026-11-23"),
        ((2026, 11, 22, 15, 59), "2026-11-22"),
    ],
    ids=["in the morning", "at local midnight", "a minute before it"],
)
def test_without_a_day_the_post_begins_on_the_units_own_date(bank, clock, utc, first):
    clock.at = datetime(*utc, tzinfo=UTC)
    done = told("grant", "--no", "mei", "--role", "lobby_manager", "--at", "b01")
    assert f"from {first}." in done.output
    with unscoped("the test reads posts"):
        post = Post.objects.get(user=bank.people["Mei"], role="lobby_manager")
    assert post.since.isoformat() == first


def test_an_unknown_role_and_an_unknown_person_are_named(bank, capsys):
    assert "king" in refused(capsys, "grant", "--no", "mei", "--role", "king", "--at", "b01")
    done = told("grant", "--no", "nobody", "--role", "teller", "--at", "b01")
    assert done.exit_code == 1 and "no person with staff number “nobody”" in done.output


def test_a_date_that_is_none_is_refused_by_its_form(bank):
    done = told("grant", "--no", "mei", "--role", "teller", "--at", "b01", "--since", "tomorrow")
    assert done.exit_code == 2 and "%Y-%m-%d" in done.output


def test_a_new_password_ends_all_sessions_of_the_person_and_of_nobody_else(bank, sign_in):
    mei, sun = sign_in("Mei"), sign_in("Sun")
    assert mei.get("/?stay=desk", follow=True).status_code == 200
    done = told("reset-password", "--no", "mei", "--password", GOOD)
    assert done.exit_code == 0 and "all sessions are ended" in done.output
    assert User.objects.get(staff_no="mei").check_password(GOOD)
    assert mei.get("/").headers["Location"].startswith("/sign-in")
    assert sun.get("/").status_code == 200


def test_a_weak_new_password_changes_nothing(bank, capsys):
    before = User.objects.get(staff_no="mei").password
    assert "12" in refused(capsys, "reset-password", "--no", "mei", "--password", "short")
    assert User.objects.get(staff_no="mei").password == before
    assert entries("foundation.password_reset", str(bank.people["Mei"].pk)) == []


def test_resetting_and_unlocking_are_journalled_once_each(bank):
    told("reset-password", "--no", "mei", "--password", GOOD)
    told("unlock", "--no", "mei")
    assert len(entries("foundation.password_reset", str(bank.people["Mei"].pk))) == 1
    assert len(entries("foundation.account_unlocked", str(bank.people["Mei"].pk))) == 1


def test_an_unlocked_person_signs_in_again_at_once(bank, client):
    def enter(password):
        return client.post("/sign-in", {"staff_no": "mei", "password": password})

    for _ in range(12):
        enter("wrong-password-1")
    assert enter(PASSWORD).status_code != 302
    assert "mei can try again" in told("unlock", "--no", "mei").output
    assert enter(PASSWORD).status_code == 302


@pytest.mark.parametrize("command", [("reset-password", "--password", GOOD), ("unlock",)])
def test_help_for_somebody_who_does_not_exist_is_refused(bank, command):
    done = told(*command, "--no", "nobody")
    assert done.exit_code == 1 and "nobody" in done.output
