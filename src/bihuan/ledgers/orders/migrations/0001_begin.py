import bihuan.ledgers._ground
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0004_guard_doubles'),
        ('staff', '__first__'),
        ('territory', '0002_vocabularies_grow_without_migrations'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeSeries',
            fields=[
                ('series', models.TextField(help_text='county code and year', primary_key=True, serialize=False)),
                ('last', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('chain', models.UUIDField(help_text='the proposal these stages belong to')),
                ('stage', models.SmallIntegerField(default=0, help_text='0 for the first of its chain')),
                ('measure', models.TextField(help_text='a Measure: a mode of the protocol')),
                ('protocol', models.TextField()),
                ('class_name', models.TextField(help_text='the class of the protocol, or the level for a place')),
                ('room', models.TextField(blank=True, help_text='where the rule wants it done: single, with_carer')),
                ('compulsory', models.BooleanField(default=False)),
                ('is_verified', models.BooleanField(default=True, help_text="the rule's wording was checked against its source")),
                ('basis', models.TextField(help_text='where the numbers stand written')),
                ('article', models.TextField(blank=True, help_text='the article of law that gives the ground')),
                ('ground', models.TextField(help_text='kind:id of what it rests on')),
                ('ground_words', models.TextField()),
                ('anchors', models.JSONField(default=dict)),
                ('facts', models.JSONField(default=dict)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('state', models.TextField(choices=[('proposed', '待签批'), ('signed', '已签批待送达'), ('in_force', '已送达执行'), ('ended', '已结束'), ('refused', '不予采取'), ('withdrawn', '已撤销')], default='proposed')),
                ('proposed_at', models.DateTimeField()),
                ('issuer_post', models.TextField(blank=True, help_text='unit and post of the issuer when signing')),
                ('signed_at', models.DateTimeField(null=True)),
                ('override_reason', models.TextField(blank=True, help_text='why the issuer binds by a rule not yet verified')),
                ('notice_number', models.TextField(null=True, unique=True)),
                ('served_at', models.DateTimeField(null=True)),
                ('served_how', models.TextField(blank=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.TextField(blank=True, choices=[('expired', '到期自行终止'), ('released', '解除'), ('withdrawn', '撤销'), ('appeal', '异议成立'), ('ground_gone', '依据不再成立'), ('replaced', '由新的措施替代'), ('not_served', '未在期内送达')])),
                ('end_words', models.TextField(blank=True)),
                ('checks_per_day', models.SmallIntegerField(default=0)),
                ('code', models.TextField(default='none', help_text='the colour a checkpoint shows while it binds')),
                ('release', models.JSONField(default=list, help_text='what release waits for')),
                ('lighter', models.JSONField(default=dict, help_text='the lighter measure for the same goal, with person-days')),
                ('person_days', models.FloatField(default=0)),
                ('release_asked_at', models.DateTimeField(help_text='when somebody was asked to release or extend', null=True)),
                ('emergency_access', models.TextField(blank=True)),
                ('detour', models.TextField(blank=True)),
                ('review_at', models.DateTimeField(null=True)),
                ('contact', models.TextField(blank=True, help_text='whom the public may ask')),
                ('area', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='territory.area')),
                ('issuer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='people.person')),
                ('place', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='territory.place')),
                ('proposed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('served_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'proposed')), fields=['path', 'proposed_at'], name='order_proposed'), models.Index(condition=models.Q(('stage', 0), ('state', 'proposed')), fields=['protocol', 'class_name', 'measure'], name='order_proposed_like'), models.Index(condition=models.Q(('state', 'in_force')), fields=['path', 'ends_at'], name='order_in_force'), models.Index(condition=models.Q(('state__in', ['signed', 'in_force'])), fields=['ends_at'], name='order_to_end'), models.Index(condition=models.Q(('state', 'signed')), fields=['path', 'signed_at'], name='order_to_serve'), models.Index(fields=['path', 'proposed_at'], name='order_path_proposed'), models.Index(condition=models.Q(('state', 'ended')), fields=['path', 'ended_at'], name='order_ended'), models.Index(condition=models.Q(('person__isnull', False)), fields=['person'], name='order_person'), models.Index(condition=models.Q(('place__isnull', False)), fields=['place'], name='order_place'), models.Index(fields=['ground'], name='order_ground'), models.Index(fields=['chain', 'stage'], name='order_chain')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('place__isnull', True)), models.Q(('person__isnull', True), ('place__isnull', False)), _connector='OR'), name='an_order_binds_one_person_or_one_place'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='an_order_has_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('ground', ''), _negated=True), models.Q(('ground_words', ''), _negated=True)), name='an_order_has_a_ground'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('signed', 'in_force', 'ended')), _negated=True), models.Q(('issuer__isnull', False), ('notice_number__isnull', False), ('signed_at__isnull', False), models.Q(('issuer_post', ''), _negated=True)), _connector='OR'), name='a_signed_order_has_issuer_and_notice'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('signed', 'in_force', 'ended')), _negated=True), ('compulsory', False), models.Q(('article', ''), _negated=True), _connector='OR'), name='a_compulsory_order_names_its_article'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('signed', 'in_force', 'ended')), _negated=True), ('is_verified', True), ('compulsory', False), models.Q(('override_reason', ''), _negated=True), _connector='OR'), name='an_unverified_rule_binds_by_override_only'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'in_force'), _negated=True), models.Q(('ended_at__isnull', True), ('served_at__isnull', False)), _connector='OR'), name='in_force_means_served'), models.CheckConstraint(condition=models.Q(('served_at__isnull', True), ('served_at__gte', models.F('signed_at')), _connector='OR'), name='served_after_signed'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True), ('state__in', ['proposed', 'signed', 'in_force'])), models.Q(('ended_at__isnull', False), ('state__in', ['ended', 'withdrawn']), models.Q(('end_reason', ''), _negated=True)), models.Q(('ended_at__isnull', False), ('state', 'refused')), _connector='OR'), name='an_ended_order_says_when_and_why'), models.UniqueConstraint(condition=models.Q(('person__isnull', False), ('state__in', ['proposed', 'signed', 'in_force'])), fields=('ground', 'person', 'class_name', 'stage'), name='one_order_a_ground_person_and_stage'), models.UniqueConstraint(condition=models.Q(('place__isnull', False), ('state__in', ['proposed', 'signed', 'in_force'])), fields=('ground', 'place', 'measure'), name='one_order_a_ground_and_place')],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('reason', models.TextField()),
                ('ends_before', models.DateTimeField(help_text='the end it had')),
                ('ends_after', models.DateTimeField(help_text='the end it gets')),
                ('issuer_post', models.TextField()),
                ('signed_at', models.DateTimeField()),
                ('notice_number', models.TextField(unique=True)),
                ('served_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='extensions', to='orders.order')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_after__gt', models.F('ends_before'))), name='an_extension_is_longer'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='an_extension_has_a_reason'), models.CheckConstraint(condition=models.Q(('served_at__isnull', True), ('served_at__lt', models.F('ends_before')), _connector='OR'), name='an_extension_is_served_before_the_end'), models.UniqueConstraint(condition=models.Q(('served_at__isnull', True)), fields=('order',), name='one_extension_waits_to_be_served')],
            },
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('kind', models.TextField(choices=[('check', '体温和症状监测'), ('test', '检测'), ('prophylaxis', '接种或服药')])),
                ('detail', models.JSONField(default=dict, help_text='for a test its kind, pool and samples; for a dose what is given')),
                ('due_from', models.DateTimeField()),
                ('due_until', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('result', models.TextField(blank=True)),
                ('evidence', models.TextField(blank=True, help_text='kind:id of the visit, swab or dose that did it')),
                ('missed_at', models.DateTimeField(null=True)),
                ('void_at', models.DateTimeField(help_text='when its order ended before it fell due', null=True)),
                ('done_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='duties', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(fields=['order', 'due_from'], name='duty_order'), models.Index(condition=models.Q(('done_at__isnull', True), ('missed_at__isnull', True), ('void_at__isnull', True)), fields=['due_until'], name='duty_to_miss'), models.Index(condition=models.Q(('done_at__isnull', True), ('void_at__isnull', True)), fields=['path', 'due_from'], name='duty_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('due_until__gt', models.F('due_from'))), name='a_duty_has_a_window'), models.CheckConstraint(condition=models.Q(('done_at__isnull', True), models.Q(('result', ''), _negated=True), _connector='OR'), name='a_done_duty_has_a_result'), models.UniqueConstraint(fields=('order', 'kind', 'due_from'), name='one_duty_an_order_kind_and_start')],
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('words', models.TextField()),
                ('channel', models.TextField(default='desk', help_text='desk, resident page, paper, phone')),
                ('received_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('decision', models.TextField(blank=True, choices=[('upheld', '维持'), ('changed', '变更'), ('ended', '撤销该措施')])),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('decided_at__isnull', True)), fields=['path', 'due_at'], name='appeal_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decision', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decision', ''), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='a_decided_appeal_has_reason_and_name'), models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('order',), name='one_open_appeal_an_order')],
            },
        ),
        migrations.CreateModel(
            name='Reclass',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('cause', models.TextField(choices=[('edition', '防控方案变更'), ('anchor', '末次暴露时间更正'), ('refuted', '复核阴性'), ('withdrawn', '上游措施撤销')])),
                ('change', models.JSONField(default=dict, help_text='what changed: grounds, protocol, anchors')),
                ('reason', models.TextField()),
                ('proposed_at', models.DateTimeField()),
                ('signed_at', models.DateTimeField(null=True)),
                ('before', models.JSONField(default=list, help_text='how each order stood, for the undo')),
                ('after', models.JSONField(default=list)),
                ('undone_at', models.DateTimeField(null=True)),
                ('dropped_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'proposed_at'], name='reclass_path_proposed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('signed_at__isnull', True), ('issuer__isnull', False), _connector='OR'), name='a_signed_reclass_has_an_issuer')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('decided_at', models.DateTimeField()),
                ('issuer_post', models.TextField()),
                ('notice_number', models.TextField(unique=True)),
                ('missing', models.JSONField(default=list, help_text='conditions not met when it was decided')),
                ('reason', models.TextField(blank=True, help_text='why although something was missing, or before the end')),
                ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='released', to='orders.order')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
