from django.db import migrations

from counterpoint.foundation.scope import unscoped

WHY = "A migration moves the rows of all branches."


def carry(apps, _schema):
    """The moment at which an asset was taken out of use belongs to its device."""
    devices = apps.get_model("foundation", "Device").objects
    assets = apps.get_model("onsite", "Asset").objects
    with unscoped(WHY):
        for device, at in assets.exclude(retired_at=None).values_list("device", "retired_at"):
            devices.filter(pk=device).update(retired_at=at)


def back(apps, _schema):
    """And back to the asset."""
    devices = apps.get_model("foundation", "Device").objects
    assets = apps.get_model("onsite", "Asset").objects
    with unscoped(WHY):
        for device, at in devices.exclude(retired_at=None).values_list("pk", "retired_at"):
            assets.filter(device=device).update(retired_at=at)


class Migration(migrations.Migration):
    """Whether a thing is in use is said once, by its device."""

    dependencies = [("onsite", "0006_assets"), ("foundation", "0003_device_retired")]
    operations = [
        migrations.RunPython(carry, back),
        migrations.RemoveField(model_name="asset", name="retired_at"),
    ]
