"""What people type on the set-up pages: as a Chinese keyboard writes it, refused in words where it makes no sense."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation import roles
from counterpoint.foundation.hours import hours_of
from counterpoint.foundation.models import Counter, JournalEntry, OpeningHours, Post, User
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.foundation.setup_forms import (
    CounterForm,
    DeviceForm,
    EnrolForm,
    HoursForm,
    PersonForm,
    SpecialDayForm,
    parse_spans,
    spell_spans,
)

COLON, COMMA, SEMICOLON, TILDE = "\uff1a", "\uff0c", "\uff1b", "\uff5e"  # as a Chinese keyboard writes them
NINE_TO_FIVE = [(540, 1020)]
TWO_PARTS = [(540, 720), (810, 1020)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (f"9{COLON}00-17{COLON}00", NINE_TO_FIVE),
        (f"9{COLON}00{TILDE}17{COLON}00", NINE_TO_FIVE),
        ("9:00~17:00", NINE_TO_FIVE),
        ("9:00\u81f317:00", NINE_TO_FIVE),
        ("9:00\u523017:00", NINE_TO_FIVE),
        ("9:00 \u2014 17:00", NINE_TO_FIVE),
        ("\uff10\uff19:\uff10\uff10-\uff11\uff17:\uff10\uff10", NINE_TO_FIVE),
        (f"09:00-12:00{COMMA}13:30-17:00", TWO_PARTS),
        (f"09:00-12:00{SEMICOLON}13:30-17:00", TWO_PARTS),
        ("09:00-12:00\u300113:30-17:00", TWO_PARTS),
        ("13:30-17:00; 09:00-12:00", TWO_PARTS),
        ("  ,, 09:00-17:00 , ", NINE_TO_FIVE),
        ("09:00-12:00,12:00-17:00", [(540, 720), (720, 1020)]),
        ("23:59-24:00", [(1439, 1440)]),
        (f"{COMMA} ", []),
    ],
)
def test_hours_are_read_as_a_chinese_keyboard_writes_them(text, spans):
    assert parse_spans(text) == spans


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("9-17", "like 09:00-17:00"),
        ("09:00", "like 09:00-17:00"),
        ("09:00-17:00 closed", "like 09:00-17:00"),
        ("9:0-17:00", "like 09:00-17:00"),
        ("09:00-17:00\u200b", "like 09:00-17:00"),
        ("-09:00-17:00", "like 09:00-17:00"),
        ("09:00-09:00", "before the closing"),
        ("17:00-09:00", "before the closing"),
        ("00:00-24:01", "before the closing"),
        ("09:60-17:00", "before the closing"),
        ("09:00-16:60", "before the closing"),
        ("22:00-02:00", "before the closing"),
        ("09:00-12:01,12:00-17:00", "must not overlap"),
        ("09:00-17:00,10:00-11:00", "must not overlap"),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_the_readers_language(text, word):
    with translation.override("en"), pytest.raises(ValidationError, match=word):
        parse_spans(text)
    with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
        parse_spans(text)
    assert word not in refused.value.message


DAYS = st.lists(st.integers(0, 1440), max_size=8, unique=True).map(
    lambda edges: list(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)


@given(DAYS)
def test_hours_that_are_spelled_are_read_back(spans):
    assert parse_spans(spell_spans(tuple(spans))) == spans


@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 1500)), max_size=3))
def test_hours_are_accepted_when_and_only_when_every_part_runs_forward_and_none_meet(spans):
    """Against a day that is painted minute by minute."""
    minutes = [minute for a, b in spans for minute in range(a, b)]
    sound = all(a < b <= 1440 for a, b in spans) and len(minutes) == len(set(minutes))
    text = spell_spans(tuple(spans))
    if sound:
        assert parse_spans(text) == sorted(spans)
    else:
        with pytest.raises(ValidationError):
            parse_spans(text)


def test_a_week_of_hours_fills_its_form_and_comes_back_the_same(bank):
    with scoped(bank.scope("Hana")):
        weekly = dict(hours_of(bank.b01).weekly)
    shown = HoursForm(weekly=weekly)
    typed = {name: field.initial for name, field in shown.fields.items()}
    form = HoursForm(typed)
    assert form.is_valid() and {day: tuple(spans) for day, spans in form.weekly.items()} == weekly


def test_one_wrong_day_names_itself_and_leaves_the_others(bank):
    form = HoursForm({"day0": "9-17", "day1": "09:00-17:00", "day6": "x"})
    assert not form.is_valid() and set(form.errors) == {"day0", "day6"}


@pytest.mark.parametrize(
    ("given_", "wrong"),
    [
        ({}, None),
        ({"hours": ""}, None),
        ({"hours": f"10{COLON}00-15{COLON}00"}, None),
        ({"hours": "09:00-12:00,13:00-17:00"}, "hours"),
        ({"hours": "17:00-09:00"}, "hours"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": ""}, "date"),
        ({"reason": " "}, "reason"),
        ({"reason": "\u76d8\u70b9" * 61}, "reason"),
    ],
    ids=str,
)
def test_a_special_day_has_a_date_a_reason_and_at_most_one_part(given_, wrong):
    form = SpecialDayForm({"date": "2026-12-31", "hours": "", "reason": "\u76d8\u70b9"} | given_)
    assert set(form.errors) == ({wrong} if wrong else set())


@pytest.mark.parametrize(
    ("form", "given_", "wrong"),
    [
        (CounterForm, {"number": "1"}, set()),
        (CounterForm, {"number": "99"}, set()),
        (CounterForm, {"number": "0"}, {"number"}),
        (CounterForm, {"number": "100"}, {"number"}),
        (CounterForm, {"number": "1.5"}, {"number"}),
        (CounterForm, {"number": "\u4e00"}, {"number"}),
        (CounterForm, {"number": "1", "kind": "vault"}, {"kind"}),
        (CounterForm, {"number": "1", "name": "\u53f7" * 61}, {"name"}),
        (DeviceForm, {"code": "atm-1"}, set()),
        (DeviceForm, {"code": "ATM 1"}, {"code"}),
        (DeviceForm, {"code": "\u53d6\u6b3e\u673a"}, {"code"}),
        (DeviceForm, {"code": "a/b"}, {"code"}),
        (DeviceForm, {"code": "x" * 33}, {"code"}),
        (DeviceForm, {"code": "atm-1", "name": "a\0b"}, {"name"}),
        (EnrolForm, {"use": "kiosk"}, set()),
        (EnrolForm, {"use": "everything"}, {"use"}),
        (EnrolForm, {"use": "kiosk", "name": ""}, {"name"}),
    ],
)
def test_places_and_devices_are_checked_before_anything_is_stored(form, given_, wrong):
    whole = {"kind": "cash" if form is CounterForm else "atm", "name": "\u95e8\u53e3"} | given_
    assert set(form(whole).errors) == wrong


PERSON = {
    "staff_no": "new1", "name": "\u65b0\u540c\u4e8b", "role": "teller", "since": "2026-11-01",
    "password": "first-branch-day-1030",
}  # fmt: skip


@pytest.mark.parametrize(
    ("given_", "wrong"),
    [
        ({}, None),
        ({"password": "elevenchars"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "1234567890123"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"staff_no": " "}, "staff_no"),
        ({"staff_no": "9" * 33}, "staff_no"),
        ({"since": "tomorrow"}, "since"),
        ({"role": "auditor"}, "role"),
        ({"role": "nobody"}, "role"),
        ({"name": "\u540d" * 61}, "name"),
    ],
    ids=str,
)
def test_a_new_person_is_checked_like_every_later_change(given_, wrong):
    """Also the first password: one that a change would refuse is refused here."""
    assert set(PersonForm(PERSON | given_).errors) == ({wrong} if wrong else set())


@pytest.mark.parametrize("level", ["branch", "region", "headquarters"])
def test_a_unit_offers_the_roles_of_its_own_level(level):
    offered = {key for key, _label in PersonForm(level=level).fields["role"].choices}
    assert offered == {key for key, role in roles.ROLES.items() if role.level == level}


def test_a_weak_first_password_makes_nobody(bank, sign_in):
    answer = sign_in("Ada").post("/setup/b01/people", PERSON | {"password": "password1234"})
    assert answer.status_code == 422 and answer.context["forms"]["person"].errors["password"]
    assert not User.objects.filter(staff_no="new1").exists()


def test_a_refused_form_comes_back_with_what_was_typed_and_changes_nothing(bank, sign_in):
    client = sign_in("Hana")
    answer = client.post("/setup/b01/counters", {"number": "1", "kind": "wealth", "name": "\u8d35\u5bbe"})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="\u8d35\u5bbe"' in page
    assert "\u67dc\u53f0 1 \u5df2\u5b58\u5728" in page
    with unscoped("test"):
        assert Counter.objects.filter(org_unit=bank.b01).count() == 4


def test_a_refused_person_leaves_no_half_of_one(bank, sign_in):
    """Person and first post are one transaction: a number that is taken leaves no post either."""
    with unscoped("test"):
        before = (User.objects.count(), Post.objects.count(), JournalEntry.objects.count())
        answer = sign_in("Ada").post("/setup/b01/people", PERSON | {"staff_no": "mei"})
        assert answer.status_code == 422
        assert (User.objects.count(), Post.objects.count(), JournalEntry.objects.count()) == before


SAVING = {
    "hours": ({"day0": "08:00-12:00"}, "foundation.hours_set"),
    "special-days": ({"date": "2026-12-31", "hours": "", "reason": "x"}, "foundation.special_day_set"),
    "counters": ({"number": "9", "kind": "cash"}, "foundation.place_created"),
    "devices": ({"code": "atm9", "name": "ATM", "kind": "atm"}, "foundation.place_created"),
    "keys": ({"name": "x", "use": "kiosk"}, "foundation.device_enrolled"),
    "people": (PERSON, "foundation.post_granted"),
}
MAY = {"hours": "Hana", "special-days": "Hana", "counters": "Hana", "devices": "Hana", "keys": "Sysadmin",
       "people": "Sysadmin"}  # fmt: skip


@pytest.mark.parametrize("path", sorted(SAVING))
def test_what_is_saved_is_in_the_journal_once_with_who_saved_it(bank, sign_in, path):
    form, kind = SAVING[path]
    with unscoped("test"):
        known = set(JournalEntry.objects.values_list("pk", flat=True))
        assert sign_in(MAY[path]).post(f"/setup/b02/{path}", form).status_code == 302
        fresh = JournalEntry.objects.filter(kind=kind).exclude(pk__in=known)
        (entry,) = fresh
        assert entry.actor == bank.people[MAY[path]].pk and entry.org_path == bank.b02.path


@pytest.mark.parametrize("path", sorted(SAVING))
def test_saving_needs_a_post_request_and_a_unit_that_exists_here(sign_in, bank, path):
    form, _kind = SAVING[path]
    client = sign_in("Sysadmin")
    assert client.get(f"/setup/b01/{path}").status_code == 405
    assert client.post(f"/setup/nowhere/{path}", form).status_code == 404
    assert sign_in("Bo").post(f"/setup/b01/{path}", form).status_code == 404


@pytest.mark.parametrize(
    ("person", "buttons"),
    [
        ("Mei", 0),
        ("Sun", 1),  # a device key
        ("Ada", 1 + 1 + 4),  # a device key, a person, an end to each of four posts
        ("Hana", 6),  # the place, hours, special days, counters, devices, channels
        ("Sysadmin", 6 + 1 + 1 + 4),
    ],
)
def test_who_only_looks_on_gets_no_button_to_save(sign_in, person, buttons):
    page = sign_in(person).get("/setup/b01").content.decode()
    inside = page[page.index("<main") : page.index("</main>")]
    assert inside.count('<button class="btn') == buttons


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_branch_without_anything_says_what_to_add(bank, sign_in, language):
    with unscoped("test"):
        Counter.objects.filter(org_unit=bank.b02).delete()
        OpeningHours.objects.filter(org_unit=bank.b02).delete()
        Post.objects.filter(org_unit=bank.b02).delete()
    client = sign_in("Hana")
    client.cookies["counterpoint-language"] = language
    page = client.get("/setup/b02").content.decode()
    with translation.override(language):
        for empty in ("No counters yet.", "No devices yet.", "No special days.", "Nobody has a post here."):
            assert translation.gettext(empty) in page
    assert ("No counters yet." in page) is (language == "en")


def test_headquarters_has_people_and_no_counters(sign_in):
    page = sign_in("Sysadmin").get("/setup/hq").content.decode()
    assert "/setup/hq/people" in page and "/setup/hq/counters" not in page and "otto" in page


@pytest.mark.parametrize(
    ("person", "codes"),
    [("Mei", ["b01"]), ("Rita", ["east", "b01", "b02"]), ("Hana", ["hq", "east", "b01", "b02", "west", "b03"])],
)
def test_the_tree_shows_what_one_may_see_indented_from_its_own_top(sign_in, person, codes):
    rows = sign_in(person).get("/setup").context["rows"]
    assert [row["unit"].code for row in rows] == codes
    depths = [row["depth"] for row in rows]
    assert depths[0] == "" and set(depths) <= {"", "\u00b7", "\u00b7\u00b7"}
