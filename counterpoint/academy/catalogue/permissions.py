"""Bodies of permissions: verbs that a post may use only with a certificate, once a bank has switched it on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from annotated_types import MinLen
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.academy.catalogue.certificates import CERTIFICATES
from counterpoint.academy.catalogue.labels import LESSON_WORDS
from counterpoint.academy.rules.permitting import Held, state
from counterpoint.academy.rules.words import Both
from counterpoint.foundation.api import roles
from counterpoint.primitives.content import Kind, Text, declare

PERMISSIONS = "permissions"
NEVER = ("academy.", "foundation.", "primitives.play.")  # the way back, the house itself, emergencies
ALWAYS = ("view", "read", "open", "use", "own", "request", "report")  # seeing, reporting, and what is one's own


@dataclass(frozen=True)
class PermissionBody:
    """Whoever has one of the `posts` uses the `verbs` only with a valid `certificate`, from the day `begins` on;
    without a day it is off. `names` say what the verbs are. Another post of the same person, not named, keeps them."""

    names: Both
    certificate: Text
    posts: Annotated[tuple[Text, ...], MinLen(1)]
    verbs: Annotated[tuple[Text, ...], MinLen(1)]
    begins: date | None = None

    def asks(self, post: str, verb: str) -> bool:
        """Whether a post's verb asks for the certificate."""
        return post in self.posts and verb in self.verbs


def wrong_permission(body: PermissionBody) -> str:
    """What is wrong with a permission; empty when nothing is."""
    return next(_faults(body), "")


def _faults(body: PermissionBody) -> Iterator[str]:
    if strange := sorted(set(body.posts) - set(roles.ROLES)):
        yield _("These are no roles: %(names)s.") % {"names": ", ".join(strange)}
        return
    table = roles.table()
    for verb in body.verbs:
        if verb not in table:
            yield _("There is no such right: %(verb)s.") % {"verb": verb}
        elif verb.startswith(NEVER) or verb.rpartition(".")[2] in ALWAYS:
            yield _("Seeing, reporting, learning and acting in an emergency need no certificate: %(verb)s.") % {
                "verb": verb
            }
        elif idle := sorted(set(body.posts) - table[verb]):
            yield _("%(verb)s is no right of: %(names)s.") % {"verb": verb, "names": ", ".join(idle)}


def permission_example(body: PermissionBody, example: dict[str, Any]) -> str:
    """A worked case: who (post), what (verb), on which day, holding the certificate from when until when, whether it is
    allowed when the permission begins on `begins`."""
    held = [Held(example["since"], example["until"], bool(example.get("revoked")))] if "until" in example else []
    asked = body.asks(example["post"], example["verb"])
    found = not (asked and state(example["begins"], held, example["day"]).withheld)
    return "" if found is example["allowed"] else _("allowed is %(value)s") % {"value": found}


declare(
    Kind(
        PERMISSIONS, type=PermissionBody, check=wrong_permission, check_example=permission_example,
        references=lambda body: [(CERTIFICATES, body.certificate)],
        title=gettext_lazy("Rights that ask for a certificate"),
        labels=LESSON_WORDS | {
            "certificate": pgettext_lazy("field", "Certificate"),
            "posts": pgettext_lazy("field", "For whom"),
            "verbs": pgettext_lazy("field", "Rights"),
            "begins": pgettext_lazy("field", "Asked for from (empty: off)"),
        },
        pages=((gettext_lazy("Certificates"), "academy:certificates"),),
    )
)  # fmt: skip
