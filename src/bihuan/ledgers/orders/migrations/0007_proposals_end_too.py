

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0006_guard_pass_keys'),
        ('people', '0004_guard_doubles'),
        ('territory', '0002_vocabularies_grow_without_migrations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='order',
            name='order_to_end',
        ),
        migrations.AlterField(
            model_name='order',
            name='end_reason',
            field=models.TextField(blank=True, choices=[('expired', '到期自行终止'), ('released', '解除'), ('withdrawn', '撤销'), ('appeal', '异议成立'), ('ground_gone', '依据不再成立'), ('replaced', '由新的措施替代'), ('not_served', '期内未签批或未送达')]),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ['proposed', 'signed', 'in_force'])), fields=['ends_at'], name='order_to_end'),
        ),
    ]
