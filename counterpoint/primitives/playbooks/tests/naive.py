"""A play once more, written naively: dictionaries and minutes, no database. And the same hand driving both."""

from datetime import timedelta

from hypothesis import strategies as st

from counterpoint.foundation.api import DomainError, scoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.primitives import playbooks as door
from counterpoint.primitives.playbooks import engine, ticking

ACTS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("tick"), st.just(0)),
    st.tuples(st.just("crash"), st.integers(0, 2)),
    st.tuples(st.just("crash"), st.just(0)),
    st.tuples(st.just("do"), st.integers(0, 30)),
    st.tuples(st.just("do"), st.integers(0, 30)),
    st.tuples(st.sampled_from(("skip", "acknowledge")), st.integers(0, 5)),
    st.tuples(st.sampled_from(("pause", "resume")), st.just(0)),
)
STORIES = st.lists(ACTS, min_size=6, max_size=20)
FIRED = ("primitives.play_told", "primitives.play_step_overran", "primitives.play_limit_passed")


class Naive:
    """What must have fired by now, told from the acts alone."""

    def __init__(self, book, real):
        self.book, self.real = book, real
        self.clock, self.state, self.paused_at = 0, "running", None
        self.settled, self.open, self.fired = {}, {}, []
        self.limit = book.time_limit.minutes if book.time_limit else None
        self.go_on()

    def go_on(self):
        """Open what can begin, by looking at every path from the start."""
        fate = {}
        for n, step in enumerate(self.book.steps):
            if step.slug in self.settled:
                fate[step.slug] = "settled"
                continue
            roads, waiting = [] if n else [0], False
            for earlier in self.book.steps[:n]:
                if step.slug in self.book.follows[earlier.slug]:
                    if fate[earlier.slug] == "settled":
                        answer, at = self.settled[earlier.slug]
                        roads += [at] if step.slug in self.book.opens(earlier.slug, answer) else []
                    elif fate[earlier.slug] != "unneeded":
                        waiting = True
            fate[step.slug] = "waiting" if waiting else "ready" if roads else "unneeded"
            if fate[step.slug] == "ready" and step.slug not in self.open:
                self.begin(step.slug, self.clock, 1)
        if not self.open:
            self.state = "completed"

    def begin(self, slug, at, number):
        step = self.book.by_slug[slug]
        due = None
        if step.within:
            due = step.within.minutes + (0 if step.within.of == "start" else at)
        pages = [[at + rung.minutes, order] for order, rung in enumerate(step.rungs())]
        self.open[slug] = {"round": number, "due": due, "ready": at, "pages": pages}

    def tick(self):
        if self.state not in ("running", "paused"):
            return
        happening = []
        if self.state == "running":
            for slug, one in self.open.items():
                happening += [
                    (at, f"told {slug} {one['round']} {order}") for at, order in one["pages"] if at <= self.clock
                ]
                one["pages"] = [p for p in one["pages"] if p[0] > self.clock]
                if one["due"] is not None and one["due"] <= self.clock:
                    happening.append((max(one["due"], one["ready"]), f"overran {slug} {one['round']}"))
                    one["due"] = None
        if self.limit is not None and self.limit <= self.clock and (self.state == "running" or self.real):
            happening.append((self.limit, "limit"))
            self.limit = None
        self.fired += sorted(happening, key=lambda pair: pair[0])

    def settle(self, slug, answer):
        step, one = self.book.by_slug[slug], self.open.pop(slug)
        if step.branch and step.branch[answer] == "again":
            self.begin(slug, self.clock + step.again.minutes, one["round"] + 1)
        else:
            self.settled[slug] = (answer, self.clock)
            self.go_on()

    def pause(self):
        self.tick()
        self.state, self.paused_at = "paused", self.clock

    def resume(self):
        gap, self.state = self.clock - self.paused_at, "running"
        for one in self.open.values():
            one["due"] = None if one["due"] is None else one["due"] + gap
            one["pages"] = [[at + gap, order] for at, order in one["pages"]]
        if self.limit is not None and not self.real:
            self.limit += gap


class Power(RuntimeError):
    """The lights go out in the middle of a tick."""


class Both:
    """The product and the naive play under one hand: every act is done to both."""

    def __init__(self, bank, book, mode="real"):
        self.bank, self.now, self.acts = bank, bank.now, 0
        self.sun = bank.scope("Sun")
        self.play = door.play_start(
            scope=self.sun, org_unit=bank.b01, playbook=book.key, now=self.now, mode=mode
        ).id  # fmt: skip
        self.naive = Naive(book, mode == "real")

    def act(self, name, number, monkeypatch):
        """One act; those that make no sense now are left out."""
        naive, here = self.naive, {"scope": self.sun, "play": self.play, "now": self.now}
        slugs = sorted(naive.open)
        if name == "wait":
            self.now += timedelta(minutes=number)
            naive.clock += number
        elif name == "tick":
            ticking.plays_tick(self.now)
            naive.tick()
        elif name == "crash":
            self.crash(number, monkeypatch)
        elif naive.state == "paused" and name == "resume":
            self.acts += 1
            door.play_resume(**here)
            naive.resume()
        elif naive.state == "running" and name == "pause":
            self.acts += 1
            door.play_pause(**here)
            naive.pause()
        elif naive.state == "running" and slugs and name in ("do", "skip", "acknowledge"):
            self.acts += 1
            self.step(name, slugs[number % len(slugs)], number, here)

    def step(self, name, slug, number, here):
        answers = sorted(self.naive.book.by_slug[slug].branch) or [""]
        answer = answers[number % len(answers)]
        if name == "do":
            door.step_done(**here, step=slug, answer=answer)
            self.naive.settle(slug, answer)
        elif name == "skip":
            door.step_skip(**here, step=slug, answer=answer, reason="story")
            self.naive.settle(slug, answer)
        else:
            one = self.naive.open[slug]
            self.acts -= bool(one.get("seen"))  # the second time is nothing
            door.step_acknowledge(**here, step=slug)
            one["pages"], one["seen"] = [], True

    def crash(self, after, monkeypatch):
        """The process dies after so many effects of a tick, before the commit."""
        left, real = [after], engine.told

        def dying(*args, **data):
            if not left[0]:
                raise Power
            left[0] -= 1
            real(*args, **data)

        with monkeypatch.context() as patched:
            patched.setattr(ticking, "told", dying)
            due = self.naive_due()
            ticking.plays_tick(self.now)
        if due <= after:
            self.naive.tick()

    def naive_due(self):
        """How many effects a tick would have now."""
        from copy import deepcopy

        ghost = deepcopy(self.naive)
        before = len(ghost.fired)
        ghost.tick()
        return len(ghost.fired) - before

    def fired(self):
        """What the product fired, in the order of its journal, in the naive play's words."""
        with scoped(self.sun):
            rows = list(JournalEntry.objects.filter(subject=str(self.play), kind__in=FIRED).order_by("id"))
        names = {"play_told": "told {step} {round} {order}", "play_step_overran": "overran {step} {round}"}
        return [names.get(row.kind.split(".")[1], "limit").format(**row.data) for row in rows]


__all__ = ["STORIES", "Both", "DomainError", "Naive"]
