from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_begin")]
    operations = [
        guard("orders_order", "orders_duty", "orders_extension", "orders_appeal", "orders_release", "orders_reclass")
    ]
