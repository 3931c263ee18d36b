"""The running demo that the tutorial is read against."""

from tests.journeys.conftest import demo  # noqa: F401
