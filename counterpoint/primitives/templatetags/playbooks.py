"""Words of the playbooks' templates: {% load playbooks %}."""

from django import template

register = template.Library()


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
