# make run    serve the page (PORT=8501)
# make check  format, lint, types and the fast tests: no browser, no Ray, no tf-keras
# make test   the same with every test, and the types of what runs in the browser
# make bench  what the README's table of figures promises
# make shots  the README's pictures, still and moving, from the running page

PORT ?= 8501
# Of which `make bench` makes an atlas.
TREEBANK ?= corpus/small.conllu
VENV := .venv
BIN := $(VENV)/bin
TYPESCRIPT := node_modules/.package-lock.json

# The first Python that TensorFlow 2.21 supports. Each is run, not just looked up: a
# version manager may have a name for a Python that is not installed, and Debian has
# Pythons without ensurepip, which cannot make an environment.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $$name && break; done)
# Where there is none, uv fetches this one.
UV_PYTHON := 3.13

define NO_PYTHON
Python 3.11, 3.12 or 3.13 is needed, and none is here. Install one, then try again:
  Debian 12 or 13, Ubuntu 24.04:  sudo apt install python3 python3-venv
  macOS with Homebrew:            brew install python@3.13
  anywhere else:                  install uv, https://docs.astral.sh/uv (it fetches
                                  Python $(UV_PYTHON) by itself)
endef
export NO_PYTHON

.PHONY: run check test bench shots chromium

run: $(VENV)/installed
	$(BIN)/streamlit run app.py --server.port $(PORT)

check: $(VENV)/installed-check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2 -m "not browser and not slow and not hub"

test: $(VENV)/installed-dev $(TYPESCRIPT) chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/node node_modules/typescript/bin/tsc
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --durations=15

bench: $(VENV)/installed-dev chromium
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.roles
	$(BIN)/python -m benchmarks.page
	$(BIN)/python -m benchmarks.diagrams
	$(BIN)/python -m benchmarks.command
	$(BIN)/python -m benchmarks.claim_files
	$(BIN)/python -m benchmarks.footprint
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.classroom
	$(BIN)/python -m benchmarks.atlas $(TREEBANK)

shots: $(VENV)/installed-dev chromium
	$(BIN)/python -m docs.screenshots
	$(BIN)/python -m docs.film

$(VENV)/bin/python:
	@if [ -n "$(PYTHON)" ]; then $(PYTHON) -m venv $(VENV); \
	elif command -v uv >/dev/null; then \
		uv venv --python $(UV_PYTHON) --seed $(VENV); \
	else echo "$$NO_PYTHON" >&2; exit 1; fi

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --disable-pip-version-check --quiet -r requirements.txt
	@touch $@

$(VENV)/installed-check: requirements-check.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --disable-pip-version-check --quiet -r requirements-check.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements-check.txt requirements-atlas.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --disable-pip-version-check --quiet -r requirements-dev.txt
	@touch $@

# Node comes as a Python package: nobody has to have one.
$(TYPESCRIPT): package-lock.json $(VENV)/installed-dev
	$(BIN)/npm ci --loglevel=error
	@touch $@

# A Chromium of the system serves as it is. Debian can install one, and elsewhere
# (macOS, Ubuntu) Playwright brings its own.
chromium: $(VENV)/installed-dev
	@if $(BIN)/python -c 'import sys; from tests.support.serving import chromium_path; sys.exit(chromium_path() is None)'; then :; \
	elif command -v apt-get >/dev/null; then \
		as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$as_root apt-get update -qq && $$as_root apt-get install -y -qq \
			--no-install-recommends chromium-headless-shell fonts-liberation \
		|| $(BIN)/playwright install --with-deps --only-shell chromium; \
	else $(BIN)/playwright install --only-shell chromium; fi
