import bihuan.ledgers._ground
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('staff', '__first__'),
        ('territory', '0002_vocabularies_grow_without_migrations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Facility',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('kind', models.TextField(help_text='a FacilityKind')),
                ('level', models.TextField(choices=[('province', '省'), ('city', '市'), ('county', '县'), ('township', '乡镇'), ('village', '村（社区）'), ('grid', '网格'), ('building', '楼栋（胡同）')], default='county', help_text="whose it is: the county's, a township's")),
                ('form', models.TextField(blank=True, help_text='the standard it is checked against, a form; empty = none')),
                ('check_every_days', models.SmallIntegerField(default=7)),
                ('checked_at', models.DateTimeField(null=True)),
                ('is_passed', models.BooleanField(null=True)),
                ('faults', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, help_text='must-items the last check found wanting', size=None)),
                ('check_due_at', models.DateTimeField(help_text='when an open facility must be checked again', null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='facility', to='territory.place')),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'kind'], name='facility_path_kind'), models.Index(fields=['check_due_at'], name='facility_check_due')],
            },
        ),
        migrations.CreateModel(
            name='FacilitySeat',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('seat', models.TextField(choices=[('leader', '责任领导'), ('deputy', '副职'), ('medical', '医疗负责人'), ('funding', '经费保障'), ('police', '公安'), ('fire', '消防')])),
                ('name', models.TextField(help_text="a person's name and post; for funding, where the money comes from")),
                ('phone', models.TextField(blank=True)),
                ('named_at', models.DateTimeField()),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='resources.facility')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('facility', 'seat'), name='one_holder_a_facility_and_seat')],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('number', models.TextField()),
                ('floor', models.SmallIntegerField(default=1)),
                ('kind', models.TextField(choices=[('single', '单人间'), ('family', '家庭间'), ('accessible', '无障碍间'), ('ward', '病室')], default='single')),
                ('state', models.TextField(choices=[('ready', '可用'), ('to_disinfect', '待消杀'), ('out_of_use', '停用')], default='ready')),
                ('state_since', models.DateTimeField()),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rooms', to='resources.facility')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('facility', 'number'), name='room_number_once_a_facility')],
            },
        ),
        migrations.CreateModel(
            name='Bed',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('number', models.SmallIntegerField(default=1)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='beds', to='resources.room')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('room', 'number'), name='bed_number_once_a_room')],
            },
        ),
        migrations.CreateModel(
            name='Zone',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('name', models.TextField()),
                ('kind', models.TextField(choices=[('clean', '清洁区'), ('buffer', '缓冲区'), ('isolation', '隔离区')])),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='zones', to='resources.facility')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('facility', 'name'), name='zone_name_once_a_facility')],
            },
        ),
        migrations.AddField(
            model_name='room',
            name='zone',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='resources.zone'),
        ),
    ]
