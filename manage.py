#!/usr/bin/env python
"""Diptych's command line: `manage.py help` lists the commands."""

import os
import sys


def main() -> None:
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed in this Python: run `make setup`, then use .venv/bin/python manage.py."
        )
    from config.local import prepare

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    prepare()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
