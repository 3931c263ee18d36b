"""Templates obey the content security policy and speak through translations."""

import re

import pytest

from tests.architecture.source import PACKAGE, name_of

TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
INLINE = re.compile(r"""\son[a-z]+\s*=\s*["']|\sstyle\s*=\s*["']|<style|javascript:""", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?![^>]*(\ssrc=|application/json|\snonce=))[^>]*>", re.IGNORECASE)
OUTSIDE = re.compile(r"""(src|href|action)\s*=\s*["'](https?:)?//""", re.IGNORECASE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
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
