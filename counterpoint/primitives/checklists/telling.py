"""Messages to the leaders of a branch, each in the reader's language."""

from collections.abc import Callable
from uuid import UUID

from django.utils import translation

from counterpoint.foundation.api import User, colleagues, notify, roles
from counterpoint.primitives.checklists.calling import Call

Words = Callable[[str], tuple[str, str]]  # language → title, body


def tell_leaders(call: Call, dedupe: str, link: str, words: Words, also: UUID | None = None) -> int:
    """A message to whoever leads the branch today, and to one more person. Returns how many people."""
    people = colleagues(scope=call.scope, org_unit=call.org_unit, on=call.on)
    wanted = {one.id for one in people if roles.LEADERS & set(one.roles)} | ({also} if also else set())
    for user in User.objects.filter(pk__in=wanted, is_active=True).order_by("pk"):
        with translation.override(user.language):
            title, body = words(user.language)
        notify.send(
            org_unit=call.org_unit, dedupe=f"{dedupe}:{user.pk}", title=title, body=body, now=call.now, recipient=user,
            link=link,
        )  # fmt: skip
    return len(wanted)
