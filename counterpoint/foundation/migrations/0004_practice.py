import django.db.models.deletion
from django.db import migrations, models

ROOTS = models.Q(kind__in=("headquarters", "practice"))
TOP = models.Q(path="~/")
PRACTICE = models.Q(kind="practice")


class Migration(migrations.Migration):
    """A second tree for practice, and made-up colleagues in it. Rows of before satisfy every new rule."""

    dependencies = [("foundation", "0003_device_retired")]
    operations = [
        migrations.RemoveConstraint(model_name="orgunit", name="only_headquarters_has_no_parent"),
        migrations.AddField(
            model_name="orgunit",
            name="stands_for",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="foundation.orgunit",
            ),
        ),
        migrations.AddField(
            model_name="user", name="puppet", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AlterField(
            model_name="orgunit",
            name="kind",
            field=models.CharField(
                choices=[
                    ("headquarters", "Headquarters"), ("region", "Region"), ("branch", "Branch"), ("group", "Group"),
                    ("practice", "Practice"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="orgunit",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=("headquarters", "practice"), parent__isnull=True) | (~ROOTS & models.Q(parent__isnull=False)),
                name="root_kinds_have_no_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="orgunit",
            constraint=models.CheckConstraint(condition=(PRACTICE & TOP) | (~PRACTICE & ~TOP), name="practice_path"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(puppet=False) | models.Q(password__startswith="!"), name="a_puppet_cannot_sign_in"
            ),
        ),
    ]
