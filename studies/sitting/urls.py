"""Participant pages, and what the judging page asks of the server."""

from django.urls import URLPattern, path

from studies.sitting import api, clips, pages, preview

app_name = "sitting"
urlpatterns: list[URLPattern] = [
    path("clip/<str:token>.mp4", clips.clip, name="clip"),
    path("<slug:slug>/", pages.landing, name="landing"),
    path("<slug:slug>/consent/", pages.consent, name="consent"),
    path("<slug:slug>/instructions/", pages.instructions, name="instructions"),
    path("<slug:slug>/practice/", pages.practice, name="practice"),
    path("<slug:slug>/rate/", pages.rate, name="rate"),
    path("<slug:slug>/done/", pages.done, name="done"),
    path("<slug:slug>/pause/", pages.pause, name="pause"),
    path("<slug:slug>/stop/", pages.stop, name="stop"),
    path("<slug:slug>/preview/", preview.enter, name="preview-enter"),
    path("<slug:slug>/preview/<slug:step>/", preview.preview, name="preview"),
    path("<slug:slug>/preview/<slug:step>/answer", preview.answer, name="preview-answer"),
    path(
        "<slug:slug>/preview/<slug:step>/clip/<int:number>-<slug:role>.mp4", preview.clip, name="preview-clip"
    ),
    path("<slug:slug>/api/state", api.StateView.as_view(), name="api-state"),
    path("<slug:slug>/api/answer", api.AnswerView.as_view(), name="api-answer"),
    path("<slug:slug>/api/practice", api.PracticeView.as_view(), name="api-practice"),
    path("<slug:slug>/api/failure", api.FailureView.as_view(), name="api-failure"),
]
