from django.db import migrations

from bihuan.ledgers._ground import guard


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_begin")]
    operations = [
        guard(
            "cases_case", "cases_casevisit", "cases_exposure", "cases_exposedperson", "cases_contact", "cases_followup",
            "cases_cluster", "cases_clustermember", "cases_transmissionlink", "cases_planstep", "cases_casestep",
            "cases_reclassing", "cases_assistance", "cases_assistanceperson",
        )
    ]  # fmt: skip
