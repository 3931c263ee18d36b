"""Rectification reports: a template of sections, filled with the facts of a case."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it before anybody writes; `{fact}` is filled in."""

    slug: str
    names: Mapping[str, str]
    starts: Mapping[str, str]

    def name(self, language: str) -> str:
        """The heading."""
        return self.names.get(language) or self.names["zh-hans"]


@dataclass(frozen=True)
class Template:
    """A report's sections in order."""

    key: str
    names: Mapping[str, str]
    sections: tuple[Section, ...]

    def name(self, language: str) -> str:
        """The title."""
        return self.names.get(language) or self.names["zh-hans"]


FACTS = frozenset({"received", "channel", "level", "category", "label", "owner", "taken", "root_cause"})


def wrong(template: Template) -> str:
    """What is wrong with a template; empty when nothing is."""
    slugs = [section.slug for section in template.sections]
    if len(set(slugs)) != len(slugs) or not slugs:
        return "sections need slugs of their own"
    for section in template.sections:
        for text in section.starts.values():
            try:
                text.format_map(dict.fromkeys(FACTS, ""))
            except (KeyError, ValueError, IndexError) as unknown:
                return f"section {section.slug} names an unknown fact: {unknown}"
    return ""


def filled(template: Template, facts: Mapping[str, str], language: str) -> dict[str, str]:
    """The first text of every section; a fact that is not known stays a gap."""
    known = {name: facts.get(name) or "____" for name in FACTS}
    return {
        section.slug: (section.starts.get(language) or section.starts.get("zh-hans", "")).format_map(known)
        for section in template.sections
    }


def missing(template: Template, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Sections that are still empty or have a gap."""
    return tuple(s.slug for s in template.sections if not texts.get(s.slug, "").strip() or "____" in texts[s.slug])
