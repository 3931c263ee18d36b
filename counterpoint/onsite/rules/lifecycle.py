"""The life of a ticket: which step leads from which state to which."""

WAITING, CALLED, SERVING, HELD = "waiting", "called", "serving", "held"
SERVED, ABANDONED, CANCELLED, NO_SHOW = "served", "abandoned", "cancelled", "no_show"

OVER = frozenset({SERVED, ABANDONED, CANCELLED, NO_SHOW})
AT_COUNTER = frozenset({CALLED, SERVING})
STATES = frozenset({WAITING, CALLED, SERVING, HELD}) | OVER

STEPS: dict[str, tuple[frozenset[str], str]] = {
    "call": (frozenset({WAITING}), CALLED),
    "recall": (frozenset({CALLED}), CALLED),
    "undo_call": (frozenset({CALLED}), WAITING),
    "start": (frozenset({CALLED}), SERVING),
    "hold": (frozenset({SERVING}), HELD),
    "resume": (frozenset({HELD}), SERVING),
    "hand_over": (frozenset({CALLED, SERVING, HELD}), SERVED),
    "finish": (frozenset({SERVING}), SERVED),
    "no_show": (frozenset({CALLED}), NO_SHOW),
    "abandon": (frozenset({WAITING, HELD}), ABANDONED),
    "cancel": (frozenset({WAITING}), CANCELLED),
    "divert": (frozenset({WAITING}), CANCELLED),
    "delay": (frozenset({WAITING}), WAITING),
    "flag": (frozenset({WAITING}), WAITING),
    "first": (frozenset({WAITING}), WAITING),
    "put_back": (frozenset({WAITING}), WAITING),
}


def allowed_from(step: str) -> frozenset[str]:
    """States in which the step may be taken."""
    return STEPS[step][0]


def next_state(step: str, state: str) -> str | None:
    """The state after the step, or None when the step is not allowed in this state."""
    sources, target = STEPS[step]
    return target if state in sources else None


def label_of(letter: str, number: int) -> str:
    """The number on paper: A012; grows beyond three digits without a collision."""
    return f"{letter}{number:03d}"


def priority_of(tier_priority: int, vulnerable: bool, highest: int) -> int:
    """Vulnerable customers are called with the first tier, whatever their own."""
    return min(tier_priority, highest) if vulnerable else tier_priority


def rank_of(priority: int, first: bool) -> float:
    """Place of a ticket among the priorities: taken first, it stands before its own and after the higher ones."""
    return priority - 0.5 if first else float(priority)
