"""The site's addresses with this room's, wherever the site mounts it."""

from django.urls import include, path

from config.urls import urlpatterns as site

urlpatterns = [path("recruitment/", include("studies.recruitment.urls")), *site]
