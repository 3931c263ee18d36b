"""Translations in every corner: what is extracted, kept, found wrong, and turned into Traditional Chinese."""

import gettext

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.ui import translations
from counterpoint.ui.leftovers import USUAL, english_left
from counterpoint.ui.translations import HALF_WIDTH, PLACEHOLDER, placeholders, traditional


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A package in a temporary folder; `house("hall", code, page)` makes a room of it."""
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)

    def room(name, code="", page="", inside=""):
        folder = tmp_path / name / inside
        folder.mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "__init__.py").touch()
        (folder / "views.py").write_text(code, encoding="utf-8")
        (folder / "page.html").write_text("{% load i18n %}" + page, encoding="utf-8")
        return tmp_path / name

    return room


def words(room="hall"):
    return [(word.context, word.msgid, word.plural) for word in translations.extract(room)]


def translated(**texts):
    """Write the room's file with these translations by first word, the rest as 译文."""
    translations.update("hall")
    path = translations.po_path("hall")
    book = polib.pofile(str(path))
    for entry in book:
        text = texts.get(entry.msgid.split()[0], "译文" + "".join(placeholders(entry.msgid_plural or entry.msgid)))
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
    book.save()
    return path


# --- extraction -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('_("Hall")', [("", "Hall", "")]),
        ('now_("Hall")', [("", "Hall", "")]),
        ('gettext_lazy("Hall")', [("", "Hall", "")]),
        ('pgettext_lazy("day", "Open")', [("day", "Open", "")]),
        ('ngettext_lazy("%d one", "%d many", n)', [("", "%d one", "%d many")]),
        ('npgettext("c", "%d one", "%d many", n)', [("c", "%d one", "%d many")]),
        ('_("a" "b")', [("", "ab", "")]),
        ('_("Hall"); _("Hall")', [("", "Hall", "")]),
        ('_("Open"); pgettext("day", "Open")', [("", "Open", ""), ("day", "Open", "")]),
        ("_(name)", []),
        ('print("Hall")', []),
        ('_("")', []),
        ('# _("Hall")', []),
        ('_("Hall"); ngettext("Hall", "Halls", 2)', [("", "Hall", "Halls")]),
    ],
)
def test_each_way_of_saying_a_word_in_code_is_found_and_nothing_else(house, code, found):
    house("hall", code)
    assert sorted(words()) == sorted(found)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('{% translate "Hall" %}', [("", "Hall", "")]),
        ('{% translate "Open" context "day" as t %}', [("day", "Open", "")]),
        ("{% blocktranslate %}{{ n }} wait{% endblocktranslate %}", [("", "%(n)s wait", "")]),
        (
            "{% blocktranslate count n=x %}{{ n }} wait{% plural %}{{ n }} waits{% endblocktranslate %}",
            [("", "%(n)s wait", "%(n)s waits")],
        ),
        ("{% blocktranslate %}9 %{% endblocktranslate %}", [("", "9 %%", "")]),
        ("<p>Hall</p>", []),
    ],
)
def test_each_way_of_saying_a_word_in_a_page_is_found(house, page, found):
    house("hall", page=page)
    assert words() == found


@pytest.mark.parametrize(
    ("inside", "counts"), [("", 1), ("pages", 1), ("tests", 0), ("migrations", 0), ("frontend", 0), ("locale", 0)]
)
def test_tests_migrations_and_scripts_have_no_words(house, inside, counts):
    house("hall", '_("Hall")', inside=inside)
    assert len(words()) == counts


def test_a_word_knows_every_file_that_says_it(house):
    house("hall", '_("Hall")', '{% translate "Hall" %}')
    (word,) = translations.extract("hall")
    assert word.places == ("hall/page.html", "hall/views.py") and word.key == ("", "Hall")


def test_only_folders_with_code_are_rooms(house, tmp_path):
    house("hall")
    (tmp_path / "notes").mkdir()
    assert translations.rooms() == ("hall",)


# --- keeping --------------------------------------------------------------------------------------------------------
def test_a_room_without_words_gets_no_file(house):
    house("hall")
    assert translations.update("hall") == (0, 0) and not translations.po_path("hall").exists()


def test_a_word_that_becomes_countable_keeps_its_translation_and_back_again(house):
    room = house("hall", '_("%(n)s ticket")')
    translated(**{"%(n)s": "%(n)s 张"})
    (room / "views.py").write_text('ngettext("%(n)s ticket", "%(n)s tickets", 2)')
    translations.update("hall")
    assert polib.pofile(str(translations.po_path("hall")))[0].msgstr_plural == {0: "%(n)s 张"}
    (room / "views.py").write_text('_("%(n)s ticket")')
    translations.update("hall")
    assert polib.pofile(str(translations.po_path("hall")))[0].msgstr == "%(n)s 张"


