from django.db import migrations

from bihuan.ledgers._ground import guard, guard_downward


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_begin")]
    operations = [
        guard(
            "intake_upload",
            "intake_rejectedrow",
            "intake_listrow",
            "intake_dispatch",
            "intake_rowevent",
        ),
        guard_downward("intake_pushedlist"),
    ]
