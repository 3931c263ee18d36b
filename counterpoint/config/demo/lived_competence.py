"""What colleagues say of one another, and what daily work said of them: evidence for the matrix of competence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np

from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.lived_learning import at_time
from counterpoint.foundation.api import scope_of
from counterpoint.role import api as role
from counterpoint.role.competence.actions import quarter_of
from counterpoint.role.competence.living import read_quarter

BRANCHES = ("b01",)  # where forms were filled in
SEEN = ("supervisor", "lobby_manager", "teller")  # the first of each is marked by colleagues too
PEERS = 3  # from so many on their marks are shown


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """Forms of 360 degrees and the evidence of the quarter before this one; how many forms. Call in a transaction."""
    known, chance, count = {plan.code: plan for plan in plans}, np.random.default_rng([seed, 79]), 0
    for code in (code for code in BRANCHES if code in known):
        unit = built.units[code]
        quarter = quarter_of(quarter_of(until.date()) - timedelta(days=1))
        if quarter > since:
            read_quarter(unit=unit, quarter=quarter, now=until - timedelta(days=20))
        for back in (100, 9):
            day = until.date() - timedelta(days=back)
            if day > since + timedelta(days=1):
                count += _forms(known[code], built, at_time(unit, day, time(17, 20)), chance)
    return count


def _forms(plan: BranchPlan, built: Built, now: datetime, chance: np.random.Generator) -> int:
    """Everybody marks themselves and is marked by the head, the first of some posts by three colleagues too."""
    count, unit = 0, built.units[plan.code]
    head = built.people[plan.of_role("branch_head")[0].staff_no]
    profiles = role.profiles(now.date(), unit.rule_pack, unit.path)
    widely = {plan.of_role(name)[0].staff_no for name in SEEN if plan.of_role(name)}
    for person in plan.people:
        user, wanted = built.people[person.staff_no], profiles.get(person.role)
        if wanted is None:
            continue
        true = {key: level + float(chance.normal(-0.3, 0.6)) for key, level in wanted.needs.items()}
        others = [one for one in plan.people if one.staff_no != person.staff_no]
        peers = others[2 : 2 + PEERS] if person.staff_no in widely else []
        raters = [(user, 0.4), *([(head, -0.1)] if user != head else []),
                  *((built.people[one.staff_no], 0.1) for one in peers)]  # fmt: skip
        for rater, kind in raters:
            levels = {key: int(np.clip(round(one + kind + chance.normal(0, 0.4)), 1, 5)) for key, one in true.items()}
            role.competence_observe(scope=scope_of(rater, now), unit=unit, user=user.pk, levels=levels, now=now)
            count += 1
    return count
