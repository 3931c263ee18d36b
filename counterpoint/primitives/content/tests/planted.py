"""A proposal in a foreign unit, for the canary crawl; such rows lie at headquarters otherwise."""

from counterpoint.foundation.api import scoped
from counterpoint.primitives.content.models import ContentStamp, ContentVersion


def plant_content(bank, branch, mark):
    """A proposal that waits, with the mark in everything that somebody wrote."""
    with scoped(bank.scope("Stranger")):
        ContentVersion(
            org_unit=branch, kind="tiers", key=f"{mark}.tier", text=f"names: {{zh-hans: {mark}}}\n", source=mark,
            mark="D", effective_from=bank.now.date(), why=mark, proposed_by=bank.people["Stranger"].pk,
            proposed_at=bank.now, reason=mark,
        ).save()  # fmt: skip
        ContentStamp(org_unit=branch).save()
