from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("intake", "0008_sightings")]
    operations = [guard("intake_sighting", "intake_crossing")]
