import bihuan.ledgers._ground
import bihuan.ledgers.orders.stays.models
import django.contrib.postgres.constraints
import django.contrib.postgres.operations
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_guard'),
        ('people', '0004_guard_doubles'),
        ('resources', '0001_begin'),
        ('staff', '__first__'),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(
        ),
        migrations.CreateModel(
            name='Stay',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C', help_text='where the stay is')),
                ('home_path', bihuan.ledgers._ground.PathField(db_collation='C', help_text='where the person lives')),
                ('kind', models.TextField(choices=[('site', '集中隔离'), ('home', '居家隔离'), ('hospital', '定点医院')])),
                ('address', models.TextField(blank=True, help_text='for a home: the door, and which room')),
                ('party', models.UUIDField(help_text='those who may share a room: one household, or one person alone')),
                ('sealed', models.BinaryField(help_text='name, sex, year of birth, phones, care needs')),
                ('stay_from', models.DateTimeField()),
                ('arrived_at', models.DateTimeField(null=True)),
                ('planned_until', models.DateTimeField(help_text="the order's end when the place was given")),
                ('stay_until', models.DateTimeField(null=True)),
                ('end_reason', models.TextField(blank=True, choices=[('released', '解除后离开'), ('moved', '换房间'), ('other_place', '转往别处'), ('hospital', '转送医院'), ('cancelled', '未入住')])),
                ('rules_at', models.DateTimeField(help_text='when the rule sheet was handed over and its receipt taken', null=True)),
                ('rules_how', models.TextField(blank=True)),
                ('assigned_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('bed', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='resources.bed')),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='resources.facility')),
                ('helper', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='orders.order')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='people.person')),
                ('room', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='resources.room')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('stay_until__isnull', True)), fields=['path', 'stay_from'], name='stay_path_now'), models.Index(condition=models.Q(('stay_until__isnull', True)), fields=['home_path'], name='stay_home_now'), models.Index(condition=models.Q(('stay_until__isnull', True)), fields=['facility'], name='stay_facility_now'), models.Index(fields=['facility', 'stay_from'], name='stay_facility'), models.Index(fields=['order'], name='stay_order'), models.Index(fields=['person'], name='stay_person')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('bed__isnull', False)), expressions=[('bed', '='), (bihuan.ledgers.orders.stays.models.Period('stay_from', 'stay_until'), '&&')], name='a_bed_holds_one_at_a_time'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('room__isnull', False)), expressions=[('room', '='), ('party', '<>'), (bihuan.ledgers.orders.stays.models.Period('stay_from', 'stay_until'), '&&')], name='a_room_is_shared_by_one_party'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), (bihuan.ledgers.orders.stays.models.Period('stay_from', 'stay_until'), '&&')], name='a_person_is_in_one_place_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('bed__isnull', True), ('facility__isnull', True), ('kind', 'home')), models.Q(('bed__isnull', False), ('facility__isnull', False), ('kind__in', ['site', 'hospital']), ('room__isnull', False)), _connector='OR'), name='a_stay_has_a_bed_or_an_address'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('stay_until__isnull', True)), models.Q(('stay_until__gte', models.F('stay_from')), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='an_ended_stay_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C', help_text='where it leaves')),
                ('to_path', bihuan.ledgers._ground.PathField(db_collation='C', help_text='where it arrives')),
                ('kind', models.TextField(choices=[('to_site', '转送隔离点'), ('between', '隔离点之间'), ('to_hospital', '转送定点医院'), ('to_home', '送返居家')])),
                ('from_words', models.TextField(blank=True)),
                ('to_words', models.TextField(blank=True)),
                ('vehicle', models.TextField(blank=True, help_text='its plate')),
                ('seats', models.SmallIntegerField(default=0, help_text='how many may sit in it')),
                ('driver', models.TextField(blank=True)),
                ('opened_at', models.DateTimeField()),
                ('reason', models.TextField(blank=True, help_text='symptoms, release, another site: a code, never a diagnosis')),
                ('due_at', models.DateTimeField(help_text='when everybody must have arrived')),
                ('left_at', models.DateTimeField(null=True)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('disinfected_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('arrived_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('disinfected_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('from_facility', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resources.facility')),
                ('left_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_facility', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resources.facility')),
            ],
            options={
                'indexes': [models.Index(fields=['path', 'opened_at'], name='transfer_path_opened'), models.Index(fields=['to_path', 'opened_at'], name='transfer_to_opened'), models.Index(condition=models.Q(('disinfected_at__isnull', True)), fields=['vehicle'], name='transfer_vehicle')],
                'constraints': [models.CheckConstraint(condition=models.Q(('arrived_at__isnull', True), models.Q(('arrived_at__gte', models.F('left_at')), ('left_at__isnull', False)), _connector='OR'), name='a_transfer_arrives_after_it_left'), models.CheckConstraint(condition=models.Q(('arrived_by__isnull', True), models.Q(('left_by__isnull', False), models.Q(('arrived_by', models.F('left_by')), _negated=True)), _connector='OR'), name='both_ends_confirm')],
            },
        ),
        migrations.CreateModel(
            name='TransferSeat',
            fields=[
                ('id', models.UUIDField(default=bihuan.ledgers._ground.uuid7, editable=False, primary_key=True, serialize=False)),
                ('path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('to_path', bihuan.ledgers._ground.PathField(db_collation='C')),
                ('sealed', models.BinaryField()),
                ('seat', models.SmallIntegerField()),
                ('is_aboard', models.BooleanField(help_text='whether they left with it; empty before it leaves', null=True)),
                ('is_there', models.BooleanField(help_text='whether they arrived with it; empty before it arrives', null=True)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('stay', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='orders.stay')),
                ('transfer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='passengers', to='orders.transfer')),
            ],
            options={
                'indexes': [models.Index(fields=['person'], name='transferseat_person')],
                'constraints': [models.UniqueConstraint(fields=('transfer', 'seat'), name='one_person_a_seat'), models.UniqueConstraint(fields=('transfer', 'person'), name='one_seat_a_person')],
            },
        ),
    ]
