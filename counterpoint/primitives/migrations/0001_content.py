import counterpoint.foundation.ids
import counterpoint.foundation.scoped_models
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("foundation", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='ContentStamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('stamp', models.UUIDField(default=counterpoint.foundation.ids.new_id)),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('org_unit',), name='content_stamp_once_a_bank')],
            },
        ),
        migrations.CreateModel(
            name='ContentVersion',
            fields=[
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('id', models.UUIDField(default=counterpoint.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.SlugField(max_length=64)),
                ('key', models.CharField(max_length=100)),
                ('pack', models.SlugField(default='any', max_length=16)),
                ('version', models.PositiveIntegerField(null=True)),
                ('based_on', models.PositiveIntegerField(null=True)),
                ('source', models.CharField(max_length=400)),
                ('mark', models.CharField(max_length=1)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(null=True)),
                ('text', models.TextField()),
                ('why', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=12)),
                ('proposed_by', models.UUIDField(null=True)),
                ('proposed_at', models.DateTimeField()),
                ('decided_by', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'ordering': ['-proposed_at'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('version__isnull', False)), fields=('org_unit', 'kind', 'key', 'version'), name='content_version_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('org_unit', 'kind', 'key', 'pack'), name='content_one_open_proposal'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('state', 'approved'), ('version__isnull', False)), ('state', 'withdrawn'), models.Q(('state__in', ('proposed', 'rejected')), ('version__isnull', True)), _connector='OR'), name='content_version_is_decided'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), ('proposed_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='content_decided_by_another'), models.CheckConstraint(condition=models.Q(('effective_to__isnull', True), ('effective_to__gt', models.F('effective_from')), _connector='OR'), name='content_ends_after_it_begins')],
            },
        ),
    ]
