"""Templates obey the content security policy and speak through translations."""

import re

import pytest

from tests.architecture.source import PACKAGE, name_of

TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
INLINE = re.compile(r"""\son[a-z]+\s*=\s*["']|\sstyle\s*=\s*["']|<style|javascript:""", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?![^>]*(\ssrc=|application/json|\snonce=))[^>]*>", re.IGNORECASE)
OUTSIDE = re.compile(r"""(src|href|action)\s*=\s*["'](https?:)?//""", re.IGNORECASE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"\{% blocktrans.*?\{% endblocktrans\w* %\}", re.DOTALL)
APART = re.compile(r'hx-trigger="[^"]*"|<pre.*?</pre>|<code.*?</code>', re.DOTALL)
SIGN = re.compile(r"(\}\}|%\}|</\w+>)[,;:](?=[\s<{])|\s\((?=\{)|[、，。：；（）]")
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_nothing_inline_and_nothing_from_outside(path):
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert not INLINE.search(text), INLINE.search(text)
    assert not SCRIPT.search(text), SCRIPT.search(text)
    assert not OUTSIDE.search(text), OUTSIDE.search(text)
    assert "|safe" not in text and "autoescape off" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_no_chinese_of_its_own(path):
    """Words come from translations; the product's own name is the exception."""
    text = COMMENT.sub("", path.read_text(encoding="utf-8")).replace("对位", "")
    for language in ("简体中文", "繁體中文"):
        text = text.replace(language, "")
    assert not CHINESE.search(text), CHINESE.search(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_signs_between_words_are_those_of_the_reader(path):
    """`{% sign ":" %}` and `|listed` write them; a sentence has its own in its translation."""
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    text = APART.sub("", SENTENCE.sub("", text))
    assert not SIGN.search(text), text[SIGN.search(text).start() - 40 :][:120]
