"""Answers of the advisor by hand, for the tests of the hall."""

from django.urls import reverse

from counterpoint.foundation.api import unscoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.onsite import advising, api


def standing(kind, saved=100.0, band=(5.0, 20.0), **more):
    return {
        "kind": kind, "user": "", "counter": None, "service": "", "share": None, "dropped": False, "futures": 200,
        "mean": {"p90_wait": 20.0, "waited": 300.0, "walkouts": 2.0, "breaches": 3.0, "loss": 400.0},
        "saved": {"p90_wait": 5.0, "waited": 80.0, "walkouts": 1.0, "breaches": 2.0, "loss": saved},
        "low": saved - 20, "high": saved + 20, "band": list(band), "cost": 30.0, **more,
    }  # fmt: skip


def found(kind="call", chosen_band=(0.0, 1.0), nothing_band=(0.0, 99.0), **more):
    chosen = standing(kind, band=chosen_band, **more)
    nothing = standing("nothing", saved=0.0, band=nothing_band)
    predicted = {"minute": 630, "horizon": 60.0, "futures": 200, "waiting": 3, "chosen": chosen, "nothing": nothing}
    return advising.Found(
        kind, more.get("user", ""), more.get("counter"), more.get("service", ""), more.get("share"),
        {**predicted, "others": [] if kind == "nothing" else [nothing]},
    )  # fmt: skip


def act(bank, name, who="Sun", **inputs):
    """One action of the door by somebody, now unless another time is given."""
    inputs.setdefault("now", bank.now)
    return getattr(api, name)(scope=bank.scope(who), branch=bank.b01, **inputs)


def kinds(bank):
    """What the journal says happened."""
    with unscoped("the test reads the journal"):
        rows = JournalEntry.objects.filter(org_unit=bank.b01).order_by("seq")
        return list(rows.values_list("kind", flat=True))


def page(client):
    """The hall as it is shown."""
    return client.get(reverse("onsite:hall-now")).content.decode()
