import counterpoint.foundation.ids
import counterpoint.foundation.scoped_models
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial"), ("primitives", "0003_checklists")]

    operations = [
        migrations.CreateModel(
            name='MetricAlarm',
            fields=[
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('id', models.UUIDField(default=counterpoint.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('metric', models.CharField(max_length=64)),
                ('rule', models.SlugField(max_length=40)),
                ('period', models.CharField(max_length=16)),
                ('level', models.SlugField(max_length=8)),
                ('state', models.CharField(choices=[('open', 'Open'), ('seen', 'Seen'), ('over', 'Over')], default='open', max_length=8)),
                ('muted', models.BooleanField(default=False)),
                ('found', models.JSONField(default=dict)),
                ('cause', models.JSONField(default=dict)),
                ('started', models.CharField(blank=True, max_length=80)),
                ('raised_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('seen_by', models.UUIDField(null=True)),
                ('over_at', models.DateTimeField(null=True)),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'ordering': ['-raised_at'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['org_unit', 'state', '-raised_at'], name='primitives__org_uni_e3df65_idx')],
                'constraints': [models.UniqueConstraint(fields=('org_unit', 'metric', 'rule', 'period'), name='metric_alarm_once_for_each_period')],
            },
        ),
        migrations.CreateModel(
            name='MetricCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('part', models.CharField(max_length=24)),
                ('date', models.DateField()),
                ('n', models.PositiveIntegerField()),
                ('total', models.FloatField()),
                ('squares', models.FloatField()),
                ('steps', models.BinaryField(null=True)),
                ('margins', models.BinaryField(null=True)),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['part', 'date'], name='primitives__part_16d6bb_idx')],
                'constraints': [models.UniqueConstraint(fields=('org_unit', 'part', 'date'), name='metric_cell_once')],
            },
        ),
        migrations.CreateModel(
            name='MetricCover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('relation', models.CharField(max_length=64)),
                ('since', models.DateField()),
                ('margins_since', models.DateField()),
                ('until', models.DateField()),
                ('parts', models.JSONField(default=list)),
                ('seen', models.PositiveBigIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('org_unit', 'relation'), name='metric_cover_once'), models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='metric_cover_runs_forward')],
            },
        ),
        migrations.CreateModel(
            name='MetricMute',
            fields=[
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('id', models.UUIDField(default=counterpoint.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('metric', models.CharField(max_length=64)),
                ('until', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.UUIDField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'ordering': ['-made_at'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['org_unit', 'metric', 'until'], name='primitives__org_uni_8a4e62_idx')],
            },
        ),
        migrations.CreateModel(
            name='MetricPeers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('metric', models.CharField(max_length=64)),
                ('period', models.CharField(max_length=16)),
                ('count', models.PositiveSmallIntegerField()),
                ('low', models.FloatField()),
                ('middle', models.FloatField()),
                ('high', models.FloatField()),
                ('rank', models.PositiveSmallIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('org_unit', 'metric', 'period'), name='metric_peers_once')],
            },
        ),
        migrations.CreateModel(
            name='MetricTarget',
            fields=[
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('id', models.UUIDField(default=counterpoint.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('metric', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField()),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('reason', models.CharField(max_length=200)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.UUIDField(null=True)),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'ordering': ['metric', '-version'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('org_unit', 'metric', 'version'), name='metric_target_version_once'), models.CheckConstraint(condition=models.Q(('low__isnull', False), ('high__isnull', False), _connector='OR'), name='metric_target_has_a_side')],
            },
        ),
        migrations.CreateModel(
            name='MetricRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org_path', counterpoint.foundation.scoped_models.PathField(db_index=True, editable=False, max_length=200)),
                ('judged', models.DateField()),
                ('at', models.DateTimeField()),
                ('org_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.orgunit')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('org_unit',), name='metric_round_once')],
            },
        ),
    ]
