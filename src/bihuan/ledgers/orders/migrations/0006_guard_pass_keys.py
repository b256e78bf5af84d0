from django.db import migrations

from bihuan.ledgers._ground import guard, guard_downward


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_pass_keys")]
    # Keys are read from below: a township prints passes with the county's key; the private half opens only with the secret.
    operations = [guard("orders_revokedpass"), guard_downward("orders_passkey")]
