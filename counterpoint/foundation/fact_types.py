"""Fact types that the foundation itself writes."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.facts import FactType, register

USER = frozenset({"user"})
FACTS = (
    FactType("foundation.org_unit_created", _("Org unit created"), frozenset({"code", "kind"})),
    FactType("foundation.org_unit_moved", _("Org unit moved"), frozenset({"from", "to"})),
    FactType(
        "foundation.org_unit_changed",
        _("Org unit changed"),
        frozenset({"name", "time_zone", "rule_pack", "address", "latitude", "longitude"}),
    ),
    FactType("foundation.place_created", _("Zone, counter or device set up"), frozenset({"what", "code", "kind"})),
    FactType("foundation.hours_set", _("Opening hours set"), frozenset({"intervals"})),
    FactType("foundation.special_day_set", _("Special day set"), frozenset({"date", "closed", "opens", "closes"})),
    FactType("foundation.person_added", _("Person added"), frozenset({"user"})),
    FactType("foundation.post_granted", _("Post granted"), frozenset({"user", "role", "since", "until"})),
    FactType("foundation.post_ended", _("Post ended"), frozenset({"user", "role", "until"})),
    FactType("foundation.signed_in", _("Signed in"), frozenset({"user"})),
    FactType("foundation.second_factor_set", _("Second factor switched on"), frozenset({"user"})),
    FactType("foundation.device_enrolled", _("Device enrolled"), frozenset({"device", "verbs"})),
    FactType("foundation.device_revoked", _("Device revoked"), frozenset({"device"})),
    FactType("foundation.file_stored", _("File stored"), frozenset({"file", "sha256", "size"})),
    FactType("foundation.backup_made", _("Backup made"), frozenset({"sha256", "rows"})),
    FactType("foundation.drill_passed", _("Restore drill passed"), frozenset({"sha256", "rows", "seconds"})),
    FactType("foundation.restored", _("Restored from a backup"), frozenset({"sha256", "rows"})),
    FactType("foundation.password_changed", _("Password changed"), USER),
    FactType("foundation.password_reset", _("Password reset by the operator"), frozenset({"user"})),
    FactType("foundation.account_unlocked", _("Sign-in unlocked by the operator"), frozenset({"user"})),
    FactType("foundation.practice_joined", _("Practice world joined"), frozenset({"world", "user"})),
    FactType("foundation.practice_made", _("Practice world made"), frozenset({"world", "user", "source"})),
    FactType("foundation.practice_ended", _("Practice world ended"), frozenset({"world"})),
    FactType("foundation.channel_added", _("Channel added"), frozenset({"channel"})),
    FactType("foundation.channel_tried", _("Channel tried"), frozenset({"channel", "ok"})),
    FactType("foundation.channel_switched", _("Channel switched on or off"), frozenset({"channel", "on"})),
    FactType("foundation.channel_removed", _("Channel removed"), frozenset({"channel"})),
)

register(FACTS)
