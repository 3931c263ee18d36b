"""Messages about cases: in the receiver's language, without a personal word, linked to the page."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.foundation.api import User, notify
from counterpoint.primitives.cases import shown
from counterpoint.primitives.cases.models import CaseNote, CaseWatcher
from counterpoint.primitives.cases.writing import Deed
from counterpoint.ui.punctuation import sign


def link_of(deed: Deed) -> str:
    """The address of the case's page."""
    return reverse("primitives:case", args=[deed.row.pk])


def send(deed: Deed, people: Iterable[User], what: str, words: Callable[[], tuple[str, str]]) -> None:
    """One message a person and cause, never to the one who caused it; `words` gives title and body."""
    for person in people:
        if str(person.pk) == deed.actor:
            continue
        with translation.override(person.language):
            title, body = words()
        notify.send(
            org_unit=deed.row.org_unit, dedupe=f"case:{deed.row.pk}:{what}:{person.pk}", title=title[:160], body=body,
            now=deed.now, recipient=person, link=link_of(deed),
        )  # fmt: skip


def to_channel(deed: Deed, what: str, words: Callable[[], tuple[str, str]]) -> None:
    """One message into the group channel nearest to the branch, in the house's language."""
    with translation.override(settings.LANGUAGE_CODE):
        title, body = words()
    notify.send(
        org_unit=deed.row.org_unit, dedupe=f"case:{deed.row.pk}:{what}", title=title[:160], body=body, now=deed.now,
        link=link_of(deed),
    )  # fmt: skip


def local(deed: Deed, at: datetime | None) -> str:
    """An instant on the branch's wall, as 11-23 10:30."""
    return shown.local(at, deed.hours) if at else ""


def owner(deed: Deed) -> None:
    """The new owner hears that the case is theirs."""
    if deed.row.owner is not None:
        mark = f"owner:{deed.now.isoformat()}"
        send(deed, [deed.row.owner], mark, lambda: (_("Yours: %(case)s") % {"case": deed.label()}, _branch(deed)))


def commented(deed: Deed, note: CaseNote) -> None:
    """The owner hears of a comment."""
    if deed.row.owner is not None:
        words = lambda: (_("New comment: %(case)s") % {"case": deed.label()}, _branch(deed))  # noqa: E731
        send(deed, [deed.row.owner], f"comment:{note.pk}", words)


def watchers(deed: Deed, what: str) -> None:
    """Who watches the case hears of its new stage."""
    people = [row.user for row in CaseWatcher.objects.filter(case=deed.row).select_related("user")]
    stage = deed.kind.stage(deed.state.stage)

    def words() -> tuple[str, str]:
        named = stage.name() if stage else deed.state.stage
        return f"{deed.label()}{sign(':')}{named}", _branch(deed)

    send(deed, people, f"{what}:{deed.now.isoformat()}", words)


def _branch(deed: Deed) -> str:
    return str(deed.row.org_unit.name)
