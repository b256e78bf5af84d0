from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("people", "0003_doubles")]
    operations = [guard("people_possibledouble")]
