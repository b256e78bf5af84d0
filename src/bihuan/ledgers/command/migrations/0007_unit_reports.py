import bihuan.ledgers._ground
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):

    dependencies = [
        ('command', '0006_guard_directives_and_problems'),
        ('staff', '0005_post_place'),
        ('territory', '0005_guard_devices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UnitReport',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('form', models.TextField()),
                ('day', models.DateField()),
                ('version', models.SmallIntegerField()),
                ('figures', models.JSONField(help_text="what was signed, by the form's names: numbers, zero as 0")),
                ('counted', models.JSONField(help_text='what the house itself counted at that instant')),
                ('own', models.JSONField(default=list, help_text="the unit's own lines: {words, value}")),
                ('note', models.TextField(blank=True)),
                ('reason', models.TextField(blank=True, help_text='why the figures of the version before do not stand')),
                ('signed_as', models.TextField(help_text='unit and post of the signer when signing')),
                ('signed_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField(help_text='a correction before this is early, and no fault')),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('signed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='command.task')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='staff.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'day'], name='unit_report_path_day')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'form', 'day', 'version'), name='one_version_of_a_units_day')],
            },
        ),
        guard("command_unitreport"),
    ]
