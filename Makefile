# make run    serve the page (PORT=8501)
# make test   lint, format check and every test
# make bench  what the README's table of figures promises
# make shots  the README's screenshots, from the running page

PORT ?= 8501
# Of which `make bench` makes an atlas.
TREEBANK ?= corpus/small.conllu
VENV := .venv
BIN := $(VENV)/bin

# The first Python that TensorFlow 2.21 supports. Each is run, not just looked up: a
# version manager may have a name for a Python that is not installed.
PYTHON ?= $(shell for name in python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' \
	2>/dev/null && echo $$name && break; done)

.PHONY: run test bench shots chromium

run: $(VENV)/installed
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/installed-dev chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --durations=15

bench: $(VENV)/installed-dev chromium
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.roles
	$(BIN)/python -m benchmarks.page
	$(BIN)/python -m benchmarks.diagrams
	$(BIN)/python -m benchmarks.command
	$(BIN)/python -m benchmarks.footprint
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.classroom
	$(BIN)/python -m benchmarks.atlas $(TREEBANK)

shots: $(VENV)/installed-dev chromium
	$(BIN)/python -m docs.screenshots

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed; install one."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --disable-pip-version-check --quiet -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements-atlas.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --disable-pip-version-check --quiet -r requirements-dev.txt
	@touch $@

# A Chromium of the system serves as it is. Debian can install one, and elsewhere
# (macOS, Ubuntu) Playwright brings its own.
chromium: $(VENV)/installed-dev
	@if $(BIN)/python -c 'import sys; from tests.serving import chromium_path; sys.exit(chromium_path() is None)'; then :; \
	elif command -v apt-get >/dev/null; then \
		as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$as_root apt-get update -qq && $$as_root apt-get install -y -qq \
			--no-install-recommends chromium-headless-shell fonts-liberation \
		|| $(BIN)/playwright install --with-deps --only-shell chromium; \
	else $(BIN)/playwright install --only-shell chromium; fi
