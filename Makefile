# Two commands on a fresh machine: `make demo` and `make test`. Each sets itself up in .venv.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib
PYTEST_ARGS ?=

.PHONY: demo test slow lint bench venv clean

demo: $(STAMP)
	$(BIN)/sidr bench 10p10u:size=mini --force -o out/demo

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

slow: $(STAMP)
	$(BIN)/python -m pytest -m slow -n 2 $(PYTEST_ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)
	set -e; for program in bench/[a-z]*.py; do echo "== $$program"; $(BIN)/python $$program; done

venv: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

clean:
	rm -rf .venv out .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
