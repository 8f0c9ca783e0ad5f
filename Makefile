PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed
BROWSER := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2>/dev/null)))

.PHONY: run test browser lint bench clean
.NOTPARALLEL:

# Draw a plan of the packaged registry, then open the planner and the public site.
run: $(STAMP)
	$(VENV)/bin/capillare plan --out build/plan
	$(VENV)/bin/capillare up --plan build/plan

# Everything the continuous integration checks; pytest is last, so that its closing line is.
# Files run in their order, the browser's first and in one process (tests/conftest.py): the longest
# must not be left to the end.
test: browser lint
	$(VENV)/bin/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

browser:
ifeq ($(BROWSER),)
	@echo "No Chromium on PATH: the browser tests need one." >&2
	@echo "Install it (Debian: apt-get install chromium; macOS: brew install --cask google-chrome)." >&2
	@exit 1
endif

lint: $(STAMP)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: $(STAMP)
	$(VENV)/bin/python -m benchmarks

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is younger than pyproject.toml once everything is installed.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --upgrade pip
	$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
