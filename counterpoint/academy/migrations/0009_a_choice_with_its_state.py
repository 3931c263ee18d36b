"""An order or answer of a drill keeps the hall as it stood just before it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("academy", "0008_pretests")]

    operations = [
        migrations.AddField(model_name="drillevent", name="state", field=models.JSONField(blank=True, default=dict)),
    ]
