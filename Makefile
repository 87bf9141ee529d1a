# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Both make .venv from the hash-locked requirements first, and again whenever the lock changes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -q -n auto

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-all lint bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(LOCKED): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "purgectl needs Python 3.11 or newer: make PYTHON=python3.11"; exit 2; }
	@echo "Setting up $(VENV) from requirements-dev.txt (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

demo: $(READY) ## The whole story on the embedded sandbox, under a minute
	@$(BIN)/purgectl demo

test: $(READY) ## The tests, under five minutes on two cores
	@$(PYTEST) -m "not slow"

test-slow: $(READY) ## The slow suites alone: packaging, fault injection, scale
	@$(PYTEST) -m slow --dist worksteal

test-all: test test-slow ## Everything

lint: $(READY) ## Format, lint, types, layers, workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@sh .ci/workflows $(BIN)

bench: $(READY) ## Measure; each figure is a ratio against a peer or a limit of the same run
	@$(BIN)/python -m tests.benchmarks

lock: ## Resolve the dependencies again and write the hash-locked requirements
	@sh .ci/lock $(PYTHON) $(VENV)-lock

clean: ## Remove the virtual environment and caches
	@rm -rf $(VENV) $(VENV)-lock .mypy_cache .pytest_cache .ruff_cache .hypothesis
