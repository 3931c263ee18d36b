"""The kinds of content that drills are made of, each declared once."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counterpoint.academy.catalogue.branch_models import (
    BRANCH_MODELS,
    BranchModelBody,
    branch_example,
    branch_references,
    wrong_branch,
)
from counterpoint.academy.catalogue.dialogues import (
    DIALOGUES,
    DialogueBody,
    dialogue_cites,
    dialogue_example,
    wrong_dialogue,
)
from counterpoint.academy.catalogue.drill_labels import BRANCH_WORDS, DRILL_WORDS
from counterpoint.academy.catalogue.scenarios import (
    GAP,
    NEAR,
    SCENARIOS,
    ScenarioBody,
    scenario_references,
    wrong_scenario,
)
from counterpoint.academy.catalogue.scoring import SCORING, ScoringBody, scoring_example, wrong_scoring
from counterpoint.primitives.content import Kind, declare


def scenario_example(body: ScenarioBody, example: dict[str, Any]) -> str:
    """A day written down: what doing nothing loses and what these orders lose; the gap is worth playing."""
    from counterpoint.academy.drill import golden

    naive, skilled = golden.losses(body, example)
    for wanted, found in ((example["naive"], naive), (example["loss"], skilled)):
        if abs(wanted - found) > NEAR:
            return gettext("loses %(value)s minutes") % {"value": f"{found:.2f}"}
    return "" if naive - skilled >= GAP else gettext("skill saves less than %(gap)d minutes") % {"gap": GAP}


declare(
    Kind(
        SCENARIOS, type=ScenarioBody, check=wrong_scenario, check_example=scenario_example,
        references=scenario_references, title=_("Scenarios of drills"), labels=DRILL_WORDS,
    )
)  # fmt: skip
declare(
    Kind(
        DIALOGUES, type=DialogueBody, check=wrong_dialogue, check_example=dialogue_example, cites=dialogue_cites,
        title=_("Dialogues of drills"), labels=DRILL_WORDS,
    )
)  # fmt: skip
declare(
    Kind(
        SCORING, type=ScoringBody, check=wrong_scoring, check_example=scoring_example, title=_("Scoring of drills"),
        labels=DRILL_WORDS,
    )
)  # fmt: skip
declare(
    Kind(
        BRANCH_MODELS, type=BranchModelBody, check=wrong_branch, check_example=branch_example,
        cites=branch_references, title=_("Branch models of drills"), labels=BRANCH_WORDS,
    )
)  # fmt: skip
