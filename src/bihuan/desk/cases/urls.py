"""Addresses of the cases pages; included by bihuan.desk.urls."""

from django.urls import path

from bihuan.desk.cases import contacts, deriving, groups, investigation, letters, register, report

urlpatterns = [
    path("cases/", register.cases, name="cases"),
    path("cases/new/", register.new_case, name="new_case"),
    path("cases/places/", investigation.places, name="case_places"),
    path("cases/<uuid:id_>/", register.case, name="case"),
    path("cases/<uuid:id_>/act/<slug:verb>/", register.case_act, name="case_act"),
    path("cases/<uuid:id_>/contacts/", deriving.derive, name="derive"),
    path("cases/<uuid:id_>/investigation/", investigation.investigation, name="investigation"),
    path("cases/<uuid:id_>/investigation/save/", investigation.save_case, name="save_case"),
    path("cases/<uuid:id_>/investigation/visits/", investigation.add_visit, name="add_case_visit"),
    path("cases/<uuid:id_>/investigation/visits/<uuid:visit_id>/", investigation.save_visit, name="save_case_visit"),
    path("cases/<uuid:id_>/investigation/copy/", investigation.copy_visits, name="copy_case_visits"),
    path("cases/<uuid:id_>/investigation/contact/", investigation.name_contact, name="name_contact"),
    path("cases/<uuid:id_>/investigation/exposure/", investigation.add_exposure, name="add_exposure"),
    path("cases/<uuid:id_>/report/", report.case_report, name="case_report"),
    path("clusters/", groups.clusters, name="clusters"),
    path("clusters/new/", groups.new_cluster, name="new_cluster"),
    path("clusters/<uuid:id_>/", groups.cluster, name="cluster"),
    path("clusters/<uuid:id_>/act/", groups.cluster_act, name="cluster_act"),
    path("tracing-plan/", groups.plan, name="tracing_plan"),
    path("assistance/", letters.assistances, name="assistances"),
    path("assistance/new/", letters.new_assistance, name="new_assistance"),
    path("assistance/receive/", letters.receive_assistance, name="receive_assistance"),
    path("assistance/<uuid:id_>/", letters.assistance, name="assistance"),
    path("assistance/<uuid:id_>/answer/", letters.answer_assistance, name="answer_assistance"),
    path("assistance/<uuid:id_>/their-reply/", letters.record_reply, name="record_reply"),
    path("assistance/people/<uuid:id_>/reveal/", letters.assistance_reveal, name="assistance_reveal"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/<uuid:id_>/", contacts.contact, name="contact"),
    path("contacts/<uuid:id_>/act/<slug:verb>/", contacts.contact_act, name="contact_act"),
]
