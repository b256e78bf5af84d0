import bihuan.ledgers._ground
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('territory', '0001_begin'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameCount',
            fields=[
                ('digest', models.BigIntegerField(primary_key=True, serialize=False)),
                ('count', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('address', models.TextField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
            ],
            options={
                'indexes': [models.Index(fields=['path'], name='household_path')],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('sex', models.TextField(choices=[('male', '男'), ('female', '女'), ('unknown', '不详')], default='unknown')),
                ('birth_on', models.DateField(null=True)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('address', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField()),
                ('keep_until', models.DateField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('household', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='people.household')),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='people.person')),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'name'], name='person_path_name')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('moved', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(null=True)),
                ('gone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_gone', to='people.person')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_kept', to='people.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('gone',), name='merged_away_once')],
            },
        ),
        migrations.CreateModel(
            name='LinkKey',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('digest', models.BigIntegerField()),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='people.person')),
            ],
            options={
                'indexes': [models.Index(fields=['digest'], include=('person',), name='linkkey_digest'), models.Index(fields=['person'], name='linkkey_person')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('kind', models.TextField(choices=[('resident_identity_card', '居民身份证'), ('hk_macao_travel_permit', '港澳居民来往内地通行证'), ('taiwan_travel_permit', '台湾居民来往大陆通行证'), ('hmt_residence_permit', '港澳台居民居住证'), ('foreign_permanent_resident_card', '外国人永久居留身份证'), ('passport', '护照'), ('other', '其他证件'), ('phone', '电话')])),
                ('sealed', models.BinaryField()),
                ('blind', models.BigIntegerField(db_index=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='people.person')),
            ],
            options={
                'indexes': [models.Index(fields=['person'], name='identity_person')],
            },
        ),
    ]
