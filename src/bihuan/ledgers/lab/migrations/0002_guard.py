from django.db import migrations

from bihuan.ledgers._ground import guard, guard_downward


class Migration(migrations.Migration):
    dependencies = [("lab", "0001_begin")]
    operations = [
        guard(
            "lab_station", "lab_roundunit", "lab_session", "lab_run", "lab_box", "lab_testrun", "lab_tube", "lab_swab",
            "lab_swabdoubt", "lab_receipt", "lab_resultfile", "lab_result", "lab_recall", "lab_recheck", "lab_keyworker",
        ),
        # A round, a laboratory and an outage are the county's; every table in a township works under them.
        guard_downward("lab_round", "lab_laboratory", "lab_outage"),
        migrations.RunSQL(
            "CREATE POLICY released_once ON lab_result AS RESTRICTIVE FOR UPDATE USING (released_at IS NULL) WITH CHECK (true)",
            "DROP POLICY released_once ON lab_result",
        ),
        # Tubes fill in place: room on the page keeps their updates from touching any index.
        migrations.RunSQL("ALTER TABLE lab_tube SET (fillfactor = 70)", "ALTER TABLE lab_tube RESET (fillfactor)"),
    ]
