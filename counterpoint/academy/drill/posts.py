"""Who of a team may order what: an act is of one or more posts; what nobody's post is there for is done by whoever
begins the day. Whoever plays alone plays every post. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

SUPERVISOR, LOBBY, HEAD, TELLER = "supervisor", "lobby_manager", "branch_head", "teller"
SEATS = (SUPERVISOR, LOBBY, HEAD, TELLER)
ACTS: Mapping[str, frozenset[str]] = {
    "window-open": frozenset({SUPERVISOR}), "window-close": frozenset({SUPERVISOR}),
    "person-move": frozenset({SUPERVISOR, HEAD}), "break-start": frozenset({SUPERVISOR}),
    "break-move": frozenset({SUPERVISOR}), "break-end": frozenset({SUPERVISOR}),
    "diversion": frozenset({SUPERVISOR, LOBBY}), "divert": frozenset({LOBBY}), "first": frozenset({LOBBY, SUPERVISOR}),
    "put-back": frozenset({LOBBY}), "flag": frozenset({LOBBY}), "call": frozenset({TELLER}),
    "call-next": frozenset({TELLER}), "answer": frozenset({SUPERVISOR, LOBBY, HEAD}),
}  # fmt: skip


def allowed(act: str, post: str, taken: Collection[str]) -> bool:
    """Whether who has a `post` may order an act, where the posts `taken` are played. Where nobody is there whose it is
    the supervisor does it, else anybody."""
    if len(taken) < 2:
        return True
    able = ACTS.get(act, frozenset())
    return post in able or (not able & set(taken) and (post == SUPERVISOR or SUPERVISOR not in taken))


def acts_of(post: str, taken: Collection[str]) -> frozenset[str]:
    """All acts that a post may order."""
    return frozenset(act for act in ACTS if allowed(act, post, taken))
