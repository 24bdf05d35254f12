# make run: a station on http://127.0.0.1:8000. Needs Python 3.11 or newer and make; everything else is fetched and built here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FRONTEND := web/frontend
DEALT := --dist loadscope --no-loadscope-reorder
# Much of the real tier listens in real time: two files at a time leave a machine of two cores enough for both (tests/conftest.py deals).
SIDE_BY_SIDE := --numprocesses 2 $(DEALT)
KERNELS := $(shell find dsp generation server/video server/webrtc/sealed_group.py -name '*.py')
ROOMS := dsp generation server control web sonicforge
SEMGREP := $(VENV)/semgrep/bin/semgrep scan --config .semgrep/rules.yml --error --strict --metrics off --disable-version-check
PAGES := $(shell find $(FRONTEND) -type f -not -path '*/node_modules/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test test-fast test-long check lint types pages rules scan models format bench lock clean environment frontend

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment ## set up everything and run a station on http://127.0.0.1:8000 (settings: config.toml, SONICFORGE_*)
	@exec $(BIN)/sonicforge serve

test: environment $(VENV)/.tested $(VENV)/.scanning ## fast tier first, then real players, browsers and processes; the house's rules are make check's
	$(BIN)/python -m pytest --tier fast --numprocesses auto $(DEALT)
	$(BIN)/python -m pytest --tier real $(SIDE_BY_SIDE) --ignore tests/architecture

test-long: environment $(VENV)/.tested ## whole stations with platforms, broadcasting programs, microphones, language models: twenty minutes more
	$(BIN)/python -m pytest --tier long

test-fast: environment $(VENV)/.tested ## the fast tier alone
	$(BIN)/python -m pytest --tier fast --numprocesses auto $(DEALT)

check: lint types pages rules ## format, lint, types, architecture, security

lint: $(VENV)/.tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.tested
	$(BIN)/mypy

pages: environment
	cd $(FRONTEND) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check

rules: environment $(VENV)/.tested $(VENV)/.scanning
	$(BIN)/python -m pytest tests/architecture

scan: environment $(VENV)/.tested $(VENV)/.scanning ## look for security faults: bandit, and the rules in .semgrep; check does it too
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml $(ROOMS)
	$(SEMGREP) $(ROOMS)

format: $(VENV)/.tested ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: environment $(VENV)/.tested ## measure what this release promises, peers beside us where they are installed
	@failed=0; for area in air office outs sound studio; do $(BIN)/sonicforge bench $$area || failed=1; done; exit $$failed

lock: ## renew the locked dependencies
	$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet uv
	$(VENV)/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml requirements/build.in -o requirements/run.lock
	$(VENV)/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--extra test pyproject.toml requirements/build.in -c requirements/run.lock -o requirements/test.lock

clean: ## remove what was built here; state/ and media/ stay
	rm -rf $(VENV) web/static $(FRONTEND)/node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

environment: $(VENV)/.installed web/static/.built $(VENV)/.warm

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "SonicForge needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make run PYTHON=python3.12")'
	@echo "[1/4] Making the Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements/run.lock pyproject.toml
	@echo "[2/4] Installing the locked dependencies (about 400 MB, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

web/static/.built: $(VENV)/.installed $(PAGES)
	@echo "[3/4] Building the player"
	@cd $(FRONTEND) && export PATH="$(CURDIR)/$(BIN):$$PATH" && npm ci --silent --no-audit --no-fund && npm run --silent build
	@touch $@

$(VENV)/.warm: $(VENV)/.installed $(KERNELS)
	@echo "[4/4] Compiling the sound kernels"
	@$(BIN)/sonicforge warm-up
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements/test.lock
	@echo "Installing what the tests need"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	@touch $@

models: $(VENV)/.models ## install the libraries of the music models, whose tests need them (torch, about 900 MB)

$(VENV)/.models: $(VENV)/.tested requirements/models.txt
	@echo "Installing the libraries of the music models"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/models.txt
	@touch $@

$(VENV)/.scanning: $(VENV)/bin/python requirements/semgrep.lock
	@echo "Installing semgrep in an environment of its own (it pins other versions than we do; about 380 MB, once)"
	@$(PYTHON) -m venv $(VENV)/semgrep
	@$(VENV)/semgrep/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/semgrep.lock
	@touch $@
