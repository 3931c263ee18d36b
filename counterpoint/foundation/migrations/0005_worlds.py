import django.db.models.deletion
from django.db import migrations, models

import counterpoint.foundation.ids
import counterpoint.foundation.scoped_models


class Migration(migrations.Migration):
    """Practice worlds."""

    dependencies = [("foundation", "0004_practice")]
    operations = [
        migrations.CreateModel(
            name="PracticeWorld",
            fields=[
                (
                    "org_path",
                    counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=counterpoint.foundation.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("made_for", models.UUIDField()),
                ("title", models.CharField(max_length=120)),
                ("base_real", models.DateTimeField()),
                ("base_world", models.DateTimeField()),
                ("speed", models.FloatField(default=1.0)),
                ("ran_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.orgunit"
                    ),
                ),
            ],
            options={
                "ordering": ["made_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("org_unit",), name="one_world_a_top")],
            },
        ),
    ]
