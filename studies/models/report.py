"""What is kept of a finished analysis, and where imported ratings came from."""

from __future__ import annotations

from django.db import models

from studies.models.study import Study


class Import(models.Model):
    """The file an imported study was made from. Its digest tells the same content from other content."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="imported_from")
    file_name = models.CharField(max_length=255)
    digest = models.CharField(
        max_length=64, help_text="sha256 of the judgments as they were read, not of the bytes"
    )
    judgments = models.PositiveIntegerField()
    parameters = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.study.slug} from {self.file_name}"


class Report(models.Model):
    """One analysis of one state of a study's data: the same data, parameters and program give the same row."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="reports")
    data_digest = models.CharField(max_length=64)
    parameters_digest = models.CharField(max_length=64, help_text="of parameters and versions")
    design_hash = models.CharField(max_length=64, blank=True)
    parameters = models.JSONField()
    versions = models.JSONField()
    content = models.JSONField(help_text="every number, as studies/reports/analyse.py wrote it")
    content_digest = models.CharField(max_length=64, help_text="sha256 of the content as sorted JSON")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["study", "-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "data_digest", "parameters_digest"],
                name="one_report_per_data_and_parameters",
            )
        ]

    def __str__(self) -> str:
        return f"report of {self.study.slug}, data {self.data_digest[:12]}"
