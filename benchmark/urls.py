"""Addresses of this room: datasets, leaderboards, animations, clips, jobs."""

from django.urls import URLPattern, include, path

from benchmark.views import animation, clips, jobs, leaderboard, validation

pages: list[URLPattern] = [
    path("", leaderboard.datasets, name="datasets"),
    path("datasets/<slug:slug>/", leaderboard.dataset, name="dataset"),
    path(
        "datasets/<slug:slug>/chart/<str:theme>/<str:width>.svg",
        leaderboard.dataset_chart,
        name="dataset_chart",
    ),
    path("datasets/<slug:slug>/capture-again/", leaderboard.capture_again, name="capture_again"),
    path("datasets/<slug:slug>/animations/<path:name>/", animation.animation, name="animation"),
    path("clips/<str:sha256>/<str:part>/", clips.clip_file, name="clip"),
    path("validation/", validation.validation, name="validation"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/now/", jobs.job_now, name="jobs_now"),
    path("jobs/failed/", jobs.job_failures, name="jobs_failed"),
    path("jobs/retry/", jobs.job_retry_all, name="jobs_retry_all"),
    path("jobs/<int:pk>/retry/", jobs.job_retry, name="job_retry"),
]

urlpatterns = [path("benchmark/", include((pages, "benchmark")))]
