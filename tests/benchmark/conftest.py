"""Finding queries in loops: zeal looks into Django from here on, and complains only where a test asks it to."""

from __future__ import annotations

from zeal.constants import initialize_app_registry
from zeal.patch import patch

initialize_app_registry()
patch()
