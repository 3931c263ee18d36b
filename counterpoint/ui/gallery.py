"""Specimens for the gallery: invented values that show every component in each of its states."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from counterpoint.ui.charts import Chart, Limit, Series
from counterpoint.ui.dayline import BranchDay, day_line
from counterpoint.ui.levels import LEVELS, NAMES
from counterpoint.ui.tables import Cell, Column, Table

HALF_HOURS = tuple(f"{9 + i // 2:02}:{'30' if i % 2 else '00'}" for i in range(16))
WAITS = (6, 8, 11, 15, 18, 17, 14, 12, 10, 9, 12, 16, 15, 11, 8, 5)


class SpecimenForm(forms.Form):
    """One field of each kind; bound without data so that errors show."""

    name = forms.CharField(max_length=40)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    reason = forms.CharField(widget=forms.Textarea(attrs={"maxlength": 200}), required=False)
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = (_("Name"), _("Kind"), _("Reason"), _("Way"), _("Remember this choice"))
        for field, label in zip(self.fields.values(), labels, strict=True):
            field.label = label
        self.fields["reason"].help_text = _("One sentence that a colleague understands tomorrow.")


def specimens() -> dict[str, Any]:
    """The context of ui/gallery.html."""
    day = BranchDay(
        now=datetime(2026, 11, 23, 10, 40, tzinfo=UTC),
        opens=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        closes=datetime(2026, 11, 23, 17, 0, tzinfo=UTC),
    )
    return {
        "day": day_line(day),
        "levels": [(level, NAMES[level]) for level in LEVELS],
        "waits": WAITS,
        "charts": [_band(), _steps(), _bars(), _ranking(), _heat()],
        "table": _table(),
        "no_rows": Table("nothing", _("Specimen rows"), [Column(_("Name"))], [], empty=_("No rows yet")),
        "form": SpecimenForm({"name": "", "kind": "a"}),
        "entries": _entries(),
        "tab_links": [
            ("one", pgettext("tab", "Open"), "#one", 3),
            ("two", _("Closed"), "#two"),
            ("three", _("All"), "#three", 12),
        ],
    }


def _band() -> Chart:
    low = [value - 3 for value in WAITS]
    return Chart(
        key="specimen-band",
        kind="line",
        title=_("Specimen: the value stays above its limit from 10:30 to 11:30"),
        unit=_("min"),
        source=_("invented values"),
        x=HALF_HOURS,
        x_label=_("Time"),
        series=[
            Series(_("Forecast P50"), WAITS, "forecast", low=low, high=[value + 4 for value in WAITS]),
            Series(_("Actual"), [*(value + 1 for value in WAITS[:6]), *([None] * 10)]),
        ],
        limits=[Limit(15, _("Limit 15"))],
        now="11:30",
        now_label=_("Now"),
        excel_url="#",
    )


def _steps() -> Chart:
    need = (2, 3, 4, 5, 5, 4, 3, 3, 3, 4, 5, 5, 4, 3, 2, 2)
    have = (3, 3, 4, 4, 4, 4, 3, 3, 4, 4, 5, 5, 4, 4, 3, 3)
    return Chart(
        "specimen-steps", "steps", _("Specimen: one too few from 10:30 to 11:30"), _("people"), _("invented values"),
        HALF_HOURS, _("Time"), [Series(_("Demand"), need), Series(_("Coverage"), have, "coverage")],
    )  # fmt: skip


def _bars() -> Chart:
    return Chart(
        "specimen-bars", "bars", _("Specimen: Monday is busiest"), _("tickets"), _("invented values"),
        [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri")], _("Day"),
        [
            Series(_("This week"), (212, 180, 171, 169, 190)),
            Series(_("Last week"), (205, 184, 160, 175, 181), "compare"),
        ],
    )  # fmt: skip


def _ranking() -> Chart:
    names = [_("First cause"), _("Second cause"), _("Third cause"), _("Fourth cause")]
    minutes = Series(_("Minutes lost"), (340, 190, 75, 20))
    return Chart(
        "specimen-ranking", "ranking", _("Specimen: two causes make up 85 % of the loss"), _("min"),
        _("invented values"), names, _("Cause"), [minutes], size="low",
    )  # fmt: skip


def _heat() -> Chart:
    days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri")]
    cells = [[round(value * (1.2 - row * 0.1), 1) for value in WAITS] for row in range(5)]
    return Chart(
        "specimen-heat", "heat", _("Specimen: late mornings are warm all week"), _("min"), _("invented values"),
        HALF_HOURS, _("Day"), rows=days, cells=cells,
    )  # fmt: skip


def _table() -> Table:
    columns = [
        Column(_("Name")),
        Column(_("State")),
        Column(_("Minutes"), number=True),
        Column(_("Since"), number=True),
    ]
    rows = [
        [
            Cell(_("First row"), url=reverse("ui:gallery-part", args=["drawer"]), drawer=True),
            Cell(_("Overdue"), level="act", value=0),
            18,
            "10:02",
        ],
        [
            Cell(_("Second row"), url=reverse("ui:gallery-part", args=["drawer"]), drawer=True),
            Cell(_("Due today"), level="watch", value=1),
            7,
            "10:31",
        ],
        [Cell(_("Third row"), detail="(2)"), Cell(_("Done"), level="fine", value=2), 121, "09:15"],
    ]
    return Table("specimen-table", _("Specimen rows"), columns, rows, excel_url="#")


def _entries() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            when="10:42", who=_("Second person"), text=_("Checked by someone else"), level="fine", symbol="check"
        ),
        SimpleNamespace(when="10:05", who=_("First person"), text=_("Fixed"), detail=_("With a photo as evidence.")),
        SimpleNamespace(when="09:10", who="", text=_("Found to be late"), level="act", symbol="clock"),
    ]
