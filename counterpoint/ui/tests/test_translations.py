"""Words are found in code and templates, checked, and made into Traditional Chinese with the bank's terms."""

import gettext

import polib
import pytest

from counterpoint.ui import translations
from counterpoint.ui.translations import Finding, placeholders, traditional

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext
a = _("Call the next ticket")
b = ngettext("%(n)s ticket", "%(n)s tickets", 3)
c = pgettext("day", "Open")
d = "not a message"
"""
PAGE = """{% load i18n %}<h1>{% translate "Hall" %}</h1>
{% blocktranslate with n=x %}{{ n }} waiting{% endblocktranslate %}
{% comment %}{% translate "Hidden" %}{% endcomment %}{% translate "Open" context "day" %}"""


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A package with one room, `hall`, in a temporary folder."""
    hall = tmp_path / "hall"
    (hall / "templates" / "hall").mkdir(parents=True)
    (hall / "tests").mkdir()
    (hall / "__init__.py").write_text("")
    (hall / "views.py").write_text(CODE)
    (hall / "tests" / "test_x.py").write_text('_("Only in a test")')
    (hall / "templates" / "hall" / "page.html").write_text(PAGE)
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)
    return hall


def translate_all(**words):
    book = polib.pofile(str(translations.po_path("hall")))
    for entry in book:
        text = words.get(entry.msgid.split()[0], "译文 " + " ".join(placeholders(entry.msgid)))
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
    book.save()


def kinds():
    return [finding.kind for finding in translations.check()]


def test_messages_of_code_and_templates_are_found_with_context_and_plural(room):
    found = {(w.context, w.msgid, w.plural) for w in translations.extract("hall")}
    assert found == {
        ("", "Call the next ticket", ""),
        ("", "%(n)s ticket", "%(n)s tickets"),
        ("day", "Open", ""),
        ("", "Hall", ""),
        ("", "%(n)s waiting", ""),
    }


def test_update_writes_the_file_and_a_second_time_changes_nothing(room):
    assert translations.update("hall") == (5, 0)
    first = translations.po_path("hall").read_text()
    assert translations.update("hall") == (0, 0)
    assert translations.po_path("hall").read_text() == first


def test_a_translated_room_passes(room):
    translations.update("hall")
    assert kinds() == ["missing"] * 5
    translate_all()
    assert kinds() == []


def test_update_keeps_what_people_wrote_and_drops_what_the_code_lost(room):
    translations.update("hall")
    translate_all(Hall="大厅")
    (room / "views.py").write_text("")
    assert translations.update("hall") == (0, 2)
    book = polib.pofile(str(translations.po_path("hall")))
    assert book.find("Hall").msgstr == "大厅"


def test_a_lost_placeholder_is_named(room):
    translations.update("hall")
    translate_all(**{"%(n)s": "等候"})
    findings = translations.check()
    assert [f.kind for f in findings] == ["placeholders", "placeholders"]
    assert "%(n)s" in str(findings[0])


def test_half_width_signs_in_chinese_sentences_are_named(room):
    translations.update("hall")
    translate_all(Hall="大厅,窗口(全部)")
    assert kinds() == ["punctuation"]
    path = translations.po_path("hall")
    book = polib.pofile(str(path))
    book.find("Hall").msgstr = "大厅，窗口（全部） 09:00"
    book.save()
    assert kinds() == []


def test_fuzzy_and_unused_entries_are_findings(room):
    translations.update("hall")
    translate_all()
    path = translations.po_path("hall")
    book = polib.pofile(str(path))
    book.find("Hall").flags.append("fuzzy")
    book.append(polib.POEntry(msgid="Gone", msgstr="没有了"))
    book.save()
    assert kinds() == ["fuzzy", "unused"]


def test_two_rooms_must_not_translate_one_word_in_two_ways(room, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "__init__.py").write_text('_("Hall")')
    for name in ("hall", "other"):
        translations.update(name)
    translate_all(Hall="大厅")
    translations.fill("other", {"Hall": "厅堂"})
    assert [(f.room, f.kind, f.msgid) for f in translations.check()] == [("other", "conflict", "Hall")]


def test_both_languages_compile_to_what_gettext_reads(room):
    translations.update("hall")
    translate_all(Hall="发布排班")
    compiled = translations.compile_all()
    texts = []
    for path in compiled:
        with path.open("rb") as file:
            texts.append(gettext.GNUTranslations(file).gettext("Hall"))
    assert texts == ["发布排班", "發布排班"]


@pytest.mark.parametrize(
    ("simplified", "wanted"),
    [
        ("发布排班", "發布排班"),
        ("运营主管", "營運主管"),
        ("反洗钱", "洗錢防制"),
        ("打印号票", "列印號票"),
        ("默认设置", "預設設定"),
        ("等候 %(m)s 分钟", "等候 %(m)s 分鐘"),
    ],
)
def test_traditional_follows_the_glossary(simplified, wanted):
    assert traditional(simplified) == wanted


def test_placeholders_of_every_style_are_seen():
    assert placeholders("%(a)s of %(b)d, %s and {c} at 50%%") == ["%(a)s", "%(b)d", "%s", "{c}"]
    assert placeholders("85 % of the loss") == []


def test_a_finding_reads_as_a_line():
    assert str(Finding("hall", "missing", "Hall", "hall/views.py")) == "hall: missing: 'Hall' – hall/views.py"


def test_this_room_is_completely_translated():
    assert [str(finding) for finding in translations.check(["ui"])] == []
