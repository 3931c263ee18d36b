"""Rectification reports: a template of sections, filled with the facts of a case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Annotated

from annotated_types import MinLen
from django.utils.translation import gettext as _

from counterpoint.primitives.content import Named, Names, Text
from counterpoint.ui import reader


@dataclass(frozen=True)
class Section(Named):
    """A heading and what stands under it before anybody writes, if anything; `{fact}` is filled in."""

    slug: Text
    names: Names
    starts: Names | None = None


@dataclass(frozen=True)
class Template(Named):
    """A report's sections in order."""

    key: str
    names: Names
    sections: Annotated[tuple[Section, ...], MinLen(1)]


FACTS = frozenset({
    "received", "channel", "level", "category", "label", "owner", "taken", "steps", "root_cause", "remedy", "resolved",
    "verified", "satisfied", "measures",
})  # fmt: skip
GAP = "____"


def wrong(template: Template) -> str:
    """What is wrong with a template; empty when nothing is."""
    slugs = [section.slug for section in template.sections]
    if len(set(slugs)) != len(slugs):
        return _("Two sections have the same short name.")
    for section in template.sections:
        for text in (section.starts or {}).values():
            strange = _strange(text)
            if strange is not None:
                words = {"section": section.name("zh-hans"), "fact": strange, "known": ", ".join(sorted(FACTS))}
                return _("Section “%(section)s” asks for “%(fact)s”; known facts are: %(known)s.") % words
    return ""


def _strange(text: str) -> str | None:
    """What stands in braces and is no fact, None when all are: only `{fact}`, no attributes, widths or conversions."""
    try:
        for _words, fact, width, conversion in Formatter().parse(text):
            if fact is not None and (fact not in FACTS or width or conversion):
                return f"{fact}{'!' + conversion if conversion else ''}{':' + width if width else ''}"
    except ValueError:
        return text
    return None


def filled(template: Template, facts: Mapping[str, str], language: str) -> dict[str, str]:
    """The first text of every section; a fact that is not known stays a gap."""
    known = {name: facts.get(name) or GAP for name in FACTS}
    return {
        section.slug: reader.said(section.starts or {}, language).format_map(known) for section in template.sections
    }


def missing(template: Template, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Sections that are still empty or have a gap."""
    return tuple(s.slug for s in template.sections if not texts.get(s.slug, "").strip() or GAP in texts[s.slug])


def refreshed(text: str, fresh: str) -> str:
    """A section as it would be started now, when nobody changed it and only its gaps are known by now, or steps came
    after its last line; else as it is.

    >>> refreshed("Sun took it over at ____.", "Sun took it over at 10:30.")
    'Sun took it over at 10:30.'
    >>> refreshed("Our own words, at ____.", "Sun took it over at 10:30.")
    'Our own words, at ____.'
    """
    if GAP not in text:
        return text
    begun = ".*?".join(re.escape(part) for part in text.replace("\r\n", "\n").split(GAP))
    untouched = re.fullmatch(begun + r"(\n.*)?", fresh, re.DOTALL)
    return fresh if untouched else text
