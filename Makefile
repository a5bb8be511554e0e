# One command each; every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset serve test test-long bench conformance lint types layers migrations-check format lock bundle clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

setup: ## the set-up alone: .venv with the locked packages; nothing to do the second time
	@$(PYTHON) deploy/setup.py

demo: setup ## make an invented city, carry its deliveries through the flow, serve it (HUB_PORT=8001 make demo for another port)
	@$(BIN)/hub demo

demo-reset: setup ## throw the demo city away
	@$(BIN)/hub demo-reset

serve: setup ## serve the hub's own data
	@$(BIN)/hub serve

test: setup ## the tests
	@$(BIN)/python -m pytest

test-long: setup ## the long tests too: the README in a clean clone, twenty kills a point
	@CRASH_TIMES=20 REQUESTS=1000000 OPERATIONS=2000 WORLDS=50 $(BIN)/python -m pytest -m "long or not long" -n 2

bench: setup ## the benches; each prints ratios of things measured in the same run
	@test -x .venv-bench/bin/python || ($(PYTHON) -m venv .venv-bench && .venv-bench/bin/python -m pip install -q --require-hashes -r requirements/bench.lock) || echo "what the benches compare with could not be installed; they go on without it"
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.linkage
	@$(BIN)/python -m tests.bench.linkage.live

conformance: setup ## other people's suites of GraphQL over HTTP, sockets and events, against a small served city (needs node, npm)
	@test -x .venv-conformance/bin/schemathesis || ($(PYTHON) -m venv .venv-conformance && .venv-conformance/bin/python -m pip install -q --require-hashes -r requirements/conformance.lock) || echo "schemathesis could not be installed; the suites go on without it"
	@$(BIN)/python -m tests.conformance

lint: setup ## ruff
	@$(BIN)/ruff check .

types: setup ## mypy, strict
	@$(BIN)/mypy

layers: setup ## imports point down
	@$(BIN)/lint-imports

migrations-check: setup ## the migrations arrive at the tables
	@$(BIN)/python -m pytest -q -n 0 tests/spec/test_migrations.py

format: setup ## sort imports and mend what ruff can
	@$(BIN)/ruff check --fix .

lock: ## write the lock files anew (needs uv)
	UV_PYTHON_DOWNLOADS=never uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements/run.lock
	UV_PYTHON_DOWNLOADS=never uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements/dev.lock
	UV_PYTHON_DOWNLOADS=never uv pip compile pyproject.toml --group bench --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements/bench.lock
	UV_PYTHON_DOWNLOADS=never uv pip compile pyproject.toml --group conformance --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements/conformance.lock

bundle: setup ## an offline bundle: wheels, lock, install script, check sums
	@$(BIN)/python deploy/bundle.py dist/bundle

clean: ## remove what the set-up made (never data)
	rm -rf $(VENV) .venv-bench .venv-conformance dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
