"""Somebody who plays a drill in tests, with a host's clock to turn."""

from datetime import timedelta

from counterpoint.academy.drill import actions, queries
from counterpoint.foundation.api import scoped


class Player:
    """Somebody at a drill, with a host's clock to turn."""

    def __init__(self, bank, name="Sun"):
        self.bank, self.scope, self.real, self.pressed = bank, bank.scope(name), bank.now, 0
        self.session = None

    def here(self, **more):
        self.pressed += 1
        return {"scope": self.scope, "now": self.bank.now, "real": self.real, "key": f"press-{self.pressed}"} | more

    def make(self, game, **more):
        made = actions.drill_make(**self.here(**more), unit=self.bank.b01, seed=1, game=game)
        self.session = made.pk
        return made

    def pace(self, speed, **more):
        return actions.drill_pace(**self.here(**more), session=self.session, speed=speed)

    def order(self, act, inputs, **more):
        return actions.drill_order(**self.here(**more), session=self.session, act=act, inputs=inputs)

    def later(self, **delta):
        self.real += timedelta(**delta)

    def finish(self):
        here = {key: value for key, value in self.here().items() if key != "key"}
        return actions.drill_finish(**here, session=self.session)

    def segment(self, since=None, after=0):
        with scoped(self.scope):
            return queries.segment(queries.session_of(self.scope, self.session), since, after, self.real)
