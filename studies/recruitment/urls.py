"""Addresses of this room: Prolific's messages, and the researcher's pages about pay and identities."""

from django.urls import URLPattern, path

from studies.recruitment import webhooks

app_name = "recruitment"
urlpatterns: list[URLPattern] = [
    path("prolific/hook/", webhooks.hook, name="hook"),
]
