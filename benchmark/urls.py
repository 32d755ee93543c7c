"""Addresses of this room: datasets, leaderboards, animations, jobs."""

from django.urls import URLPattern, include, path

from benchmark.views import jobs, leaderboard

pages: list[URLPattern] = [
    path("", leaderboard.datasets, name="datasets"),
    path("jobs/", jobs.job_list, name="jobs"),
]

urlpatterns = [path("benchmark/", include((pages, "benchmark")))]
