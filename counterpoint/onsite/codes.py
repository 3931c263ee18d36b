"""Unguessable codes of what is open to the public: tickets on phones, labels on things."""

import re

from counterpoint.foundation.api import new_id

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 10
CODE = re.compile(r"^[2-9a-z]{10}$")


def public_code() -> str:
    """Ten unguessable letters and digits without look-alikes (49 bits), for the phone page."""
    rest = new_id().int & ((1 << 62) - 1)
    letters = []
    for _position in range(LENGTH):
        rest, index = divmod(rest, len(LETTERS))
        letters.append(LETTERS[index])
    return "".join(letters)
