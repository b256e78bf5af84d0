from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_begin")]
    operations = [
        guard("staff_posting", "staff_shift", "staff_act"),
        migrations.RunSQL(
            "CREATE POLICY written_once ON staff_act AS RESTRICTIVE FOR UPDATE USING (word IS NULL) WITH CHECK (true)",
            "DROP POLICY written_once ON staff_act",
        ),
    ]
