from django.db import migrations

from bihuan.ledgers._ground import guard_ends


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_stays")]
    operations = [
        guard_ends("orders_stay", other="home_path"),
        guard_ends("orders_transfer", "orders_transferseat", other="to_path"),
    ]
