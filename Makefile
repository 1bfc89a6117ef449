# Needs Python 3.11+ (with venv) and nothing else; everything is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
# uv pip compile resolves for every platform and Python at once, with hashes.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

# Any Python can say that it is too old; only a new one can read the rest of the set-up.
NEEDS := Crossroads needs Python 3.11 or newer (with venv)
SETUP = command -v $(PYTHON) >/dev/null || { echo "$(NEEDS); $(PYTHON) is not here. Name one: make PYTHON=python3.12 $@" >&2; exit 1; }; \
	$(PYTHON) -c 'import sys; old = sys.version_info < (3, 11); sys.exit(old and "$(NEEDS); this is %d.%d. Name another: make PYTHON=python3.12 $@" % sys.version_info[:2])' \
	&& $(PYTHON) requirements/install.py

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench fmt lock migrations mails messages test-faults security coverage mutation clean

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

setup: ## Install everything that running, testing and building need into .venv
	@$(SETUP) dev

run: ## Run the whole of Crossroads (PORT, HOST, DATA_DIR; Ctrl-C stops it)
	@$(SETUP) runtime
	@exec $(BIN)/python manage.py up

test: setup ## Run the tests on a real PostgreSQL and Valkey
	@exec $(BIN)/pytest -n 2 --dist loadscope -m "not slow" $(ARGS)

test-faults: setup ## Run the long forms of the fault tests
	@exec $(BIN)/pytest -m "fault or slow" $(ARGS)

security: setup .venv/security/installed ## Attack a running copy with wapiti, logged in as a learner
	@exec $(BIN)/python -m tests.security.scan $(ARGS)

# Wapiti needs other versions of libraries than the product: it has an environment of its own.
.venv/security/installed: requirements/security.txt
	@$(BIN)/python -m venv --clear .venv/security
	@.venv/security/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/security.txt
	@touch $@

coverage: setup ## Say how much of the core its own tests reach, file by file
	@exec $(BIN)/python -m tests.gates.coverage $(ARGS)

mutation: setup ## Plant faults into the core and count which its tests notice
	@exec $(BIN)/python -m tests.gates.mutation $(ARGS)

lint: setup ## Check style, types, import contracts, migrations and the Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(BIN)/hadolint Dockerfile

fmt: setup ## Format the code and the templates
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

lock: setup ## Lock the newest allowed versions into requirements/*.txt
	$(COMPILE) --upgrade requirements/runtime.in -o requirements/runtime.txt
	$(COMPILE) --upgrade -c requirements/runtime.txt requirements/dev.in -o requirements/dev.txt
	$(COMPILE) --upgrade -c requirements/runtime.txt requirements/s3.in -o requirements/s3.txt
	$(COMPILE) --upgrade requirements/security.in -o requirements/security.txt

migrations: setup ## Write migrations for changed models
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations

mails: setup ## Make the HTML of mails from their MJML sources
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py compile_mails

messages: setup ## Write the catalogues of words in locale/, and compile the translated ones
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemessages
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py compilemessages

bench: setup ## Measure a page's cost against the bare page
	@exec $(BIN)/python -m bench

clean: ## Remove what was made here, except the data in var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles
	find . -name __pycache__ -prune -exec rm -rf {} +
