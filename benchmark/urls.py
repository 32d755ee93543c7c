"""Addresses of this room: datasets, leaderboards, animations, jobs."""

from django.urls import URLPattern, include, path

from benchmark.views import clips, jobs, leaderboard

pages: list[URLPattern] = [
    path("", leaderboard.datasets, name="datasets"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("clips/<str:sha256>/<str:part>/", clips.clip_file, name="clip"),
]

urlpatterns = [path("benchmark/", include((pages, "benchmark")))]
