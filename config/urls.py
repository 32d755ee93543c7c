"""Every address of the site."""

from django.urls import include, path

urlpatterns = [
    path("", include("benchmark.urls")),
    path("", include("studies.urls")),
]
