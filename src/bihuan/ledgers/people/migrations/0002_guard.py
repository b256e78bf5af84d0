from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("people", "0001_begin")]
    operations = [guard("people_household", "people_person", "people_identity", "people_merge")]
