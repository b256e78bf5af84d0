from django.db import migrations

from bihuan.ledgers._ground import own_rows

OF_MY_ORDERS = "{me} IS NOT NULL AND order_id IN (SELECT id FROM orders_order WHERE person_id = {me})"


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_stay_freed")]
    operations = [own_rows(orders_order="person_id = {me}", orders_duty=OF_MY_ORDERS, orders_appeal=OF_MY_ORDERS)]
