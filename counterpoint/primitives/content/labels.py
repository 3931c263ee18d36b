"""Words for fields and values that occur in many kinds; a kind's own `labels` come first."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.primitives.content.loader import Item
from counterpoint.primitives.content.registry import Kind

CHINESE, LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]{3,}")
FIELDS = {
    "names": pgettext_lazy("field", "Name"),
    "hints": pgettext_lazy("field", "Hint"),
    "code": pgettext_lazy("field", "Code"),
    "kind": pgettext_lazy("field", "Kind"),
    "slug": pgettext_lazy("field", "Short name"),
    "value": pgettext_lazy("field", "Value"),
    "unit": pgettext_lazy("field", "Unit"),
    "weight": pgettext_lazy("field", "Weight"),
    "hard": pgettext_lazy("field", "May not be broken"),
    "role": pgettext_lazy("field", "Role"),
    "minutes": pgettext_lazy("field", "Minutes"),
    "hours": pgettext_lazy("field", "Hours"),
    "days": pgettext_lazy("field", "Days"),
    "from": pgettext_lazy("field", "From"),
    "to": pgettext_lazy("field", "To"),
    "by": pgettext_lazy("field", "By"),
    "skill": pgettext_lazy("field", "Skill"),
    "skills": pgettext_lazy("field", "Skills"),
    "share": pgettext_lazy("field", "Share"),
    "priority": pgettext_lazy("field", "Priority"),
    "steps": pgettext_lazy("field", "Steps"),
    "levels": pgettext_lazy("field", "Levels"),
    "stages": pgettext_lazy("field", "Stages"),
    "clocks": pgettext_lazy("field", "Time limits"),
    "fields": pgettext_lazy("field", "Fields"),
    "choices": pgettext_lazy("field", "Choices"),
    "sections": pgettext_lazy("field", "Sections"),
    "items": pgettext_lazy("field", "Items"),
    "limits": pgettext_lazy("field", "Limits"),
    "min": pgettext_lazy("field", "At least"),
    "max": pgettext_lazy("field", "At most"),
    "schedule": pgettext_lazy("field", "Schedule"),
    "every": pgettext_lazy("field", "Every"),
    "count": pgettext_lazy("field", "Number"),
    "target": pgettext_lazy("field", "Target"),
    "direction": pgettext_lazy("field", "Direction"),
    "source": pgettext_lazy("field", "Source"),
    "text": pgettext_lazy("field", "Text"),
    "type": pgettext_lazy("field", "Type"),
    "title": pgettext_lazy("field", "Title"),
    "icon": pgettext_lazy("field", "Icon"),
    "examples": pgettext_lazy("field", "Worked examples"),
    "effective_from": pgettext_lazy("field", "In force from"),
    "effective_to": pgettext_lazy("field", "Until (exclusive)"),
    "mark": pgettext_lazy("field", "Mark"),
    "pack": pgettext_lazy("field", "Rule pack"),
    "key": pgettext_lazy("field", "Key"),
    "why": pgettext_lazy("field", "Why"),
    "within": pgettext_lazy("field", "Time limit"),
    "kind=text": pgettext_lazy("field", "text"),
    "kind=number": pgettext_lazy("field", "a number"),
    "kind=choice": pgettext_lazy("field", "a choice"),
    "kind=date": pgettext_lazy("field", "a date"),
    "kind=yes_no": pgettext_lazy("field", "yes or no"),
    "owner": pgettext_lazy("field", "Role that answers for it"),
    "critical": pgettext_lazy("field", "Critical"),
    "warn_days": pgettext_lazy("field", "Warning so many days before"),
    "required": pgettext_lazy("field", "Must be answered"),
    "every=day": pgettext_lazy("field", "day"),
    "every=week": pgettext_lazy("field", "week"),
    "every=month": pgettext_lazy("field", "month"),
    "every=quarter": pgettext_lazy("field", "quarter"),
    "every=year": pgettext_lazy("field", "year"),
    "metric": pgettext_lazy("field", "Indicator"),
}

ROOMS = {
    "role": _("Desk"),
    "team": _("Team"),
    "onsite": _("On site"),
    "service": _("Service"),
    "risk": _("Risk"),
    "analytics": _("Analytics"),
    "academy": _("Academy"),
    "primitives": _("Whole house"),
}

MARKS = {
    "V": (_("Verified at the source"), "fine"),
    "K": (_("Unconfirmed: compliance sign-off needed"), "watch"),
    "D": (_("Design default: confirm for your bank"), "watch"),
    "O": (_("From the outline: confirm for your bank"), "watch"),
}
SHORT_MARKS = {"V": _("Verified"), "K": _("Unconfirmed"), "D": _("Default"), "O": _("Outline")}

PACKS = {"any": _("All packs"), "cn": _("Mainland China"), "intl": _("International")}


@dataclass(frozen=True)
class Source:
    """Where a definition comes from. `lang` marks words that are not in the reader's language; empty for those that
    are."""

    text: str
    lang: str = ""


def source_of(item: Item, language: str) -> Source:
    """In the reader's language where the definition says it (`origin` by language), else as it was written."""
    held = item.body.get("origin")
    said = held if isinstance(held, Mapping) else {}
    if said.get(language):
        return Source(str(said[language]))
    if language.startswith("zh") and said.get("zh-hans"):
        return Source(str(said["zh-hans"]), "zh-Hans")
    return source_as_written(item.source, language)


def source_as_written(text: str, language: str) -> Source:
    """The house's files write sources in English with names of laws in their own language; people in theirs. Three
    Latin words make it English."""
    latin = len(LATIN.findall(text))
    chinese = latin < 3 and len(CHINESE.findall(text)) > latin
    if chinese == language.startswith("zh") or not (chinese or LATIN.search(text)):
        return Source(text)
    return Source(text, "zh-Hans" if chinese else "en")


def words_of(kind: Kind) -> Callable[[str, str], str]:
    """`words(field, "")` names a field, `words(field, value)` a value of it; empty when nobody gave it a name."""

    def words(name: str, value: str) -> str:
        if value:
            own = kind.labels.get(f"{name}={value}", "") or kind.labels.get(f"={value}", "")
            return str(own or FIELDS.get(f"{name}={value}", ""))
        return str(kind.labels.get(name, "") or FIELDS.get(name, ""))

    return words


def title_of(kind: Kind) -> str:
    """What a kind is called; its folder name without a title."""
    return str(kind.title) or kind.name


def room_name(room: str) -> str:
    """What a room is called."""
    return str(ROOMS.get(room, room))


def pack_name(pack: str) -> str:
    """What a rule pack is called."""
    return str(PACKS.get(pack, pack))
