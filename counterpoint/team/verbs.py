"""Who may do what in the team."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import enrolment, roles

READERS = roles.LEADERS | roles.READERS

roles.declare(
    {
        "team.forecast.view": READERS,
        "team.forecast.make": roles.LEADERS,
        "team.known.say": roles.LEADERS,
        "team.tree.view": roles.READERS,
        "team.tree.make": {"hq_operations"},
        "team.floating.view": roles.READERS,
        "team.floating.make": roles.ABOVE,
        "team.roster.view": roles.BRANCH | roles.READERS,
        "team.roster.edit": roles.LEADERS,
        "team.roster.publish": roles.LEADERS,
        "team.staff.view": READERS | {"hq_training"},
        "team.staff.edit": roles.LEADERS,
        "team.skill.certify": {"branch_head", "hq_training", "hq_compliance"},  # whoever awards or revokes
        "team.shift.own": roles.BRANCH,
        "team.leave.request": roles.BRANCH,
        "team.leave.decide": roles.LEADERS,
        "team.swap.request": roles.BRANCH,
        "team.swap.decide": roles.LEADERS,
        "team.dispute.view": roles.LEADERS | roles.READERS,
        "team.dispute.open": roles.BRANCH | roles.ABOVE,
        "team.dispute.handle": roles.LEADERS | roles.ABOVE,
        "team.dispute.verify": roles.BRANCH | roles.ABOVE,  # of those who see it: the other party, or leaders
        "team.dispute.manage": {"branch_head"} | roles.ABOVE,
        "team.group.form": roles.LEADERS | roles.ABOVE,
        "team.group.lead": {"group_lead"} | roles.ABOVE,
        "team.group.view": roles.MEMBERS | roles.READERS,
        "team.group.pages": roles.MEMBERS | roles.LEADERS | roles.READERS,
        "team.card.view": roles.MEMBERS | roles.READERS,
        "team.card.open": roles.MEMBERS | roles.ABOVE,
        "team.card.handle": roles.MEMBERS | roles.ABOVE,
        "team.card.verify": roles.MEMBERS | roles.ABOVE,
        "team.card.manage": {"group_lead"} | roles.ABOVE,
    }
)

RAISE = ("team.dispute.open",)
KNOW = ("team.known.say",)
CARDS = ("team.group.view", "team.card.view", "team.card.open", "team.card.handle")

enrolment.register(
    [
        # No use reads disputes: they are confidential, and `team.dispute.view` shows all with parties and decisions.
        enrolment.Use("disputes", _("Personnel system: raises disputes for people of a branch"), RAISE),
        enrolment.Use("known", _("Weather or events service: says what is known of a branch's days"), KNOW),
        enrolment.Use("cards", _("Task board: reads, adds and moves cards of virtual teams"), CARDS),
    ]
)
