"""A line of text as it was read from a picture: its letters, how sure each is, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line: `text`, a probability a letter (0–1), and its place in the frame of the text itself.

    `box` is left, top, right, bottom in pixels after the picture was turned so that text runs to the right. `crop` is
    the line's number among the cut-outs of the picture, to read it a second time. `at` is the middle of each letter as
    a share of the line's width; empty when nobody measured it.
    """

    text: str
    probabilities: tuple[float, ...]
    box: tuple[float, float, float, float]
    crop: int = -1
    at: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.text) != len(self.probabilities):
            raise ValueError(f"{len(self.text)} letters but {len(self.probabilities)} probabilities")

    @property
    def height(self) -> float:
        """Height of the line in pixels."""
        return self.box[3] - self.box[1]

    @property
    def confidence(self) -> float:
        """Probability of the least sure letter; 0 for an empty line."""
        return min(self.probabilities, default=0.0)

    def least(self, start: int, end: int) -> float:
        """Probability of the least sure letter from `start` to before `end`."""
        return min(self.probabilities[start:end], default=0.0)


def beside(left: Line, right: Line) -> bool:
    """Whether `right` stands in the same row, to the right of `left`."""
    overlap = min(left.box[3], right.box[3]) - max(left.box[1], right.box[1])
    return overlap > 0.5 * min(left.height, right.height) and right.box[0] > left.box[0] + 0.5 * left.height


def below(upper: Line, lower: Line) -> bool:
    """Whether `lower` stands right under `upper`: shared columns, and no room for another line between them."""
    shared = min(upper.box[2], lower.box[2]) - max(upper.box[0], lower.box[0])
    narrower = min(upper.box[2] - upper.box[0], lower.box[2] - lower.box[0])
    gap = lower.box[1] - upper.box[3]
    tall = max(upper.height, lower.height)
    return shared > 0.3 * narrower and -0.5 * tall < gap < 1.2 * tall
