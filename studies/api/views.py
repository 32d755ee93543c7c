"""Studies, ratings and reports for other programs; reading only."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView, RetrieveAPIView, get_object_or_404
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies.api.serializers import RatingSerializer, ReportSerializer, StudySerializer
from studies.models import Report, Study
from studies.reports.exports.columns import common
from studies.reports.exports.tables import EXPORTS, rating_query, rating_row
from studies.reports.make import current_report, latest_report

STUDIES = Study.objects.select_related("dataset").prefetch_related("dimensions")


class StudyList(ListAPIView[Study]):
    """Every study, newest first."""

    queryset = STUDIES
    serializer_class = StudySerializer


class StudyDetail(RetrieveAPIView[Study]):
    """One study with its questions."""

    queryset = STUDIES
    serializer_class = StudySerializer
    lookup_field = "slug"


class RatingList(APIView):
    """The study's ratings, page by page, in an order that stays the same."""

    @extend_schema(
        responses=RatingSerializer(many=True),
        parameters=[OpenApiParameter("limit", int), OpenApiParameter("offset", int)],
    )
    def get(self, request: Request, slug: str) -> Response:
        study = get_object_or_404(STUDIES, slug=slug)
        pages = LimitOffsetPagination()
        names = [column.name for column in EXPORTS["ratings"].columns]
        page = pages.paginate_queryset(rating_query(study), request, self) or []
        found = [dict(zip(names, rating_row(common(study), row), strict=True)) for row in page]
        return pages.get_paginated_response(RatingSerializer(found, many=True).data)


class ReportDetail(APIView):
    """The report of the study's present data, where it has been made; else the newest one there is."""

    @extend_schema(
        responses={200: ReportSerializer, 404: OpenApiResponse(description="No report has been made yet.")}
    )
    def get(self, request: Request, slug: str) -> Response:
        study = get_object_or_404(STUDIES, slug=slug)
        report: Report | None = current_report(study) or latest_report(study)
        if report is None:
            raise Http404(
                "No report has been made yet: open the study's report page, or run `manage.py report`."
            )
        return Response(ReportSerializer(report).data, status=status.HTTP_200_OK)
