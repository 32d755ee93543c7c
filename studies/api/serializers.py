"""What the API says of a study."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from benchmark.models import Dataset
from studies.models import Dimension, Report, Study


class DimensionSerializer(serializers.ModelSerializer[Dimension]):
    class Meta:
        model = Dimension
        fields = ("key", "label", "question")


class StudySerializer(serializers.ModelSerializer[Study]):
    dataset = serializers.SlugRelatedField[Dataset](slug_field="slug", read_only=True)
    dimensions = DimensionSerializer(many=True, read_only=True)
    simulated = serializers.SerializerMethodField(
        help_text="whether ratings or dataset are made up for a demonstration"
    )

    class Meta:
        model = Study
        fields = (
            "slug",
            "title",
            "description",
            "dataset",
            "state",
            "origin",
            "origin_note",
            "simulated",
            "design_hash",
            "raters_per_block",
            "dimensions",
            "launched_at",
            "closed_at",
        )

    def get_simulated(self, study: Study) -> bool:
        return study.simulated or study.dataset.simulated


class RatingSerializer(serializers.Serializer[Any]):
    """One answer, under a pseudonym; the columns are those of the publishable export."""

    study = serializers.CharField()
    simulated = serializers.BooleanField()
    participant = serializers.CharField()
    participant_simulated = serializers.BooleanField()
    block = serializers.IntegerField()
    sitting_state = serializers.CharField()
    excluded = serializers.BooleanField(help_text="the ratings stay out of the analysis")
    position = serializers.IntegerField()
    kind = serializers.CharField(help_text="comparison, instructed, identical or repeat")
    animation = serializers.CharField()
    system_a = serializers.CharField()
    system_b = serializers.CharField()
    a_on_left = serializers.BooleanField()
    passed = serializers.BooleanField(allow_null=True)
    dimension = serializers.CharField()
    answer = serializers.ChoiceField(choices=["left", "equal", "right"])
    value = serializers.IntegerField(allow_null=True, help_text="1 when A wins, 0 equal, -1 when B wins")
    changes = serializers.IntegerField()
    answered_ms = serializers.IntegerField(allow_null=True)


class ReportSerializer(serializers.ModelSerializer[Report]):
    content = serializers.JSONField(help_text="every number of the report; docs/reports.md describes it")

    class Meta:
        model = Report
        fields = (
            "data_digest",
            "design_hash",
            "content_digest",
            "parameters",
            "versions",
            "made_at",
            "content",
        )
