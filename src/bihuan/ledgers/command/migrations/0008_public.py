import bihuan.ledgers._ground
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):

    dependencies = [
        ('command', '0007_unit_reports'),
        ('territory', '0005_guard_devices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('number', models.TextField(unique=True)),
                ('as_of', models.DateTimeField(help_text='the hour the figures are true for')),
                ('published_at', models.DateTimeField()),
                ('issuer', models.TextField(help_text='unit and post of the signer when signing')),
                ('words', models.TextField()),
                ('figures', models.JSONField(help_text='columns, rows with hidden cells as null, totals, threshold, source')),
                ('reason', models.TextField(blank=True, help_text='why the one before does not stand')),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('corrects', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='command.bulletin')),
                ('signed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['published_at'], name='bulletin_published')],
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('number', models.TextField(unique=True)),
                ('kind', models.TextField(help_text='an EnquiryKind')),
                ('channel', models.TextField(help_text='an EnquiryChannel')),
                ('words', models.TextField()),
                ('sealed', models.BinaryField(default=bytes, help_text='name and phone of whoever asked, if they gave them')),
                ('receipt', models.BigIntegerField(db_index=True, help_text="a digest of the receipt's code")),
                ('received_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('is_shown', models.BooleanField(default=False, help_text='question and answer stand on the public page')),
                ('keep_until', models.DateField()),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('task', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='enquiry', to='command.task')),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'received_at'], name='enquiry_path_received')],
            },
        ),
        guard("command_enquiry"),
    ]
