# `make` or `make help` lists what can be done. Everything is installed into .venv, nothing outside.
PYTHON ?= python3
PYTEST_ARGS ?=
# Processes of a test run: tests wait much, so one more than there are cores.
WORKERS ?= 3
PARALLEL := -n $(WORKERS) --dist loadgroup
# Tables made from the models: migrations run for servers, on PostgreSQL and in lint.
TABLES := --no-migrations
# Without bytecode files each process that tests start would compile what it imports once more.
unexport PYTHONDONTWRITEBYTECODE
CHAOS_ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
PACKAGES := vrewcraft videos progress tests bench scripts manage.py
# Checks that load the settings must not touch anybody's library.
SCRATCH := VREWCRAFT_DATA_DIR=.cache/lint-data
CLEAN_ENV := env -u DJANGO_SETTINGS_MODULE -u VREWCRAFT_MODE -u DATABASE_URL -u REDIS_URL $(SCRATCH)

.DEFAULT_GOAL := help
.PHONY: help run install install-dev test test-fast test-long test-js test-postgres lint format messages types vendor chaos bench-main bench-tasks bench-truth bench-cuts bench-live bench-reports bench-upload clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## serve on http://127.0.0.1:8000 (HOST, PORT and VREWCRAFT_DATA_DIR are honoured)
	@exec $(PY) manage.py serve

install: ## make .venv and install what the product needs
	@$(PYTHON) scripts/venv.py $(VENV) run

install-dev: ## the same with what tests, lint and benches need
	@$(PYTHON) scripts/venv.py $(VENV) dev

test: install-dev test-js test-postgres ## all tests: JavaScript, real services, browser, Python
	$(PY) -m pytest $(PARALLEL) $(TABLES) -m "not long" $(PYTEST_ARGS)

test-fast: install-dev ## the tests without services of their own, browser and slow ones: under a minute
	$(PY) -m pytest $(PARALLEL) $(TABLES) -m "not browser and not functional and not slow and not long and not valkey and not s3" \
		--ignore=tests/servers --ignore=tests/videos/api/test_against_its_description.py $(PYTEST_ARGS)

test-long: install-dev ## the tests that repeat thousands of times
	$(PY) -m pytest $(PARALLEL) $(TABLES) -m long $(PYTEST_ARGS)

test-js: install-dev
	$(PY) scripts/js.py test

# The contracts with the database once more, on a real PostgreSQL.
test-postgres: install-dev
	TEST_DATABASE=postgres $(PY) -m tests.servers.with_services \
		$(PY) -m pytest $(PARALLEL) $(wildcard tests/contract) tests/servers/test_services.py $(PYTEST_ARGS)

# CHAOS_ARGS="--seed 7" does again what a run with that seed did.
chaos: install-dev ## kill everything at random under load, and count what is lost or doubled (20 min)
	$(PY) -m tests.chaos $(CHAOS_ARGS)

LINTS := lint-style lint-types lint-generated lint-imports lint-templates lint-migrations lint-locale lint-js
.PHONY: $(LINTS)
lint: $(LINTS) ## style, types, what is made from schemas, import directions, templates, migrations, translations, JavaScript

$(LINTS): install-dev

lint-style:
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

lint-types:
	$(CLEAN_ENV) $(VENV)/bin/mypy $(wildcard $(PACKAGES))

lint-generated:
	$(CLEAN_ENV) $(PY) scripts/wire_types.py check

lint-imports:
	$(VENV)/bin/lint-imports --no-logo --cache-dir .cache/import-linter

lint-templates:
	$(VENV)/bin/djlint --quiet --lint templates
	$(VENV)/bin/djlint --quiet --check templates

lint-migrations:
	$(CLEAN_ENV) $(PY) manage.py makemigrations --check --dry-run

lint-locale:
	$(CLEAN_ENV) $(PY) scripts/messages.py check

lint-js:
	$(PY) scripts/js.py check

format: install-dev ## rewrite Python files in the project's style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

messages: install-dev ## collect texts for translation and compile them (needs gettext)
	$(CLEAN_ENV) $(PY) scripts/messages.py collect

types: install-dev ## make the scripts' types and docs/protocol.md's tables from the API's schemas
	$(CLEAN_ENV) $(PY) scripts/wire_types.py write

vendor: install-dev ## make the front-end files of others anew (needs npm's registry)
	$(PY) scripts/vendor.py

bench-truth: install-dev ## whether bar and time left are true, over a matrix of edits (20 min)
	$(PY) -m bench.truth

bench-tasks: install-dev ## how tasks are dispatched: latency, a long queue, two workers (4 min)
	$(PY) -m bench.tasks

bench-main: install-dev ## every operation on real clips on a fresh server; prints the figures
	$(PY) -m bench.main

bench-cuts: install-dev ## whether cuts are exact, and what they cost (40 min; LONG=1, SECTIONS=... for a part)
	$(PY) -m bench.cuts $(SECTIONS)

bench-live: install-dev ## live delivery under load, against a Node server (15 min; SECTIONS=... for a part)
	$(PY) -m bench.live $(SECTIONS)

bench-reports: install-dev ## what progress reports cost the server, in pairs with BASE=commit (10 min)
	$(PY) -m bench.reports $(BASE)

bench-upload: install-dev ## uploads and downloads: speed, memory, cuts, races, a full disk (root; 6 min)
	$(PY) scripts/js.py install
	$(PY) -m bench.upload

clean: ## remove what tools made; .venv and the data folder stay
	rm -rf .cache .ruff_cache .import_linter_cache test-results tests/js/node_modules
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +
