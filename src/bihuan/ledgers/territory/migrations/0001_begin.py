import bihuan.ledgers._ground
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('code', models.TextField(primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('level', models.TextField(choices=[('province', '省'), ('city', '市'), ('county', '县'), ('township', '乡镇'), ('village', '村（社区）'), ('grid', '网格'), ('building', '楼栋（胡同）')])),
                ('kind', models.TextField(blank=True)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C', unique=True)),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('population', models.IntegerField(null=True)),
                ('households', models.IntegerField(null=True)),
                ('outline', models.JSONField(help_text='rings of [longitude, latitude]', null=True)),
                ('outline_is_schematic', models.BooleanField(default=False)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='territory.area')),
            ],
            options={
                'indexes': [models.Index(fields=['level', 'path'], name='area_level_path')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('name', models.TextField()),
                ('kind', models.TextField(choices=[('venue', '场所'), ('checkpoint', '卡口'), ('station', '车站'), ('clinic', '诊所'), ('fever_clinic', '发热门诊'), ('hospital', '医院'), ('laboratory', '检测实验室'), ('pharmacy', '药店'), ('school', '学校'), ('cold_store', '冷库'), ('market', '市场'), ('isolation_site', '集中隔离点'), ('workplace', '单位'), ('care_home', '养老机构')])),
                ('address', models.TextField(blank=True)),
                ('longitude', models.FloatField(null=True)),
                ('latitude', models.FloatField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'kind'], name='place_path_kind')],
                'constraints': [models.UniqueConstraint(fields=('area', 'name'), name='place_name_once_an_area')],
            },
        ),
    ]
