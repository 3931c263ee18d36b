from django.db import migrations

from counterpoint.foundation.scope import unscoped

COUNTED = ["onsite.customers", "onsite.windows"]


def forget(apps, _schema):
    """What was counted without windows is counted again by the tick: a cover is only a memory of it."""
    with unscoped("A migration forgets the covers of all branches."):
        apps.get_model("primitives", "MetricCover").objects.filter(relation__in=COUNTED).delete()


class Migration(migrations.Migration):
    """Numbers of tickets and of people at windows are kept by window too."""

    dependencies = [("onsite", "0007_retired_devices"), ("primitives", "0004_metrics")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
