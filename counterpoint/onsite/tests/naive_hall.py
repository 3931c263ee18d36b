"""A hall in plain Python, written from the rules alone: lists, dicts and no database. What `test_naive_hall` believes.

Every act answers "ok" or the code of the refusal. Seconds count from the first morning; one act a moment.
"""

from dataclasses import dataclass, field

SKILL = {"cash_deposit": "cash", "transfer": "non_cash", "wealth": "wealth"}
LETTER = {"cash_deposit": "A", "transfer": "B", "wealth": "C"}
MACHINE = {"cash_deposit": "crs", "transfer": "stm", "wealth": "stm"}
PRIORITY = {"priority": 0, "vip": 1, "standard": 2}
COUNTERS = {1: {"cash", "non_cash"}, 2: {"cash", "non_cash"}, 3: {"non_cash"}, 4: {"wealth"}}
AT_COUNTER = ("called", "serving")
OVER = ("served", "abandoned", "cancelled", "no_show")


@dataclass
class Slip:
    """One customer with a number."""

    label: str
    service: str
    tier: str
    frail: bool
    senior: int
    state: str = "waiting"
    counter: int | None = None
    server: str | None = None
    calls: int = 0
    not_before: int = 0

    @property
    def priority(self):
        return 0 if self.frail else PRIORITY[self.tier]

    @property
    def order(self):
        return self.priority, self.senior


