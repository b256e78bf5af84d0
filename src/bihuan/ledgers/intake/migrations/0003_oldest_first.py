from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0002_guard'),
        ('people', '0004_guard_doubles'),
        ('territory', '0001_begin'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='listrow',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['opened_at', 'id'], name='row_open_oldest'),
        ),
        migrations.AddIndex(
            model_name='listrow',
            index=models.Index(condition=models.Q(('closed_at__isnull', True), ('match_state', 'to_review')), fields=['opened_at', 'id'], name='row_doubt_oldest'),
        ),
    ]
