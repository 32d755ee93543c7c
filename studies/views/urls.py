"""Researcher pages."""

from django.urls import URLPattern, path

from studies.views.study import study_list

app_name = "studies"
urlpatterns: list[URLPattern] = [
    path("", study_list, name="list"),
]
