"""Participant pages."""

from django.urls import URLPattern

app_name = "sitting"
urlpatterns: list[URLPattern] = []
