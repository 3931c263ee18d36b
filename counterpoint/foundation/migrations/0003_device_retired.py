from django.db import migrations, models


class Migration(migrations.Migration):
    """A device can be taken out of use."""

    dependencies = [("foundation", "0002_groups")]
    operations = [
        migrations.AddField(model_name="device", name="retired_at", field=models.DateTimeField(blank=True, null=True)),
    ]
