"""Measuring what people know: items fitted to answers, ability with its error, exams that adapt, item analysis.

::

    from counterpoint.science import psychometrics as p

    found = p.fit(p.responses(rows), "2pl")               # rows of 1, 0 and -1 (not answered); prior p.PRIOR
    found.items.slope, found.items.difficulty             # with slope_error, difficulty_error
    p.ability(found.items, [1, 0, 1, 1, -1])              # Ability(mean, sd)

    bank = p.Bank(found.items, cells=("cash", "cash", "law", "law", "law"))
    p.choose(bank, p.Plan({"cash": 0.4, "law": 0.6}), given=(), now=p.EVERYBODY, draw=p.chance(7, "slot", 0))
    p.stopped(p.Plan({"cash": 1.0}), given=12, now=p.Ability(0.3, 0.31))      # "sure"

    p.analyse(answers)                                    # difficulty, separation, left out, flags
    p.fit_learner(attempts).outlook(past, [(item, skill)])  # chance that the next answer is right

Everything is pure: chance is an argument (`draw`, `seed`), nothing is stored.
"""

from counterpoint.science.psychometrics.ability import EVERYBODY as EVERYBODY
from counterpoint.science.psychometrics.ability import Ability as Ability
from counterpoint.science.psychometrics.ability import abilities as abilities
from counterpoint.science.psychometrics.ability import ability as ability
from counterpoint.science.psychometrics.adaptive import Bank as Bank
from counterpoint.science.psychometrics.adaptive import Exposure as Exposure
from counterpoint.science.psychometrics.adaptive import Plan as Plan
from counterpoint.science.psychometrics.adaptive import choose as choose
from counterpoint.science.psychometrics.adaptive import stopped as stopped
from counterpoint.science.psychometrics.analysis import FLAGS as FLAGS
from counterpoint.science.psychometrics.analysis import Difference as Difference
from counterpoint.science.psychometrics.analysis import ItemReport as ItemReport
from counterpoint.science.psychometrics.analysis import analyse as analyse
from counterpoint.science.psychometrics.analysis import differential as differential
from counterpoint.science.psychometrics.attempts import Attempts as Attempts
from counterpoint.science.psychometrics.attempts import repeats as repeats
from counterpoint.science.psychometrics.attempts import without_repeats as without_repeats
from counterpoint.science.psychometrics.fit import NO_PRIOR as NO_PRIOR
from counterpoint.science.psychometrics.fit import PRIOR as PRIOR
from counterpoint.science.psychometrics.fit import Fit as Fit
from counterpoint.science.psychometrics.fit import fit as fit
from counterpoint.science.psychometrics.forms import Score as Score
from counterpoint.science.psychometrics.forms import chance as chance
from counterpoint.science.psychometrics.forms import draw_form as draw_form
from counterpoint.science.psychometrics.forms import score as score
from counterpoint.science.psychometrics.forms import shuffled as shuffled
from counterpoint.science.psychometrics.itemfit import ItemFit as ItemFit
from counterpoint.science.psychometrics.itemfit import fit_of_items as fit_of_items
from counterpoint.science.psychometrics.items import Items as Items
from counterpoint.science.psychometrics.items import items as items
from counterpoint.science.psychometrics.kept import keep_items as keep_items
from counterpoint.science.psychometrics.kept import keep_learner as keep_learner
from counterpoint.science.psychometrics.kept import restore_items as restore_items
from counterpoint.science.psychometrics.kept import restore_learner as restore_learner
from counterpoint.science.psychometrics.learners import Learner as Learner
from counterpoint.science.psychometrics.learners import area as area
from counterpoint.science.psychometrics.learners import fit_learner as fit_learner
from counterpoint.science.psychometrics.linking import linked as linked
from counterpoint.science.psychometrics.marginal import Prior as Prior
from counterpoint.science.psychometrics.repetition import Card as Card
from counterpoint.science.psychometrics.repetition import Scheduler as Scheduler
from counterpoint.science.psychometrics.repetition import grade as grade
from counterpoint.science.psychometrics.repetition import repetition as repetition
from counterpoint.science.psychometrics.responses import OPEN as OPEN
from counterpoint.science.psychometrics.responses import RIGHT as RIGHT
from counterpoint.science.psychometrics.responses import WRONG as WRONG
from counterpoint.science.psychometrics.responses import Responses as Responses
from counterpoint.science.psychometrics.responses import responses as responses
