"""English that stayed on a Chinese page is found where a person would meet it."""

import pytest

from counterpoint.ui.leftovers import english_left


def test_a_chinese_page_is_clean():
    assert english_left("<h1>等候 18 分钟</h1><p>导出 Excel,P90 为 15</p>") == []


def test_visible_text_is_found_whole():
    assert english_left("<p>等候</p><p>Open a window</p>") == ["Open a window"]


@pytest.mark.parametrize("attribute", ["aria-label", "title", "placeholder", "alt", "data-confirm"])
def test_words_read_aloud_or_shown_on_hover_count(attribute):
    assert english_left(f'<input {attribute}="Search here">') == ["Search here"]


@pytest.mark.parametrize(
    "html",
    [
        "<script>const word = 1</script>",
        "<style>body { color: red }</style>",
        "<code>onsite.ticket</code>",
        '<span lang="en">English text</span>',
        '<b translate="no">SN AbCd</b>',
        '<svg><title>Icon name</title><use href="#home"></use></svg>',
        "<template><p>Hidden words</p></template>",
        '<p class="menu-list">等候</p>',
    ],
)
def test_code_and_marked_parts_are_skipped(html):
    assert english_left(html) == []


def test_text_after_a_skipped_part_counts_again():
    assert english_left('<p><code>x.y<b>z</b></code> Late</p><p lang="en">Fine<br>too</p>Leftover') == [
        "Late",
        "Leftover",
    ]


def test_the_journey_may_allow_names():
    assert english_left("<p>Sun</p>", allow=["Sun"]) == []
    assert english_left("<p>Sun</p>") == ["Sun"]


def test_letters_of_a_number_are_no_words_and_a_word_after_a_chinese_one_is():
    assert english_left("<p>投诉 B01-61F5ED、B01-FACADE，1 号UPS</p>") == []
    assert english_left("<p>共 3 项Late</p>") == ["共 3 项Late"]
