from django.db import migrations

from bihuan.ledgers._ground import guard, own_rows


class Migration(migrations.Migration):
    dependencies = [("people", "0005_access_codes")]
    operations = [guard("people_accesscode"), own_rows(people_person="id = {me}")]
