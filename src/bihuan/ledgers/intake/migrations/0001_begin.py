import bihuan.ledgers._ground
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('command', '0001_begin'),
        ('people', '0001_begin'),
        ('staff', '__first__'),
        ('territory', '0001_begin'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispatch',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('sent_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('task', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dispatch', to='command.task')),
            ],
        ),
        migrations.CreateModel(
            name='PushedList',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.TextField(unique=True)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('source', models.TextField()),
                ('purpose', models.TextField()),
                ('basis', models.TextField()),
                ('sheet', models.TextField(blank=True)),
                ('file_name', models.TextField(blank=True)),
                ('content_hash', models.TextField()),
                ('received_at', models.DateTimeField()),
                ('rows_read', models.IntegerField(default=0)),
                ('rows_accepted', models.IntegerField(default=0)),
                ('rows_rejected', models.IntegerField(default=0)),
                ('receipt', models.JSONField(default=dict)),
                ('replied_at', models.DateTimeField(null=True)),
                ('keep_until', models.DateField()),
                ('received_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'received_at'], name='list_path_received')],
                'constraints': [models.UniqueConstraint(fields=('path', 'content_hash'), name='the_same_list_once')],
            },
        ),
        migrations.CreateModel(
            name='ListRow',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_number', models.IntegerField()),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('name', models.TextField(blank=True)),
                ('address', models.TextField(blank=True)),
                ('sealed', models.BinaryField(help_text="all the sender's words, encrypted")),
                ('faults', models.JSONField(default=list)),
                ('match_state', models.TextField(choices=[('matched', '已匹配'), ('created', '新建档案'), ('to_review', '待人工核对'), ('duplicate_in_list', '名单内重复')])),
                ('probability', models.FloatField(null=True)),
                ('reasons', models.JSONField(default=list)),
                ('routing', models.JSONField(default=dict)),
                ('state', models.TextField(choices=[('review', '待核对身份'), ('unrouted', '待定属地'), ('dispatched', '已派发'), ('revisit', '待回访'), ('found_managed', '已找到并落实管控'), ('no_measure', '无需管控'), ('left', '已离开'), ('not_found', '查无此人'), ('duplicate', '重复'), ('error', '信息有误'), ('handed_over', '已移交外地'), ('returned', '已退回推送方')])),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('evidence', models.TextField(blank=True, help_text='kind:id of what closed it')),
                ('return_reason', models.TextField(blank=True, choices=[('no_such_address', '地址不存在'), ('wrong_phone', '电话有误'), ('wrong_identity', '证件信息有误'), ('incomplete', '信息不全'), ('other_county', '非本县人员')])),
                ('revisit_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('candidate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='candidate_rows', to='people.person')),
                ('dispatch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rows', to='intake.dispatch')),
                ('duplicate_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='intake.listrow')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='people.person')),
                ('pushed_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='intake.pushedlist')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['path', 'opened_at'], name='row_open'), models.Index(fields=['path', 'state'], name='row_path_state'), models.Index(fields=['pushed_list', 'row_number'], name='row_list_number'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['pushed_list'], name='row_list_open'), models.Index(fields=['person'], name='row_person'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['assignee'], name='row_assignee')],
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('evidence', ''), _negated=True), _connector='OR'), name='a_closed_row_has_an_end_and_evidence')],
            },
        ),
        migrations.AddField(
            model_name='dispatch',
            name='pushed_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dispatches', to='intake.pushedlist'),
        ),
        migrations.CreateModel(
            name='RejectedRow',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('sheet', models.TextField(blank=True)),
                ('row_number', models.IntegerField()),
                ('column', models.TextField(blank=True)),
                ('reason_code', models.TextField()),
                ('reason', models.JSONField(help_text='the words in Chinese and English')),
                ('sealed', models.BinaryField(help_text="the sender's cells")),
                ('pushed_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rejected', to='intake.pushedlist')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RowEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('kind', models.TextField(choices=[('opened', '新增'), ('moved_in', '转入'), ('moved_out', '转出'), ('closed', '办结'), ('reopened', '重开')])),
                ('delta', models.SmallIntegerField()),
                ('state', models.TextField()),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='intake.listrow')),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'at'], name='rowevent_path_at'), models.Index(fields=['row'], name='rowevent_row')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('file_name', models.TextField()),
                ('sealed', models.BinaryField()),
                ('choices', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('state', models.TextField(default='waiting')),
                ('rows_done', models.IntegerField(default=0)),
                ('rows_total', models.IntegerField(default=0)),
                ('answer', models.JSONField(null=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='dispatch',
            constraint=models.UniqueConstraint(fields=('pushed_list', 'area'), name='one_dispatch_a_list_and_area'),
        ),
    ]
