from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("primitives", "0003_checklists")]

    operations = []
