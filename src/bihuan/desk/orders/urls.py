"""Addresses of the orders pages."""

from django.urls import path

from bihuan.desk.orders import appeals, closures, lists, order, papers, proposals, reclass

urlpatterns = [
    path("orders/", lists.orders, name="orders"),
    path("orders/proposals/", proposals.proposals, name="proposals"),
    path("orders/proposals/sign/", proposals.sign, name="sign_orders"),
    path("orders/appeals/", appeals.appeals, name="appeals"),
    path("orders/appeals/<uuid:id_>/", appeals.appeal, name="appeal"),
    path("orders/closures/", closures.closures, name="closures"),
    path("orders/closures/new/", closures.new_closure, name="new_closure"),
    path("orders/reclass/", reclass.reclasses, name="reclasses"),
    path("orders/reclass/new/", reclass.new_reclass, name="new_reclass"),
    path("orders/reclass/<uuid:id_>/", reclass.reclass, name="reclass"),
    path("orders/<uuid:id_>/", order.order, name="order"),
    path("orders/<uuid:id_>/do/<str:verb>/", order.order_act, name="order_act"),
    path("orders/<uuid:id_>/paper/", papers.paper, name="order_paper"),
    path("public/measures/", closures.public_measures, name="public_measures"),
]
