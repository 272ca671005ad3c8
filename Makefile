# The commands of the project. A fresh Debian 12 needs python3, python3-venv, make and git.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
SEED ?= 1
TEST_POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/postgres

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo demo-reset test browser lint soak bench static lock

help:
	@echo "make demo        the whole application with its demo story at 127.0.0.1:$(PORT)"
	@echo "make demo-reset  deletes the demo's data; the next make demo starts afresh"
	@echo "make test        all tests        make lint   style, types, layers, migrations"
	@echo "make soak        long tests       make bench  measurements"
	@echo "make static      collects the static files as production serves them"
	@echo "make lock        compiles the locked requirements from pyproject.toml"

# --- Installation: stamps in the environment make a second run quick ------------------------

$(VENV)/.created:
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.txt $(VENV)/.created
	@echo "Installing the locked packages ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing the locked packages for development ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

# npm comes with the machine, or else from the wheel locked in requirements-node.txt.
node_modules/.package-lock.json: package.json package-lock.json .npmrc requirements-node.txt | $(VENV)/.created
	@echo "Installing the front-end packages ..."
	@if command -v npm >/dev/null; then \
		npm ci --ignore-scripts --silent; \
	else \
		$(BIN)/pip install --quiet --require-hashes -r requirements-node.txt && \
		PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --ignore-scripts --silent; \
	fi
	@touch $@

install: $(VENV)/.runtime node_modules/.package-lock.json
install-dev: $(VENV)/.dev node_modules/.package-lock.json

# --- The demo -------------------------------------------------------------------------------

demo: install
	@DEMO=true $(BIN)/python manage.py serve_demo --port $(PORT)

demo-reset: install
	@DEMO=true $(BIN)/python manage.py reset_demo

# --- Tests ----------------------------------------------------------------------------------

# The browser of the journeys: installed where this is root on a machine with apt.
browser:
	@if command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium-headless-shell fonts-liberation >/dev/null; \
	else echo "No chromium here, and installing it needs root and apt."; \
	fi

test: install-dev browser
	@$(BIN)/python -m tests.run --postgres "$(TEST_POSTGRES_URL)"

soak: install-dev browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup -q -m soak --soak --seed $(SEED)

bench: install-dev
	@DEMO=true $(BIN)/python -m benchmarks

# --- Checks ---------------------------------------------------------------------------------

# `make -k lint` goes on after the first that fails.
LINTS := lint-style lint-types lint-templates lint-layers lint-migrations lint-locks
.PHONY: $(LINTS)
lint: $(LINTS)

lint-style: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-types: install-dev
	DEMO=true $(BIN)/mypy manage.py buendnisse funding applications

lint-templates: install-dev
	$(BIN)/djlint --quiet --lint templates
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +

lint-layers: install-dev
	$(BIN)/lint-imports

lint-migrations: install-dev
	DEMO=true $(BIN)/python manage.py makemigrations --check --dry-run

# No address of a package registry in any tracked file that could hold one.
lint-locks:
	! grep -nE '://|--(index|extra-index|find-links)' requirements*.txt
	! grep -nE '"resolved"|https?://' package.json package-lock.json .npmrc

# --- Building -------------------------------------------------------------------------------

NO_SECRET := collecting-static-files-needs-no-secret-at-all-but-a-value

static: install
	SECRET_KEY=$(NO_SECRET) LEDGER_KEY=$(NO_SECRET) \
	SITE_URL=https://static.invalid CONTACT_EMAIL=static@static.invalid CONTACT_PHONE=- \
	DEFAULT_FROM_EMAIL=static@static.invalid EMAIL_URL=consolemail:// \
		$(BIN)/python manage.py collectstatic --noinput --clear

UV_COMPILE := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate

.venv-lock/bin/uv:
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/pip install --quiet uv

lock: .venv-lock/bin/uv
	$(UV_COMPILE) pyproject.toml -o requirements.txt
	$(UV_COMPILE) pyproject.toml --group dev -o requirements-dev.txt
	$(UV_COMPILE) --group node -o requirements-node.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --ignore-scripts --silent
