"""Two published tables of 1,000 people and five items each of the Law School Admission Test, and what others found.

Bock and Lieberman (1970), Psychometrika 35, 179-197. Counts of the 32 patterns 00000, 00001, … 11111.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from counterpoint.science import psychometrics as p

SECTION_6 = (
    *(3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15),
    *(10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298),
)
SECTION_7 = (
    *(12, 19, 1, 7, 3, 19, 3, 17, 10, 5, 3, 7, 7, 23, 8, 28),
    *(7, 39, 11, 34, 14, 51, 15, 90, 6, 25, 7, 35, 18, 136, 32, 308),
)
# section 6: R package ltm (Rizopoulos 2006, J. Stat. Softw. 17(5)), `ltm(LSAT ~ z1)`, with standard errors
LTM_SLOPES = (0.8254, 0.7229, 0.8905, 0.6886, 0.6575)
LTM_DIFFICULTIES = (-3.3597, -1.3696, -0.2799, -1.8659, -3.1236)
LTM_SLOPE_ERRORS = (0.2581, 0.1867, 0.2326, 0.1852, 0.2100)
LTM_DIFFICULTY_ERRORS = (0.8669, 0.3073, 0.0997, 0.4341, 0.8700)
LTM_LIKELIHOOD = -2466.653
# section 7: R package mirt (Chalmers 2012, J. Stat. Softw. 48(6)), `mirt(LSAT7, 1)`: slopes and intercepts
MIRT_SLOPES = (0.988, 1.081, 1.706, 0.765, 0.736)
MIRT_INTERCEPTS = (1.856, 0.808, 1.804, 0.486, 1.855)
MIRT_LIKELIHOOD = -2658.805


def answers(counts):
    """A row a person."""
    rows = np.repeat(np.array(list(product((0, 1), repeat=5))), counts, axis=0)
    return p.responses(rows)
