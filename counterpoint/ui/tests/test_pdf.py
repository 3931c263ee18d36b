"""Reports hold their data as text, whatever it looks like."""

import io
from datetime import date
from decimal import Decimal

import pypdf
import pytest

from counterpoint.ui import pdf

TEMPLATE = """#import "report.typ": report, data-table, facts
#let d = json(bytes(sys.inputs.data))
#show: report.with(title: d.title, footer: "f", drill: d.drill)
#facts(d.facts)
#data-table(d.headings, d.rows, number: (1,))
"""


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "page.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def data(**more):
    given = {
        "title": "网点日报",
        "drill": "",
        "facts": [["网点", "朝阳支行"]],
        "headings": ["姓名", "数"],
        "rows": [["梅", 3]],
    }
    return {**given, **more}


def text_of(made):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)


def test_chinese_text_can_be_read_back(template):
    text = text_of(pdf.render(template, data()))
    assert all(words in text for words in ("网点日报", "朝阳支行", "姓名", "梅"))


@pytest.mark.parametrize("evil", ['#read("/etc/passwd")', "*bold*", "$x$", "#panic()", "]#[", '"quoted" \\ back'])
def test_markup_in_data_is_printed_literally(template, evil):
    text = text_of(pdf.render(template, data(title=evil, rows=[[evil, None]])))
    assert text.count(evil.split()[0]) >= 2
    assert "root:" not in text


def test_decimals_and_dates_travel(template):
    text = text_of(pdf.render(template, data(rows=[[date(2026, 11, 23), Decimal("2.5")]])))
    assert "2026-11-23" in text
    assert "2.5" in text


def test_a_drill_says_so_on_every_page(template):
    made = pdf.render(template, data(drill="演练", rows=[["梅", n] for n in range(80)]))
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert len(pages) > 1
    assert all("演练" in page.extract_text() for page in pages)


def test_the_font_is_inside_the_file(template):
    fonts = pypdf.PdfReader(io.BytesIO(pdf.render(template, data()))).pages[0]["/Resources"]["/Font"]
    assert fonts
    assert all("Noto" in font.get_object()["/BaseFont"] for font in fonts.values())


def test_an_image_is_placed_by_name(template, tmp_path):
    template.write_text('#image("seal.svg", width: 2cm)')
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"
    assert pdf.render(template, {}, {"seal.svg": svg}).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["../x.svg", "a/b.svg", "main.typ", "report.typ", "", ".hidden", "X.svg"])
def test_an_image_name_cannot_leave_the_folder(template, name):
    with pytest.raises(ValueError, match="Image name"):
        pdf.render(template, {}, {name: b""})


def test_a_template_cannot_read_outside_its_folder(template):
    template.write_text('#read("../../../../etc/passwd")')
    with pytest.raises(pdf.PdfFailed, match=r"page\.typ"):
        pdf.render(template, {})


def test_letters_that_no_font_shows_are_printed_as_their_number_and_nothing_else_changes(template):
    made = pdf.render(template, data(facts=[["客户", '𠮷野🙁👨\u200d👩 1\ufe0f\u20e3 \x00\t说"慢"'], ["数", "11"]]))
    text = text_of(made).replace(" ", "")
    assert "［U+20BB7］野［U+1F641］［U+1F468］［U+1F469］" in text
    assert '1说"慢"' in text and "数11" in text
