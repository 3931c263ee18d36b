"""A question with its answer, on the page of a lesson and of what changed."""

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("academy/parts/question.html", takes_context=True)
def question(context: dict[str, Any], one: Any, url: str, open_: bool = True, at: str = "") -> dict[str, Any]:
    """One question as a form while it may be answered, with reasons once it was."""
    return {
        "one": one, "url": url, "open": open_, "csrf_token": context.get("csrf_token"),
        "refused": context.get("refused", "") if at and at == one.key else "",
        "places": range(1, len(one.choices) + 1),
    }  # fmt: skip
