from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('foundation', '0005_worlds'),
        ('team', '0004_disputes_and_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='leaverequest',
            name='half',
            field=models.CharField(blank=True, default='', max_length=9),
        ),
        migrations.AddConstraint(
            model_name='leaverequest',
            constraint=models.CheckConstraint(condition=models.Q(('half', ''), models.Q(('half__in', ('morning', 'afternoon')), ('until', models.F('since'))), _connector='OR'), name='half_days_are_single'),
        ),
    ]
