"""Content of the academy: courses, lessons, questions, standards, micro lessons; declared once, read by date."""

from counterpoint.academy.catalogue import (
    certificates,  # noqa: F401  (declares certificates)
    kinds,  # noqa: F401  (declares the kinds)
    permissions,  # noqa: F401  (declares rights that ask for certificates)
)
