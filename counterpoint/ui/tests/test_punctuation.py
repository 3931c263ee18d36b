"""Signs between words in the reader's script."""

import pytest
from django.template import Context, Template
from django.utils import translation

from counterpoint.ui.punctuation import SIGNS, listed, sign

PAGE = '{% load ui %}{{ a }}{% sign ":" %}{{ names|listed }}{% sign "(" %}{{ b }}{% sign ")" %}'


@pytest.mark.parametrize(
    ("language", "page"), [("zh-hans", "甲：乙、丙（丁）"), ("zh-hant", "甲：乙、丙（丁）"), ("en", "甲: 乙, 丙 (丁)")]
)
def test_a_page_writes_the_signs_of_its_reader(language, page):
    with translation.override(language):
        assert Template(PAGE).render(Context({"a": "甲", "names": ["乙", "丙"], "b": "丁"})) == page


def test_a_language_can_be_named_and_a_list_can_have_another_sign():
    with translation.override("zh-hans"):
        assert sign(":", "en") == ": " and listed(["1", 2], ";") == "1；2" and listed([]) == ""
    with translation.override("en"):
        assert listed(["1", 2], ";") == "1; 2" and sign("and", "zh-hant") == "、"


def test_an_unknown_sign_is_a_mistake():
    assert "–" not in SIGNS
    with pytest.raises(KeyError):
        sign("–")
