import bihuan.ledgers._ground
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('staff', '0001_begin'),
        ('staff', '__first__'),
        ('territory', '0001_begin'),
    ]

    operations = [
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('hand_over', '移交函'), ('reply', '复函')])),
                ('number', models.TextField(unique=True)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('addressee', models.TextField()),
                ('addressee_code', models.TextField(blank=True)),
                ('subject', models.TextField()),
                ('body', models.JSONField(default=dict)),
                ('written_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'written_at'], name='letter_path_written')],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('name', models.TextField()),
                ('disease', models.TextField()),
                ('protocol', models.TextField()),
                ('level', models.TextField()),
                ('response_from', models.DateTimeField()),
                ('response_until', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('name_team', '组建三人小组'), ('settle_match', '核对疑似同一人'), ('route_row', '确定属地'), ('sign', '待签批'), ('general', '交办事项')])),
                ('title', models.TextField()),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('subject', models.TextField(blank=True, help_text='kind:id of what it is about')),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('outcome', models.TextField(blank=True)),
                ('detail', models.JSONField(default=dict)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks_closed', to=settings.AUTH_USER_MODEL)),
                ('responsible', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL)),
                ('responsible_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks_as_unit', to='staff.unit')),
                ('sector_supervisor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks_as_sector', to='staff.unit')),
                ('territory_owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks_as_territory', to='staff.unit')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['path', 'opened_at'], name='task_open'), models.Index(fields=['subject'], name='task_subject')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('kind', models.TextField()),
                ('words', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='staff.post')),
                ('task', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='command.task')),
            ],
            options={
                'indexes': [models.Index(fields=['member', 'created_at'], name='notice_member')],
                'constraints': [models.UniqueConstraint(fields=('member', 'kind', 'task'), name='told_once_a_member_kind_and_task')],
            },
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('kind', models.TextField(help_text='which limit of the protocol')),
                ('started_at', models.DateTimeField()),
                ('warn_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(null=True)),
                ('raised', models.SmallIntegerField(default=0, help_text='how far up the chain it has been told')),
                ('look_at', models.DateTimeField(null=True)),
                ('task', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='clock', to='command.task')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('stopped_at__isnull', True)), fields=['look_at'], name='clock_look_at'), models.Index(fields=['path', 'due_at'], name='clock_path_due')],
            },
        ),
        migrations.CreateModel(
            name='TeamSeat',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('seat', models.TextField()),
                ('named_at', models.DateTimeField()),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team', to='command.task')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('task', 'seat'), name='one_member_a_seat')],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('subject', models.TextField(help_text='kind:id of whom or what was visited')),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('form', models.TextField()),
                ('outcome', models.TextField()),
                ('answers', models.JSONField()),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'at'], name='visit_subject'), models.Index(fields=['path', 'at'], name='visit_path_at')],
            },
        ),
    ]
