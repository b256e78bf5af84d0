from django.db import migrations

from bihuan.ledgers._ground import guard, guard_downward


class Migration(migrations.Migration):
    dependencies = [("command", "0005_directives_and_problems")]
    operations = [
        guard(
            "command_directiveitem", "command_readreceipt", "command_rhythm", "command_entry", "command_inspection",
            "command_inspectionstop", "command_problem", "command_proof", "command_hearing",
        ),
        # What the county orders and what hangs on the watch board is read by every unit below.
        guard_downward("command_directive", "command_boardentry"),
    ]
