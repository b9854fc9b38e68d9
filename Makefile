# What a newcomer types. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
ARGS ?=
STAMP := .venv/.stamp

# Another project's virtual environment must not leak into this one.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.PHONY: help setup run test explore lint bench endure clean FORCE

help: ## list the targets
	@sed -nE 's/^([a-z]+):[^#]*## (.*)$$/  make \1\t\2/p' Makefile | expand -t 16

setup: $(STAMP) ## make .venv from requirements.lock, when that is needed

run: setup ## check the table of Groningen, play its scenarios, answer calls on this machine
	@exec .venv/bin/ivr demo $(ARGS)

test: setup ## run the tests; ARGS="-k hunt -x" goes to pytest
	@scripts/browser
	@.venv/bin/python -m pytest $(ARGS)

explore: setup ## the tests that draw examples, with ten times as many and new ones each time
	@HYPOTHESIS=explore .venv/bin/python -m pytest -m hypothesis --timeout 1800 $(ARGS)

lint: setup ## ruff, mypy and the layers of the house
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: setup ## measure; ARGS goes to the benchmarks
	@.venv/bin/python -m benchmarks $(ARGS)

endure: setup ## kill and stop everything under 10,000 calls, and count what was lost; ARGS="--minutes 2 --calls 2000"
	@.venv/bin/python -m benchmarks.endure $(ARGS)

clean: ## remove .venv and every cache
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp holds the folder that .venv was made in: neither a moved .venv nor one whose Python is gone
# can run, so each is made anew. A change of the lock or of pyproject.toml only installs again.
HOME_OF_VENV := $(shell cat $(STAMP) 2>/dev/null && .venv/bin/python -c '' 2>&1)
ifneq ($(HOME_OF_VENV),$(CURDIR))
$(STAMP): FORCE
endif

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.12")'
	@echo "making .venv"
	@if [ "$(HOME_OF_VENV)" != "$(CURDIR)" ]; then $(PYTHON) -m venv --clear .venv; fi
	@rm -f $@
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python .venv/bin/python --require-hashes --no-deps -r requirements.lock; \
		uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .; \
	else \
		pip=".venv/bin/python -m pip -qq --disable-pip-version-check install --no-compile --no-deps"; \
		$$pip --require-hashes -r requirements.lock; \
		$$pip --no-build-isolation --editable .; \
	fi
	@echo "$(CURDIR)" > $@

FORCE:
