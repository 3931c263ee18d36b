"""How property tests draw their examples: by day the same ones at every run, at night new ones.

Loaded as a pytest plugin by both configurations; `make properties` asks for the profile `thousand`, `make nightly` for
`night`. Properties that the design names (P-C*, P-A*, P-I*, P-O*, P-P*) ask `dose` how many they draw.
"""

from hypothesis import settings

DOSES = {"thousand": 1_000, "night": 20_000}

settings.register_profile("day", deadline=None, derandomize=True)  # machines are shared; a slow example is no defect
settings.register_profile("thousand", deadline=None)
settings.register_profile("night", deadline=None)
settings.load_profile("day")


def dose(day: int) -> int:
    """Examples of a named property: `day` by day, else the dose of the profile."""
    return max(day, DOSES.get(settings.get_current_profile_name(), 0))
