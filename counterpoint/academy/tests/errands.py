"""Somebody who plays a scenario with errands in tests, and does them in its practice branch as the content's own worked
example says."""

from counterpoint.academy.drill import actions, errands, log, offers, queries, scenes  # noqa: F401  (offers scenarios)
from counterpoint.academy.practice import worlds
from counterpoint.academy.tests.playing import Player
from counterpoint.foundation.api import scoped

VIP = "academy.scenario.vip_complaint"
SEED = 7


class Doer(Player):
    """A player of a scenario at the own branch."""

    def take(self, scenario=VIP, **more):
        game, version = offers.game_of_offer(self.bank.b01, scenario, SEED, self.bank.now)
        return self.make(game, scenario=scenario, version=version, **more)

    def row(self):
        with scoped(self.scope):
            return queries.session_of(self.scope, self.session)

    def lines(self, kind=None):
        with scoped(self.scope):
            return [one for one in log.lines(self.row()) if kind in (None, one.kind)]

    def standings(self):
        with scoped(self.scope):
            return errands.standings(self.row(), log.lines(self.row()))

    def settle(self):
        return actions.drill_settle(scope=self.scope, session=self.session, now=self.bank.now, real=self.real)

    def until(self, second):
        """Let the host's time pass until the drill is at a second, and the house look."""
        row = self.row()
        self.later(seconds=(second - row.base_second) / row.speed - (self.real - row.base_real).total_seconds() + 0.001)
        return self.settle()

    def come(self, speed=60):
        """Run until the first errand comes; it."""
        self.pace(speed)
        [one] = [one for one in self.standings() if one.begun is None]
        minute = log.game_of(self.row()).inject(one.slug).minute
        self.until(int(60 * minute))
        [one] = self.standings()
        return one

    @property
    def world(self):
        return worlds.held(self.row().world)

    def solve(self, leave=(), minutes=1):
        """Do what the worked example of the errand says, one act a minute, but for acts that are left out."""
        [one] = self.standings()
        for number, act in enumerate(one.errand.play):
            self.later(minutes=minutes)
            if number not in leave:
                worlds.play(self.world, act, self.world.now(self.real), self.real)

    def hand_in(self, slug="sheet"):
        here = {"scope": self.scope, "now": self.bank.now, "real": self.real}
        return actions.drill_hand_in(**here, session=self.session, inject=slug)
