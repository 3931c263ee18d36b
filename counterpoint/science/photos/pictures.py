"""From bytes to pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class NotAPicture(ValueError):
    """The bytes are no picture that can be read."""


def decoded(content: bytes) -> NDArray[np.uint8]:
    """Height × width × 3 pixels, blue first, upright as the camera noted; raises :class:`NotAPicture`."""
    import cv2

    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    if picture is None:
        raise NotAPicture("These bytes are no JPEG, PNG or WebP picture.")
    return np.asarray(picture, np.uint8)
