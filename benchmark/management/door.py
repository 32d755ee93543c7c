"""Command-line doors: a JSON object on standard output, or a sentence on standard error and exit status 2."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError


class Refused(CommandError):
    """Bad input. Its text is the one sentence the caller reads; the exit status is 2."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, returncode=2)


class Door(BaseCommand):
    """A command that programs call: subclasses write :meth:`open` and get the rest.

    open       returns the object to print; raises Refused, or one of ``refusals``, when the input is no good
    refusals   the exceptions of the rooms behind the door whose text already is a sentence for the caller
    say        a line beside the result, on standard error
    progress   the same while work goes on, for whoever watches a terminal (or asks with --verbosity 2): a program that reads
               standard error finds nothing there but the sentence of a refusal

    Anything else that is raised is a fault of ours: it ends with a traceback and exit status 1.
    """

    refusals: tuple[type[Exception], ...] = ()
    requires_system_checks: list[str] = []

    def open(self, **options: Any) -> Mapping[str, Any]:
        raise NotImplementedError

    def say(self, words: str) -> None:
        self.stderr.write(words)
        self.stderr.flush()

    def progress(self, words: str) -> None:
        if self._watched or self.stderr.isatty():
            self.say(words)

    def handle(self, *args: Any, **options: Any) -> str:
        self._watched = options["verbosity"] > 1
        try:
            self.prepare_database()
            found = self.open(**options)
        except self.refusals as error:
            raise Refused(str(error)) from error
        indent = 2 if self.stdout.isatty() else None  # programs get one line, people several
        return json.dumps(found, cls=DjangoJSONEncoder, allow_nan=False, indent=indent)

    def prepare_database(self) -> None:
        """A fresh SQLite file gets its tables; any other database must have been migrated by its keeper."""
        try:
            missing = self._missing_migrations()
            if missing and connection.vendor == "sqlite" and not connection.introspection.table_names():
                self.progress("First use of this database: making its tables …")
                call_command("migrate", verbosity=0, interactive=False)
                missing = 0
        except OperationalError as error:
            raise Refused(
                f"The database cannot be used ({error}): check DATABASE_URL and DIPTYCH_DATA."
            ) from error
        if missing:
            noun = "migration is" if missing == 1 else "migrations are"
            raise Refused(f"{missing} database {noun} not applied yet: run `manage.py migrate` first.")

    @staticmethod
    def _missing_migrations() -> int:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def run_from_argv(self, argv: list[str]) -> None:
        """As Django does, but a refusal is its sentence alone, and wrong arguments are refusals too."""
        try:
            # `_called_from_command_line` stays unset: the parser then raises instead of printing its usage.
            parser = self.create_parser(argv[0], argv[1])
            try:
                options = vars(parser.parse_args(argv[2:]))
            except CommandError as error:
                sentence = str(error).removeprefix("Error: ")
                raise Refused(
                    f"{sentence[:1].upper()}{sentence[1:]}; see `manage.py {argv[1]} --help`."
                ) from error
            arguments = options.pop("args", ())
            self.execute(*arguments, **options)
        except CommandError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(error.returncode)
        finally:
            connections.close_all()
