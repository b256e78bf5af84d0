from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_presences")]

    operations = [
        guard("intake_presence", "intake_longeststay"),
        # Rows are only added: without a look by vacuum the index alone cannot answer.
        migrations.RunSQL(
            "ALTER TABLE intake_presence SET (autovacuum_vacuum_insert_scale_factor = 0.02,"
            " autovacuum_analyze_scale_factor = 0.02)",
            migrations.RunSQL.noop,
        ),
    ]
