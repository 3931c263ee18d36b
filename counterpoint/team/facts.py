"""What the team writes into the journal. Ids and numbers only; reasons of people go to the erasable private text."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

facts.register(
    (
        FactType("team.profile_set", _("Staff profile set"), frozenset({"user", "skills", "contract_minutes"})),
        FactType("team.staff_imported", _("Staff list imported"), frozenset({"people", "sha256"})),
        FactType(
            "team.skill_certified",
            _("Skill of the roster given or ended by a certificate"),
            frozenset({"user", "skill", "level", "until", "certificate"}),
        ),
        FactType("team.forecast_made", _("Forecast made"), frozenset({"since", "until", "seed", "inputs_hash"})),
        FactType("team.tree_made", _("Forecasts of all branches added up"), frozenset({"since", "until", "branches"})),
        FactType("team.travel_set", _("Travel time between branches set"), frozenset({"one", "other", "minutes"})),
        FactType("team.floating_made", _("Help between branches worked out"), frozenset({"week", "branches", "moves"})),
        FactType("team.floating_applied", _("Help between branches put into drafts"), frozenset({"week", "drafts"})),
        FactType("team.drift_found", _("Forecast drift found"), frozenset({"kind", "since", "found", "share"})),
        FactType("team.drift_acknowledged", _("Forecast drift acknowledged"), frozenset({"kind", "since", "found"})),
        FactType("team.known_said", _("Known days said"), frozenset({"days", "first", "last"})),
        FactType("team.known_dropped", _("Known day taken out"), frozenset({"date"})),
        FactType(
            "team.roster_drafted",
            _("Roster drafted"),
            frozenset({"week", "version", "seed", "inputs_hash", "status", "based_on"}),
        ),
        FactType(
            "team.roster_edited",
            _("Roster draft changed"),
            frozenset({"week", "version", "revision", "user", "date", "change", "hard"}),
        ),
        FactType(
            "team.roster_published",
            _("Roster published"),
            frozenset({"week", "version", "changes", "shifts", "waived"}),
        ),
        FactType("team.leave_requested", _("Leave requested"), frozenset({"user", "since", "until", "kind", "half"})),
        FactType("team.leave_decided", _("Leave decided"), frozenset({"user", "since", "until", "half", "state"})),
        FactType("team.leave_withdrawn", _("Leave request withdrawn"), frozenset({"user"})),
        FactType("team.preference_set", _("Preferences set"), frozenset({"user", "count"})),
        FactType("team.swap_asked", _("Swap asked"), frozenset({"giver", "taker", "date", "back_date"})),
        FactType("team.swap_consented", _("Swap answered by the colleague"), frozenset({"giver", "taker", "state"})),
        FactType("team.swap_decided", _("Swap decided"), frozenset({"giver", "taker", "state", "version", "waived"})),
        FactType(
            "team.dispute_raised",
            _("Dispute raised"),
            frozenset({"claimant", "respondent", "topic", "source", "system"}),
        ),
        FactType("team.dispute_climbed", _("Dispute passed up"), frozenset({"level", "person", "why"})),
        FactType("team.group_formed", _("Virtual team formed"), frozenset({"team", "members", "until"})),
        FactType("team.group_changed", _("Virtual team changed"), frozenset({"team", "user", "joined", "until"})),
        FactType("team.group_dissolved", _("Virtual team dissolved"), frozenset({"team", "cards", "by_itself"})),
        FactType("team.lessons_written", _("Lessons of a virtual team written"), frozenset({"team"})),
        FactType("team.feed_issued", _("Calendar feed address issued"), frozenset({"user"})),
    )
)
