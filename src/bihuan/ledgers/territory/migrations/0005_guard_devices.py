from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("territory", "0004_devices")]
    operations = [guard("territory_device")]
