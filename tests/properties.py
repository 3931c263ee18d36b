"""How property tests draw their examples: by day the same ones at every run, at night new ones.

Loaded as a pytest plugin by both configurations; ``make nightly`` asks for the profile ``night``.
"""

from hypothesis import settings

settings.register_profile("day", deadline=None, derandomize=True)  # machines are shared; a slow example is no defect
settings.register_profile("night", deadline=None)
settings.load_profile("day")
