from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("command", "0001_begin")]
    operations = [
        guard("command_task", "command_clock", "command_teamseat", "command_visit", "command_notice", "command_letter")
    ]
