"""Addresses of the pages of supervision."""

from django.urls import path

from bihuan.desk.problems import filling, ledger, process, registers, rounds

urlpatterns = [
    path("problems/", ledger.problems, name="problems"),
    path("problems/new/", ledger.new_problem, name="new_problem"),
    path("problems/board/", ledger.board, name="board"),
    path("problems/<uuid:id_>/", ledger.problem, name="problem"),
    path("problems/<uuid:id_>/<slug:verb>/", ledger.problem_act, name="problem_act"),
    path("proofs/<uuid:id_>/", ledger.photo, name="photo"),
    path("hearings/<uuid:id_>/", ledger.hearing, name="hearing"),
    path("inspections/", rounds.inspections, name="inspections"),
    path("inspections/new/", rounds.plan, name="plan_inspection"),
    path("inspections/<uuid:id_>/", rounds.inspection, name="inspection"),
    path("checklists/", filling.catalogue, name="checklists"),
    path("checklists/<slug:name>/", filling.checklist, name="checklist"),
    path("checklists/<slug:name>/fill/", filling.fill, name="fill_checklist"),
    path("checklists/<slug:name>/gaps/", filling.gaps, name="gaps"),
    path("filled/<uuid:id_>/", filling.filled, name="filled"),
    path("process/", process.times, name="process"),
    path("registers/", registers.registers, name="registers"),
    path("registers/<slug:name>/", registers.register, name="register"),
    path("registers/<slug:name>/load/", registers.load, name="load_register"),
    path("entries/<uuid:id_>/", registers.entry, name="entry"),
]