@dataclass
class NaiveHall:
    """Slips of today, windows, where people are, one machine."""

    now: int = 0
    closed: bool = False
    slips: list[Slip] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    windows: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(COUNTERS, False))
    people: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    machine_works: bool = True

    # --- looking ---

    def sitting(self, counter):
        """Who sits at the counter."""
        return next((who for who, (place, at) in self.people.items() if place == "counter" and at == counter), None)

    def at(self, counter):
        """Who is called to it or served at it."""
        return next((s for s in self.slips if s.counter == counter and s.state in AT_COUNTER), None)

    def waiting(self):
        """Everybody who waits, in the order of calling."""
        return sorted((s for s in self.slips if s.state == "waiting"), key=lambda s: s.order)

    def rivals(self, service):
        """Services that are called at the same counters now."""
        skills = {SKILL[service]}
        for counter, able in COUNTERS.items():
            if self.windows[counter] and self.sitting(counter) and SKILL[service] in able:
                skills |= able
        return {key for key, skill in SKILL.items() if skill in skills}

    def ahead(self, slip):
        """How many will be called before."""
        rivals = self.rivals(slip.service)
        return sum(1 for s in self.waiting() if s.order < slip.order and s.service in rivals)

    def ready(self, counter):
        """Whether the counter may take somebody up."""
        if not self.windows[counter] or self.sitting(counter) is None:
            return "window_closed"
        return "counter_busy" if self.at(counter) else "ok"

    # --- tickets ---

    def take(self, service, tier, frail):
        if self.closed:
            return "day_closed"
        return self._issue(service, tier, frail, self.now)

    def _issue(self, service, tier, frail, senior):
        letter = LETTER[service]
        self.numbers[letter] = self.numbers.get(letter, 0) + 1
        self.slips.append(Slip(f"{letter}{self.numbers[letter]:03d}", service, tier, frail, senior))
        return "ok"

    def call_next(self, counter):
        code = self.ready(counter)
        if code != "ok":
            return code
        able = [s for s in self.waiting() if SKILL[s.service] in COUNTERS[counter] and s.not_before <= self.now]
        if not able:
            return "nothing_waiting"
        return self._call(able[0], counter)

    def _call(self, slip, counter):
        slip.state, slip.counter, slip.server, slip.not_before = "called", counter, self.sitting(counter), 0
        slip.calls += 1
        return "ok"

    def call(self, slip, counter):
        if slip.state == "called" and slip.counter == counter:
            slip.calls += 1
            return "ok"
        code = self.ready(counter)
        if code == "ok" and SKILL[slip.service] not in COUNTERS[counter]:
            code = "invalid"
        if code == "ok" and slip.state != "waiting":
            code = "wrong_step"
        return code if code != "ok" else self._call(slip, counter)

    def undo(self, slip):
        if slip.state != "called":
            return "wrong_step"
        slip.state, slip.counter, slip.server = "waiting", None, None
        slip.calls -= 1
        return "ok"

    def _step(self, slip, sources, target):
        if slip.state not in sources:
            return "wrong_step"
        slip.state = target
        return "ok"

    def start(self, slip):
        return self._step(slip, ("called",), "serving")

    def hold(self, slip):
        return self._step(slip, ("serving",), "held")

    def resume(self, slip, counter):
        code = self.ready(counter)
        if code != "ok":
            return code
        if slip.state != "held":
            return "wrong_step"
        slip.state, slip.counter, slip.server = "serving", counter, self.sitting(counter)
        return "ok"

    def finish(self, slip):
        return self._ended(slip, self._step(slip, ("serving",), "served"))

    def no_show(self, slip):
        return self._ended(slip, self._step(slip, ("called",), "no_show"))

    def hand_over(self, slip, service):
        if self.closed:
            return "day_closed"
        code = self._step(slip, ("called", "serving", "held"), "served")
        if code == "ok":
            self._issue(service, slip.tier, slip.frail, slip.senior)
        return self._ended(slip, code)

    def _ended(self, slip, code):
        """The last customer of a closed window frees its person."""
        if code == "ok" and not self.windows[slip.counter] and self.at(slip.counter) is None:
            who = self.sitting(slip.counter)
            if who:
                self.people[who] = ("back_office", None)
        return code

    def abandon(self, slip):
        return self._step(slip, ("waiting", "held"), "abandoned")

    def cancel(self, slip):
        return self._step(slip, ("waiting",), "cancelled")

    def delay(self, slip, minutes):
        code = self._step(slip, ("waiting",), "waiting")
        if code == "ok":
            slip.not_before = self.now + 60 * minutes
        return code

    def care(self, slip, frail):
        code = self._step(slip, ("waiting",), "waiting")
        if code == "ok":
            slip.frail = frail
        return code

    def divert(self, slip):
        """There is one machine of the kind stm."""
        if slip.frail or not self.machine_works or MACHINE[slip.service] != "stm":
            return "invalid"
        return self._step(slip, ("waiting",), "cancelled")

    # --- windows and people ---

    def _serves(self, who):
        place, at = self.people.get(who, ("", None))
        return place == "counter" and self.at(at) is not None

    def seat(self, who, counter):
        other = self.sitting(counter)
        if other == who:
            return "ok"
        if self._serves(who) or (other and self._serves(other)):
            return "counter_busy"
        if other:
            self.people[other] = ("back_office", None)
        self.people[who] = ("counter", counter)
        return "ok"

    def open(self, counter, who):
        code = self.seat(who, counter)
        if code == "ok":
            self.windows[counter] = True
        return code

    def close(self, counter):
        self.windows[counter] = False
        who = self.sitting(counter)
        if who and self.at(counter) is None:
            self.people[who] = ("back_office", None)
        return "ok"

    def move(self, who, place):
        if self._serves(who):
            return "counter_busy"
        self.people[who] = (place, None)
        return "ok"

    def break_start(self, who):
        if self._serves(who):
            return "counter_busy"
        self.people[who] = ("break", self.people.get(who, ("", None))[1])
        return "ok"

    def break_end(self, who):
        place, back = self.people.get(who, ("", None))
        if place != "break":
            return "invalid"
        free = back is not None and self.sitting(back) is None
        self.people[who] = ("counter", back) if free else ("back_office", None)
        return "ok"

    def machine(self, works):
        self.machine_works = works
        return "ok"

    # --- the day ---

    def close_day(self):
        if self.closed:
            return "day_closed"
        if any(s.state in AT_COUNTER for s in self.slips):
            return "still_serving"
        for slip in self.slips:
            if slip.state not in OVER:
                slip.state = "abandoned"
        self.windows = dict.fromkeys(COUNTERS, False)
        self.people = dict.fromkeys(self.people, ("gone", None))
        self.closed = True
        return "ok"

    def next_morning(self, now):
        """Nobody has been placed yet, and numbers begin again."""
        self.now, self.closed, self.slips, self.numbers, self.people = now, False, [], {}, {}
