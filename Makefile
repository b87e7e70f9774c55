# Python 3.11 or newer and make are enough: every target sets up what it needs, on first use only.

PYTHON := $(shell for python in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v $$python; break; }; done)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup run demo test check written release-sdl audit bench

setup: $(READY)

run: $(READY)
	@$(BIN)/bima demo load --if-empty && exec $(BIN)/bima serve

demo: $(READY)
	@$(BIN)/bima demo walk

test: $(READY)
	@$(BIN)/python -m pytest -n logical

check: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n logical tests/schema tests/test_boundaries.py tests/modules/*/test_rules*.py

# What is made from the code and kept beside it, to be reviewed: the SDL of each profile and the page of hooks.
written: $(READY)
	@for profile in $(basename $(notdir $(wildcard profiles/*.toml))); do \
		BIMA_PROFILE=$$profile $(BIN)/bima schema print > schema/sdl/$$profile.graphql || exit 1; done
	@BIMA_PROFILE=tanzania-chf $(BIN)/bima hooks > docs/hooks.md

# Once, when a release is made: what clients may rely on from then on (docs/promises.md).
release-sdl: written
	@cp schema/sdl/*.graphql schema/sdl/released/
	@grep '^#' schema/sdl/released/accepted.txt > schema/sdl/released/.accepted && mv schema/sdl/released/.accepted schema/sdl/released/accepted.txt

audit: $(READY)
	@$(BIN)/python -m pytest -n logical -m audit

bench: $(READY)
	@$(BIN)/python -m benchmarks

$(READY): requirements.lock pyproject.toml $(wildcard examples/*/pyproject.toml)
	@test -n "$(PYTHON)" || { echo "Bima needs Python 3.11 or newer with venv and ensurepip (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@echo "Setting up .venv with $(PYTHON) ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
		$(addprefix --editable ./,$(dir $(wildcard examples/*/pyproject.toml)))
	@touch $(READY)
