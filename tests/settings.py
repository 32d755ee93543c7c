"""Settings of the test run: the product's own, over a data folder that is thrown away."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("DIPTYCH_DATA", tempfile.mkdtemp(prefix="diptych-tests-"))
os.environ.setdefault("DIPTYCH_SECRET_KEY", "only-for-tests")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STATIC_ROOT

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of every client where it is missing

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: threads and the live server then share one database as they do in the field.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["DIPTYCH_DATA"], "test.sqlite3")}
BROKER_URL = "memory://"
