"""Background work: a job row is the truth, the Celery message only a bell (docs/jobs.md)."""
