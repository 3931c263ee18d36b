from django.db import migrations, models


class Migration(migrations.Migration):
    """A unit says where it lies; a channel says what it is, without its secrets, and can be removed."""

    dependencies = [("foundation", "0005_worlds")]
    operations = [
        migrations.AddField(model_name="orgunit", name="latitude", field=models.FloatField(blank=True, null=True)),
        migrations.AddField(model_name="orgunit", name="longitude", field=models.FloatField(blank=True, null=True)),
        migrations.AddConstraint(
            model_name="orgunit",
            constraint=models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180))
                & models.Q(latitude__isnull=False, longitude__isnull=False),
                name="a_place_on_the_globe",
            ),
        ),
        migrations.AddField(
            model_name="channel", name="kind", field=models.SlugField(blank=True, default="", max_length=16)
        ),
        migrations.AddField(
            model_name="channel", name="target", field=models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AddField(
            model_name="channel", name="removed_at", field=models.DateTimeField(blank=True, null=True)
        ),
    ]
