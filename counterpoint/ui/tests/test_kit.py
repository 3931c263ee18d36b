"""Each component in each of its states: what a person sees, what a screen reader hears, and nothing unescaped."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from counterpoint.ui.charts import Chart, Series
from counterpoint.ui.levels import ICONS, LEVELS, NAMES
from counterpoint.ui.tables import Cell, Column, Table

EVIL = "<script>alert(1)</script>\"'&"
VOID = {"input", "img", "br", "hr", "use", "path", "line", "circle", "rect", "meta", "link"}


class Balance(HTMLParser):
    """Finds tags that are closed in another order than they were opened."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)


def drawn(source, **context):
    """The template's output in English; fails when its tags do not nest."""
    with translation.override("en"):
        made = Context(context)
        made.request = context.get("request")  # what a page's context carries besides its variables
        text = Template("{% load ui %}" + source).render(made)
    balance = Balance()
    balance.feed(text)
    assert (balance.wrong, balance.open) == ([], []), text
    return text


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


# --- badge, stat, note, state ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("level", LEVELS)
def test_a_badge_has_words_and_the_icon_of_its_level(level):
    text = drawn("{% badge text level %}", text="Late", level=level)
    assert f'data-level="{level}"' in text and f"#{ICONS[level]}" in text and words(text) == "Late"


def test_a_badge_may_choose_its_icon_and_an_unheard_level_still_draws_one():
    assert "#bell" in drawn('{% badge "x" "act" "bell" %}')
    assert "#point" in drawn('{% badge "x" "deafening" %}')


@pytest.mark.parametrize("level", LEVELS)
def test_a_loud_number_says_its_level_in_words_and_a_quiet_one_does_not(level):
    text = drawn('{% stat "Wait" 18 "min" level=level %}', level=level)
    assert ("visually-hidden" in text) is (level in {"act", "watch"})
    assert words(text).endswith("Wait 18 min")
    with translation.override("en"):
        assert (f"{NAMES[level]}: " in text) is (level in {"act", "watch"})


@pytest.mark.parametrize(("url", "tag"), [("", "div"), ("/hall", "a")])
def test_a_number_with_a_page_behind_it_is_a_link(url, tag):
    text = drawn('{% stat "Wait" 0 url=url %}', url=url)
    assert re.search(rf"<{tag}[^>]* class=\"stat\"", text) and (f'href="{url}"' in text) is bool(url)
    assert ">0</div>" in text, "a zero is a number"


@pytest.mark.parametrize(
    ("trend", "target", "drawn_", "line"),
    [
        ((), None, False, False),
        ((3,), None, False, False),
        ((1, 2, 3), None, True, False),
        ((1, 2, 3), 2, True, True),
        ((1, 2), 9, True, False),
    ],
)
def test_a_spark_line_needs_two_values_and_a_target_inside_them(trend, target, drawn_, line):
    text = drawn("{% stat 'n' 1 trend=trend target=target %}", trend=trend, target=target)
    assert ("<path" in text) is drawn_ and ("<line" in text) is line


@pytest.mark.parametrize(("level", "role"), [("act", "alert"), ("watch", "note"), ("info", "note"), ("calm", "note")])
def test_only_what_must_be_acted_on_interrupts_a_screen_reader(level, role):
    assert f'role="{role}"' in drawn('{% note "Saved" "Go on" level %}', level=level)


@pytest.mark.parametrize(("tag", "loud"), [("empty", False), ("failed", True)])
def test_an_empty_part_is_quiet_a_failed_one_is_heard_and_both_offer_the_next_step(tag, loud):
    text = drawn("{% " + tag + ' "Nothing yet" "Make one" url="/x" verb="Make" %}')
    assert ('role="alert"' in text) is loud
    assert '<a class="btn btn-plain" href="/x">Make</a>' in text and "Make one" in text
    bare = drawn("{% " + tag + ' "Nothing yet" %}')
    assert "<a" not in bare and "<p>" not in bare


@pytest.mark.parametrize(("text", "said"), [("", "Loading"), ("Drawing the week", "Drawing the week")])
def test_a_part_on_its_way_says_so(text, said):
    assert words(drawn("{% loading text %}", text=text)) == said


