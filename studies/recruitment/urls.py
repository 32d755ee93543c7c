"""Addresses of this room: Prolific's messages, and the researcher's pages about pay and identities."""

from django.urls import URLPattern, path

from studies.recruitment import views, webhooks

app_name = "recruitment"
urlpatterns: list[URLPattern] = [
    path("prolific/hook/", webhooks.hook, name="hook"),
    path("sitting/<int:pk>/<slug:decision>/", views.pay, name="pay"),
    path("decision/<int:pk>/send/", views.send_again, name="send"),
    path("decision/<int:pk>/take-back/", views.take_back, name="take_back"),
    path("<slug:slug>/", views.overview, name="overview"),
    path("<slug:slug>/ask/", views.poll_now, name="ask"),
    path("<slug:slug>/approve/", views.approve_all, name="approve_all"),
    path("<slug:slug>/setup/", views.setup, name="setup"),
    path("<slug:slug>/studies/add/", views.add_key, name="add_key"),
    path("<slug:slug>/studies/<int:pk>/remove/", views.remove_key, name="remove_key"),
    path("<slug:slug>/submissions/<int:pk>/settle/", views.settle, name="settle"),
    path("<slug:slug>/identities.csv", views.identity_file, name="identities"),
    path("<slug:slug>/identities/destroy/", views.destroy_identities, name="destroy"),
]
