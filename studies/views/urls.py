"""Researcher pages."""

from django.urls import URLPattern, path

from studies.views import report
from studies.views.study import study_list

app_name = "studies"
urlpatterns: list[URLPattern] = [
    path("", study_list, name="list"),
    path("<slug:slug>/report/", report.report_page, name="report"),
    path("<slug:slug>/report/make/", report.report_make, name="report_make"),
    path("<slug:slug>/report/progress/", report.report_progress, name="report_progress"),
    path("<slug:slug>/report/<int:pk>/", report.report_page, name="report_snapshot"),
    path(
        "<slug:slug>/report/<int:pk>/<slug:chart>.<slug:theme>.<slug:width>.svg",
        report.report_chart,
        name="report_chart",
    ),
]