# --- lists ----------------------------------------------------------------------------------------------------------
def test_tabs_show_counts_also_a_zero_and_mark_the_current_one():
    links = [("a", "Open", "/a", 0), ("b", "Closed", "/b"), ("c", "All", "/c", 12)]
    text = drawn("{% tabs links 'b' %}", links=links)
    assert re.findall(r'class="count">(\d+)<', text) == ["0", "12"]
    assert text.count("aria-current") == 1 and '<a href="/b" aria-current="page">' in text


def test_a_timeline_says_who_only_where_somebody_was():
    entries = [
        SimpleNamespace(when="10:42", who="Sun", text="Checked", level="fine", symbol="check"),
        SimpleNamespace(when="09:10", who="", text="Found", detail="By the round."),
    ]
    text = drawn("{% timeline entries %}", entries=entries)
    first, second = text.split("</li>")[:2]
    assert "10:42 · Sun" in words(first) and 'data-level="fine"' in first and "#check" in first
    assert "·" not in words(second) and "#point" in second and "By the round." in second


def paged(number, count=25, size=10, address="/list?q=cash&page=9"):
    page = Paginator(range(count), size).get_page(number)
    return drawn("{% pages page %}", page=page, request=RequestFactory().get(address))


@pytest.mark.parametrize(
    ("number", "said", "earlier", "later"),
    [(1, "1–10 of 25", False, True), (2, "11–20 of 25", True, True), (3, "21–25 of 25", True, False)],
)
def test_pages_say_where_the_reader_is_and_keep_the_rest_of_the_address(number, said, earlier, later):
    text = paged(number)
    assert said in words(text)
    assert ('rel="prev"' in text, 'rel="next"' in text) == (earlier, later)
    assert all("q=cash" in link and link.count("page=") == 1 for link in re.findall(r'<a [^>]*href="([^"]+)"', text))


@pytest.mark.parametrize("count", [0, 1, 10])
def test_a_list_of_one_page_has_no_pages(count):
    assert paged(1, count).strip() == ""


@pytest.mark.parametrize(
    ("address", "value"), [("/x", ""), ("/x?q=%E6%A2%85", "梅"), ('/x?q="><b>', "&quot;&gt;&lt;b&gt;")]
)
def test_a_search_box_keeps_what_was_searched_for(address, value):
    text = drawn("{% search 'Find' %}", request=RequestFactory().get(address))
    assert f'value="{value}"' in text and 'aria-label="Find"' in text
    assert 'value=""' in drawn("{% search 'Find' %}")


# --- tables ---------------------------------------------------------------------------------------------------------
COLUMNS = [Column("Name"), Column("Minutes", number=True), Column("Note", sort=False)]


def table(*rows, **more):
    return drawn("{% data_table table %}", table=Table("t", "Rows", COLUMNS, rows, **more))


def test_a_table_without_rows_says_so_and_offers_no_search():
    text = table(empty="No rows yet", empty_todo="Add one", excel_url="/x.xlsx")
    assert "<table" not in text and 'type="search"' not in text
    assert "No rows yet" in text and "Add one" in text and 'href="/x.xlsx" download' in text


def test_every_cell_is_labelled_for_narrow_screens_and_numbers_stand_right():
    text = table(["Mei", 7, "x"])
    assert re.findall(r'<td[^>]*data-label="([^"]+)"', text) == ["Name", "Minutes", "Note"]
    assert len(re.findall(r'<td class="number"', text)) == 1
    assert len(re.findall(r"data-column", text)) == 2, "a column that does not sort has no button"


def test_a_cell_may_be_a_badge_a_link_or_open_in_place_and_sorts_by_its_value():
    text = table(
        [Cell("Late", level="act", value=0), Cell("7", url="/seven"), Cell("More", url="/m", drawer=True, detail="(2)")]
    )
    assert 'data-value="0"' in text and "badge-level" in text
    assert '<a href="/seven">7</a>' in text
    assert '<a href="/m" data-drawer="More">More</a>' in text and "(2)" in text


@pytest.mark.parametrize("option", ["search", "stack"])
def test_a_table_may_do_without(option):
    marks = {"search": 'type="search"', "stack": 'class="data stack"'}
    assert marks[option] in table(["a", 1, "b"]) and marks[option] not in table(["a", 1, "b"], **{option: False})


