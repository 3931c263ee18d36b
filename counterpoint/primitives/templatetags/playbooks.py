"""Words of the playbooks' templates: {% load playbooks %}."""

from typing import Any

from django import template

from counterpoint.primitives.playbooks.running import strip

register = template.Library()


@register.inclusion_tag("primitives/playbooks/parts/running.html", takes_context=True)
def running(context: Any) -> dict[str, Any]:
    """The strip of what runs now, which renews itself; for who may see plays."""
    return strip(context["request"])


@register.filter
def percent(share: float) -> str:
    """A chance in per cent without the sign; what is not quite certain is not called certain."""
    if share > 0.995:
        return ">99"
    return "<1" if share < 0.005 else f"{share * 100:.0f}"


@register.filter
def hundredths(share: float) -> str:
    """A share as a coordinate of a drawing that is 100 wide."""
    return f"{share * 100:.1f}"
