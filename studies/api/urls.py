"""The API's addresses."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView

from studies.api import views

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("studies/", views.StudyList.as_view(), name="studies"),
    path("studies/<slug:slug>/", views.StudyDetail.as_view(), name="study"),
    path("studies/<slug:slug>/ratings/", views.RatingList.as_view(), name="ratings"),
    path("studies/<slug:slug>/report/", views.ReportDetail.as_view(), name="report"),
]
