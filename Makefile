# Quayside. `make help` lists what there is; `make run` and `make test` need nothing but Python 3 and make.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup run chat train tune-encoder tune-needs import test lint types format check-replies data-check nlu-check nlu-report stories \
	pytest-services pytest-assistant conversations browser bench migration lock messages clean

# pyenv's python3 refuses to start where the versions in .python-version are not installed: ask for the system's then.
PYTHON3 := $(shell for p in python3 /usr/bin/python3; do $$p -c '' 2>/dev/null && command -v $$p && break; done)
# A uv on the machine is used; otherwise one is fetched into .tools.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
SERVICES := .venv/services/bin/python
ASSISTANT := .venv/assistant/bin/python
export RASA_TELEMETRY_ENABLED := false
# Tests run on all cores; more than four stacks of processes would not fit into a usual machine's memory. The services'
# tests wait for processes half of their time, so that one worker more than there are cores pays.
CORES := $(shell getconf _NPROCESSORS_ONLN)
SIDE_BY_SIDE = -n $(shell echo $$(($(1) < 4 ? $(1) : 4))) --dist worksteal

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.tools/bin/uv:
	@test -n "$(PYTHON3)" || { echo "quayside: Python 3 was not found. Install it (Debian: apt-get install python3 python3-venv) and try again." >&2; exit 1; }
	@echo "Fetching uv …"
	@$(PYTHON3) -m venv .tools >/dev/null || { rm -rf .tools; echo "quayside: python3 cannot make a virtual environment. Install python3-venv and try again." >&2; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv || { rm -rf .tools; echo "quayside: uv could not be fetched. Check the network, or install uv yourself, and try again." >&2; exit 1; }

# $(call environment,folder,python version,requirement files)
define environment
	@echo "Making the environment $(1) with Python $(2) (a minute or two the first time) …"
	@$(UV) venv --quiet --allow-existing --python $(2) $(1) || { echo "quayside: Python $(2) is missing and could not be fetched. Install it (pyenv install $(2), or your system's package) and try again." >&2; exit 1; }
	@$(UV) pip sync --quiet --compile-bytecode --python $(1) --require-hashes $(3) || { echo "quayside: the packages for $(1) could not be installed. Check the network and try again." >&2; exit 1; }
	@touch $@
endef

.venv/services/.ready: requirements/services.txt | $(filter .tools/bin/uv,$(UV))
	$(call environment,.venv/services,3.12,requirements/services.txt)
	@rm -f .venv/services/.ready-dev

.venv/assistant/.ready: requirements/assistant.txt | $(filter .tools/bin/uv,$(UV))
	$(call environment,.venv/assistant,3.10,requirements/assistant.txt)
	@rm -f .venv/assistant/.ready-dev

.venv/services/.ready-dev: requirements/dev.txt .venv/services/.ready
	$(call environment,.venv/services,3.12,requirements/services.txt requirements/dev.txt)

.venv/assistant/.ready-dev: requirements/assistant-dev.txt .venv/assistant/.ready
	$(call environment,.venv/assistant,3.10,requirements/assistant.txt requirements/assistant-dev.txt)

environments: .venv/services/.ready .venv/assistant/.ready
environments-dev: .venv/services/.ready-dev .venv/assistant/.ready-dev
.PHONY: environments environments-dev

setup: environments ## environments, secrets, database, demo shop, model: all that is missing
	@$(SERVICES) -m ops.setup

run: environments ## set up what is missing and run everything; Ctrl-C stops it
	@exec $(SERVICES) -m ops.run

chat: environments ## talk to the assistant in the terminal
	@exec $(SERVICES) -m ops.chat

train: environments ## train a model from the data as it is now
	@$(SERVICES) -m ops.train

import: environments ## bring in your own shop: FILE=orders.csv; CURRENCY=EUR for a products CSV
	@test -n "$(FILE)" || { echo 'quayside: which file? make import FILE=orders_export.csv (Shopify orders or products CSV, or our JSON: commerce/IMPORT.md)' >&2; exit 1; }
	@$(SERVICES) -m ops.import_file "$(FILE)" $(if $(CURRENCY),--currency "$(CURRENCY)")

test: environments-dev browser ## everything: lint, types, data, training, stories, pytest, conversations
	@$(SERVICES) -m ops.test

lint: environments-dev ## ruff and mypy
	@$(SERVICES) -m ruff check .
	@$(SERVICES) -m ruff format --check .
	@$(SERVICES) -m mypy
	@$(SERVICES) -m mypy --python-executable $(ASSISTANT) --python-version 3.10 assistant bench/understanding.py

format: environments-dev ## let ruff put the code in order
	@$(SERVICES) -m ruff check --fix --quiet . || true
	@$(SERVICES) -m ruff format .

data-check: environments ## rasa data validate, the training examples, and the translations of the replies
	@$(SERVICES) -m ops.data_check

nlu-check: environments ## the training examples, and which of them stand among strangers (minutes the first time)
	@$(ASSISTANT) -m assistant.quality.check --neighbours

nlu-report: environments ## how well the newest model understands; MODEL=… for another, CV=1 to cross-validate, OUT=… and JSON=… for files
	@$(ASSISTANT) -m assistant.quality.report $(if $(MODEL),"$(MODEL)") $(if $(OUT),--out "$(OUT)") $(if $(JSON),--json "$(JSON)") $(if $(CV),--cross-validate)

tune-encoder: environments ## teach the sentence encoder the examples as they are now (40 minutes; AFRESH=1: 80)
	@$(ASSISTANT) -m assistant.tuning $(if $(AFRESH),--afresh)

tune-needs: environments ## learn from data/needs where one need ends and another begins, with the newest model (a minute)
	@TF_CPP_MIN_LOG_LEVEL=3 $(ASSISTANT) -m assistant.tuning.needs $(if $(MODEL),--model "$(MODEL)")

stories: environments ## rasa test on tests/stories with the newest model
	@$(SERVICES) -m ops.stories

pytest-services: environments-dev browser ## the services' tests
	@$(SERVICES) -m pytest --ignore=tests/conversations $(call SIDE_BY_SIDE,$(CORES) + 1)

pytest-assistant: environments-dev ## the assistant's tests
	@$(ASSISTANT) -m pytest tests/assistant $(call SIDE_BY_SIDE,$(CORES))

conversations: environments-dev ## the testers' files in tests/conversations; FILE=… for one, K=… for some
	@$(SERVICES) -m pytest $(or $(FILE),tests/conversations) $(if $(K),-k "$(K)") $(if $(FILE)$(K),,$(call SIDE_BY_SIDE,$(CORES))) || { code=$$?; \
	  [ $$code != 5 ] || echo 'quayside: no conversation fits. Look for a word of its title in tests/conversations, and say K="that word".' >&2; \
	  exit $$code; }

bench: environments-dev ## speed beside another way in the same run: acknowledgement, and a whole turn beside stock Rasa
	@$(SERVICES) -m bench.acknowledgement
	@$(SERVICES) -m bench.turn
	@$(ASSISTANT) -m bench.understanding

browser: ## Debian's chromium, for the browser tests
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing chromium for the browser tests …"; \
	    apt-get update -qq >/dev/null && apt-get install -y -qq chromium >/dev/null; \
	  else echo "quayside: the browser tests need chromium. Install it (Debian: apt-get install chromium) and try again." >&2; exit 1; fi; }

messages: environments ## bring the translations' files up to date with domain.yml and the texts
	@$(ASSISTANT) -m assistant.replies.messages extract
	@$(SERVICES) -m gateway.catalogue
	@$(SERVICES) -m console.catalogue

migration: environments-dev ## write a migration for changed tables: make migration NAME="what changes"
	@$(SERVICES) -m alembic -c core/migrations/alembic.ini revision --autogenerate -m "$(NAME)"

lock: $(filter .tools/bin/uv,$(UV)) ## compile the requirements anew
	@for f in services:3.12 dev:3.12 assistant:3.10 assistant-dev:3.10; do \
	  $(UV) pip compile --quiet --generate-hashes --no-header --python-version $${f#*:} requirements/$${f%:*}.in -o requirements/$${f%:*}.txt; done

clean: ## remove environments and models; the database and secrets in var/ stay
	@rm -rf .venv .tools .rasa models/*.tar.gz models/.training.lock
	@test ! -e var || echo 'Kept: var/, with the database and the secrets. To delete it, too: rm -rf var'
