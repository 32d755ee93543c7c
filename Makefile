# Diptych: two commands do everything. `make demo` to try it, `make test` to trust it.
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHONUNBUFFERED := 1
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help setup models demo test check lint format test-sqlite test-postgres bench lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: ## libraries into .venv/ and a browser
	@bin/setup

models: ## what the paper's own metrics need as well (PyTorch, DreamSim): then `manage.py models fetch NAME`
	@bin/setup --models

demo: setup ## a whole study on this machine: rate animations, read the report (Ctrl-C ends it)
	@$(PY) manage.py demo $(if $(PORT),--port $(PORT))

serve: setup ## the site with your own studies, on this machine (Ctrl-C ends it)
	@$(PY) manage.py serve $(if $(PORT),--port $(PORT))

test: setup-dev lint test-sqlite test-postgres ## everything: style, types, walls, tests on SQLite and PostgreSQL

.PHONY: setup-dev
setup-dev:
	@bin/setup --dev

lint: ## style, types, import contracts, migrations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy config benchmark studies
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run

format: ## put the code into its form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# Browser tests watch real time on machines that others may be using: what failed is looked at once more, by itself, and
# fails for good if it fails again. Nothing is skipped, and a run that did not come to its end (status 2 and up) failed.
AGAIN = { [ $$? = 1 ] && echo "Once more, what failed:" && $(PY) -m pytest --last-failed --last-failed-no-failures none $(1); }

test-sqlite: ## all tests, on SQLite
	$(PY) -m pytest || $(call AGAIN)

# Where the database settles races: claims, leases, places, answers, decisions.
RACES := tests/jobs tests/sitting tests/recruitment tests/house tests/researcher/test_design.py

test-postgres: ## the tests where the database settles races, on a PostgreSQL of their own
	bin/with-postgres sh -c '$(PY) -m pytest -m "database and not browser" $(RACES) || $(call AGAIN,-m "database and not browser" $(RACES))'

bench: setup-dev ## how fast, as ratios against what one would use instead
	@failed=0; for name in capture metrics models gpu agreement report; do echo "== $$name"; $(PY) -m bench.$$name || failed=1; done; exit $$failed

lock: ## pin again what pyproject.toml asks for (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-annotate --custom-compile-command "make lock" -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev -c requirements.lock --universal --generate-hashes --no-annotate --custom-compile-command "make lock" -q -o requirements-dev.lock
	uv pip compile pyproject.toml --extra models -c requirements-dev.lock --universal --generate-hashes --no-annotate --custom-compile-command "make lock" -q -o requirements-models.lock
	# without PyTorch, and CUDA that comes with it: bin/setup installs these
	awk '/^[a-z]/ { keep = !/^(torch|torchvision|triton)==|^(cuda|nvidia)-/ } /^#/ || keep' requirements-models.lock > .lock
	mv .lock requirements-models.lock

clean: ## remove the demo's data, keep .venv
	rm -rf data
