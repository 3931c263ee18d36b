"""The door of the foundation: what other rooms may use.

Modules that are vocabulary rather than verbs are re-exported whole: `clock`, `scope`, `policy`, `calendar`, `jobs`,
`roles`, `journal`, `facts`, `ratelimit`, `live`, `notify`, `openapi`, `files`, `integrity`, `tick`.
"""

from counterpoint.foundation import (
    calendar,
    clock,
    facts,
    files,
    integrity,
    jobs,
    journal,
    live,
    notify,
    openapi,
    policy,
    ratelimit,
    roles,
    scope,
    tick,
)
from counterpoint.foundation.access import device_scope, roles_of, scope_of, system_scope
from counterpoint.foundation.actions import (
    counter_create,
    device_create,
    device_enrol,
    device_revoke,
    hours_set,
    org_unit_create,
    person_add,
    post_end,
    post_grant,
    special_day_set,
    zone_create,
)
from counterpoint.foundation.errors import DomainError, Forbidden, Invalid, NotFound
from counterpoint.foundation.facts import FactType
from counterpoint.foundation.hours import hours_of
from counterpoint.foundation.ids import new_id
from counterpoint.foundation.models import Counter, Device, JobRun, OrgUnit, StoredFile, User, Zone
from counterpoint.foundation.queries import (
    Colleague,
    branch,
    branches,
    colleagues,
    counters,
    devices,
    job,
    nearest_holders,
    unit_names,
)
from counterpoint.foundation.scope import Scope, ScopeError, scoped, unscoped
from counterpoint.foundation.scoped_models import ScopedModel
from counterpoint.foundation.views import address_of

__all__ = [
    "Colleague",
    "Counter",
    "Device",
    "DomainError",
    "FactType",
    "Forbidden",
    "Invalid",
    "JobRun",
    "NotFound",
    "OrgUnit",
    "Scope",
    "ScopeError",
    "ScopedModel",
    "StoredFile",
    "User",
    "Zone",
    "address_of",
    "branch",
    "branches",
    "calendar",
    "clock",
    "colleagues",
    "counter_create",
    "counters",
    "device_create",
    "device_enrol",
    "device_revoke",
    "device_scope",
    "devices",
    "facts",
    "files",
    "hours_of",
    "hours_set",
    "integrity",
    "job",
    "jobs",
    "journal",
    "live",
    "nearest_holders",
    "new_id",
    "notify",
    "openapi",
    "org_unit_create",
    "person_add",
    "policy",
    "post_end",
    "post_grant",
    "ratelimit",
    "roles",
    "roles_of",
    "scope",
    "scope_of",
    "scoped",
    "special_day_set",
    "system_scope",
    "tick",
    "unit_names",
    "unscoped",
    "zone_create",
]
