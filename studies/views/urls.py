"""Researcher pages."""

from django.urls import URLPattern, path

from studies.views import design, exports, forecast, metric, participants, report, study

app_name = "studies"
urlpatterns: list[URLPattern] = [
    path("", study.study_list, name="list"),
    path("+new/", design.new_study, name="new"),
    path("<slug:slug>/", study.study_page, name="study"),
    path("<slug:slug>/design/", design.design, name="design"),
    path("<slug:slug>/design/deal/", design.design_deal, name="design_deal"),
    path("<slug:slug>/design/practice/", design.design_practice, name="design_practice"),
    path("<slug:slug>/design/copy/", design.design_copy, name="design_copy"),
    path("<slug:slug>/design/delete/", design.design_delete, name="design_delete"),
    path("<slug:slug>/design/forecast/", forecast.forecast, name="forecast"),
    path("<slug:slug>/step/<slug:step>/", study.study_step, name="step"),
    path("<slug:slug>/comparisons/", study.comparisons, name="comparisons"),
    path("<slug:slug>/participants/", participants.participant_list, name="participants"),
    path("<slug:slug>/participants/<str:pseudonym>/", participants.participant_page, name="participant"),
    path(
        "<slug:slug>/participants/<str:pseudonym>/exclude/", participants.participant_exclude, name="exclude"
    ),
    path("<slug:slug>/participants/<str:pseudonym>/lift/", participants.participant_lift, name="lift"),
    path("<slug:slug>/data/", exports.exports, name="exports"),
    path("<slug:slug>/data/codebook.md", exports.export_codebook, name="codebook"),
    path("<slug:slug>/data/<slug:key>.<slug:form>", exports.export_file, name="export"),
    path("<slug:slug>/report/", report.report_page, name="report"),
    path("<slug:slug>/report/make/", report.report_make, name="report_make"),
    path("<slug:slug>/report/progress/", report.report_progress, name="report_progress"),
    path("<slug:slug>/report/<int:pk>/", report.report_page, name="report_snapshot"),
    path("<slug:slug>/report/<int:pk>/metric/<int:place>/", metric.metric_page, name="metric"),
    path("<slug:slug>/report/<int:pk>/as/<slug:form>/", report.report_form, name="report_form"),
    path(
        "<slug:slug>/report/<int:pk>/<slug:chart>.<slug:theme>.<slug:width>.svg",
        report.report_chart,
        name="report_chart",
    ),
]