# --- charts ---------------------------------------------------------------------------------------------------------
def chart(**more):
    given = {
        "key": "c",
        "kind": "line",
        "title": "Waits",
        "unit": "min",
        "source": "tickets",
        "x": ("9", "10"),
        "x_label": "Time",
    }
    return Chart(**{**given, "series": [Series("P50", (5, None))], **more})


def test_a_chart_carries_its_table_its_source_and_a_dash_for_a_gap():
    text = drawn("{% chart one %}", one=chart())
    assert "Unit: min. Source: tickets." in words(text)
    assert re.findall(r'<td class="number">([^<]*)</td>', text) == ["5", "–"]
    assert "download" not in text
    assert 'href="/c.xlsx" download' in drawn("{% chart one %}", one=chart(excel_url="/c.xlsx"))


@pytest.mark.parametrize("size", ["", "low", "tall"])
def test_a_chart_has_its_size_as_a_class(size):
    classes = re.search(r'<figure class="([^"]*)"', drawn("{% chart one %}", one=chart(size=size)))[1]
    assert classes.split() == ["block", "chart", *([f"chart-{size}"] if size else [])]


# --- forms ----------------------------------------------------------------------------------------------------------
class OneOfEach(forms.Form):
    name = forms.CharField(max_length=40, help_text="As on the card.")
    note = forms.CharField(widget=forms.Textarea(attrs={"maxlength": 200}), required=False)
    way = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(required=False)
    secret = forms.CharField(widget=forms.HiddenInput, initial="k")

    def clean(self):
        if self.data.get("name") == "twice":
            raise forms.ValidationError("This stands twice.")


def form(**data):
    return drawn("{% fields form %}", form=OneOfEach(data or None))


def test_a_field_has_label_help_and_says_what_may_be_left_out():
    text = form()
    assert '<label for="id_name">Name</label>' in text and 'id="id_name_helptext"' in text
    assert words(text).count("(optional)") == 1, "a box to tick is always optional and need not say so"
    assert 'data-counts="id_note"' in text and 'type="hidden" name="secret"' in text
    assert "<fieldset" in text and "<legend>Way</legend>" in text and text.count("<fieldset") == 1


def test_an_error_stands_at_its_field_and_one_of_the_whole_form_above():
    text = form(name="twice", way="a", secret="k")
    assert 'role="alert"' in text and "This stands twice." in text
    missing = form(name="", way="", secret="k")
    assert 'id="id_name_error"' in missing and 'role="alert"' not in missing


def test_a_form_sent_twice_carries_one_key_and_a_new_form_another():
    one, two = drawn("{% once %}"), drawn("{% once %}")
    assert one != two and len(re.search(r'value="([^"]+)"', one)[1]) >= 32
    assert drawn("{% once 'kept' %}") == '<input type="hidden" name="idempotency_key" value="kept">'


# --- nothing typed becomes markup -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "source",
    [
        "{% badge evil %}",
        "{% stat evil evil evil evil %}",
        "{% note evil evil %}",
        "{% empty evil evil url='/x' verb=evil %}",
        "{% failed evil evil %}",
        "{% loading evil %}",
        "{% tabs links evil %}",
        "{% timeline entries %}",
        "{% data_table table %}",
        "{% chart chart %}",
        "{% job evil evil evil %}",
        "{% once evil %}",
        "{% icon evil evil %}",
        "{% search evil %}",
    ],
)
def test_what_a_person_typed_never_becomes_markup(source):
    text = drawn(
        source,
        evil=EVIL,
        links=[(EVIL, EVIL, EVIL, EVIL)],
        entries=[SimpleNamespace(when=EVIL, who=EVIL, text=EVIL, detail=EVIL, level=EVIL, symbol=EVIL)],
        table=Table(
            "t", EVIL, [Column(EVIL)], [[Cell(EVIL, url=EVIL, drawer=True, detail=EVIL)], [Cell(EVIL, level="act")]]
        ),
        chart=chart(title=EVIL, unit=EVIL, source=EVIL, x=(EVIL, EVIL)),
    )
    assert "<script>alert" not in text
