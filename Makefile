# Two commands matter: `make serve` and `make test`. `make help` explains the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
# uv with the index, the certificates and the proxy of pip; not for locks, which are to be those of the public index.
UV := $(BIN)/python tools/uv.py
EXPLORER := service/explorer
GRAPHIQL := $(EXPLORER)/graphiql/LICENSE
# One more than processors, since many tests wait for processes that they start.
WORKERS := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# A registry that cannot be reached must not hold up the first start.
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=0 --fetch-timeout=20000
# Not a prerequisite of the stamps: the service does without it where there is no npm or no network.
FETCH_EXPLORER := $(MAKE) --silent explorer >/dev/null 2>&1 || true

# Python starts for each command and for many tests: without kept bytecode it compiles all packages each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help serve test fuzz hostile drill bench bench-full bench-kpis check static format schema explorer pgbouncer hooks locks clean

help: ## Explain the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20
	@echo
	@echo "  PORT, HOST and OKRGRAPH_DATABASE_URL are read by make serve; PYTHON names the Python, 3.11 or newer."

serve: $(VENV)/serve.stamp ## Serve GraphQL over a Postgres of its own, with the demo workspace
	@exec $(BIN)/python -m service serve --demo

test: $(VENV)/dev.stamp ## Run all tests on a Postgres of their own
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

fuzz: $(VENV)/dev.stamp ## Ten thousand documents against graphql-core, 200 histories against a model, and long properties
	OKRGRAPH_FUZZ=10000 $(BIN)/python -m pytest tests/execution/oracle tests/model $$(grep -rl 'examples(' tests/*/test_*.py)

hostile: $(VENV)/dev.stamp ## Send all that is made to hurt, and print how long others waited for it
	OKRGRAPH_HOSTILE=1 $(BIN)/python -m pytest tests/hostile

drill: $(VENV)/dev.stamp ## Put faults under load with a ledger of all writes; writes docs/drill.md
	$(BIN)/python -m tests.drill

bench: $(VENV)/dev.stamp ## Measure beside the peers and SQL by hand; writes docs/performance.md
	$(BIN)/python -m bench

bench-full: $(VENV)/dev.stamp ## The same with all peers, more rounds, and up to a million objectives; over an hour
	$(BIN)/python -m bench --full --large

check: static ## Format, lint, types, layers, names, declarations, schema and migrations; seconds
	$(BIN)/python -m pytest tests/house

static: $(VENV)/dev.stamp ## Format, lint, types and layers alone
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

hooks: ## Let git run make check before each commit, and check its subject; optional
	git config core.hooksPath tools/hooks

format: $(VENV)/dev.stamp ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/serve.stamp ## Write schema/schema.graphql anew
	$(BIN)/python -m service schema > schema/schema.graphql

explorer: $(GRAPHIQL) ## Fetch GraphiQL for the explorer by npm; without it a small page of our own is served

pgbouncer: ## Fetch Debian's newest pgbouncer for the tests of poolers, which are skipped without one
	@sh tools/pgbouncer.sh

locks: $(VENV)/uv.stamp ## Resolve dependencies anew
	$(BIN)/uv lock --upgrade
	$(BIN)/uv export -q --no-emit-project --no-dev --no-annotate -o requirements.lock
	$(BIN)/uv export -q --no-emit-project --no-annotate -o requirements-dev.lock

bench-kpis: $(VENV)/dev.stamp ## Measure KPIs at size: ten million points, and how fast they come in
	$(BIN)/python -m bench.kpis

clean: ## Remove the environment and all local data
	rm -rf $(VENV) .okrgraph .pgbouncer $(EXPLORER)/graphiql

$(GRAPHIQL): $(EXPLORER)/package-lock.json $(EXPLORER)/unpack.mjs
	@cd $(EXPLORER) && $(NPM_CI) && node unpack.mjs && rm -rf node_modules
	@touch $@

$(VENV)/uv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "okrgraph needs Python 3.11 or newer; name one with PYTHON=..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/serve.stamp: requirements.lock $(EXPLORER)/package-lock.json $(VENV)/uv.stamp
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(FETCH_EXPLORER)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(EXPLORER)/package-lock.json $(VENV)/uv.stamp
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(FETCH_EXPLORER)
	@touch $@ $(VENV)/serve.stamp