def test_filling_in_leaves_what_people_wrote_and_counts_what_it_wrote(house):
    house("hall", '_("Hall"); _("Roster"); ngettext("%d one", "%d many", 2)')
    translations.update("hall")
    assert translations.fill("hall", {"Hall": "大厅", "%d one": "%d 个", "Gone": "没有"}) == 2
    assert translations.fill("hall", {"Hall": "厅堂", "Roster": ""}) == 0
    assert polib.pofile(str(translations.po_path("hall"))).find("Hall").msgstr == "大厅"
    assert [finding.msgid for finding in translations.check(["hall"])] == ["Roster"]


# --- what is wrong --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("等候 %(n)s 分钟", []),
        ("%(n)s 分钟,请等候", ["punctuation"]),
        ("等候", ["placeholders"]),
        ("等候 %(m)s 分钟", ["placeholders"]),
        ("等候 %(n)s 分钟（%(n)s）", ["placeholders"]),
        ("等候 %(n)d 分钟", ["placeholders"]),
        ("", ["missing"]),
    ],
)
def test_a_translation_that_would_break_or_read_badly_is_found(house, text, kinds):
    house("hall", '_("%(n)s minutes")')
    translated(**{"%(n)s": text})
    assert [finding.kind for finding in translations.check(["hall"])] == kinds


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("大厅，窗口", False), ("大厅,窗口", True), ("大厅, 窗口", True), ("大厅:9:00", True), ("09:30 开门", False),
        ("Excel,PDF", False), ("（见下）", False), ("(见下)", True), ("大厅 (A)", False), ("好!", True),
        ("好？", False), ("“大厅”,", True), ("A; 大厅", False),
    ],
)  # fmt: skip
def test_a_half_width_sign_is_wrong_only_beside_chinese(text, wrong):
    assert bool(HALF_WIDTH.search(text)) is wrong


def test_one_word_in_two_contexts_may_be_said_in_two_ways(house):
    house("hall", 'pgettext("day", "Open")')
    house("team", 'pgettext("verb", "Open")')
    for room, text in (("hall", "营业中"), ("team", "打开")):
        translations.update(room)
        translations.fill(room, {"Open": text})
    assert translations.check() == []


@settings(max_examples=40)
@given(names=st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), max_size=5))
def test_placeholders_are_found_whatever_stands_between_them(names):
    text = "等 ".join(f"%({name})s" for name in names) + " 100%%"
    assert placeholders(text) == sorted(f"%({name})s" for name in names)


@pytest.mark.parametrize("sign", ["%(share).0f", "%(change)+.0f", "%(n)5d", "%(n)-3s", "{name}", "{n:.1f}", "%s", "%d"])
def test_each_form_of_a_placeholder_is_one(sign):
    assert PLACEHOLDER.fullmatch(sign)


# --- traditional ----------------------------------------------------------------------------------------------------
def test_every_term_of_the_glossary_wins_wherever_it_stands():
    for simplified, wanted in translations.glossary():
        assert traditional(simplified) == wanted
        assert wanted in traditional(f"前{simplified}后")


@settings(max_examples=40)
@given(before=st.text("大小上下中人", max_size=4), after=st.text("大小上下中人", max_size=4))
def test_placeholders_and_latin_words_survive_the_conversion(before, after):
    made = traditional(f"{before}%(n)s Excel {{x}} 100%%{after}")
    assert "%(n)s Excel {x} 100%%" in made


def test_compiled_languages_have_plurals_and_contexts(house):
    house("hall", 'pgettext("day", "Open"); ngettext("%d ticket", "%d tickets", 2)')
    translated(Open="营业中", **{"%d": "%d 张号票"})
    simplified, hant = (gettext.GNUTranslations(path.open("rb")) for path in translations.compile_all())
    assert simplified.pgettext("day", "Open") == "营业中" and hant.pgettext("day", "Open") == "營業中"
    assert hant.ngettext("%d ticket", "%d tickets", 1) == hant.ngettext("%d ticket", "%d tickets", 9) == "%d 張號票"


def test_a_word_without_translation_is_left_out_of_the_compiled_file(house):
    house("hall", '_("Hall")')
    translations.update("hall")
    path = translations.compile_all()[0]
    with path.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Hall") == "Hall"


# --- english that stayed --------------------------------------------------------------------------------------------
KNOWN = {word.casefold() for word in USUAL}


@pytest.mark.parametrize("word", USUAL)
def test_a_usual_word_is_no_leftover_in_any_case(word):
    assert english_left(f"<p>{word} {word.upper()}</p>") == []


@settings(max_examples=40)
@given(word=st.from_regex(r"[A-Z][a-z]{3,9}", fullmatch=True).filter(lambda word: word.casefold() not in KNOWN))
def test_any_other_english_word_is_found_unless_it_is_allowed(word):
    assert english_left(f"<p>等候 {word}</p>") == [f"等候 {word}"]
    assert english_left(f"<p>等候 {word}</p>", allow=[word.lower()]) == []


@pytest.mark.parametrize("void", ["input", "img", "br", "hr", "wbr", "source", "embed", "col", "area", "track"])
def test_an_element_without_an_end_hides_only_itself(void):
    assert english_left(f'<{void} translate="no" title="Hidden"><p>Late</p>') == ["Late"]
