# `make help` lists what there is. Every target sets up what it needs first, which takes no time when nothing changed.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
CHAIN ?= ganache
WORKERS ?= 2
BIN := .venv/bin
# Where Node is missing, set-up fetches one into the checkout.
export PATH := $(CURDIR)/.toolchain/node/bin:$(PATH)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup build demo test test-unit test-chain test-deep test-spark web test-web pictures gas bench lint format types check brownie lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## the Python packages, the chain, the compiler; all inside the checkout
	@$(PYTHON) tools/bootstrap.py

build: setup ## compile the contracts
	@$(BIN)/python -m jumpstart.chain.compiler

demo: setup ## the whole life of a sale on a local chain; ARGS="--participants 200 --scenario delisted"
	@$(BIN)/jumpstart demo $(ARGS)

test: test-unit test-chain ## every test but the deep ones

test-unit: setup ## without chain and compiler
	$(BIN)/pytest tests/unit -n $(WORKERS) $(ARGS)

test-chain: build ## on a local chain; CHAIN=anvil for the other one
	$(BIN)/pytest tests/chain --chain $(CHAIN) -n $(WORKERS) --dist loadfile $(ARGS)

test-deep: build ## the long runs
	$(BIN)/pytest tests/unit tests/chain -m deep --chain $(CHAIN) -n $(WORKERS) --timeout 3600 $(ARGS)

test-spark: ## that Spark counts as DuckDB does; needs Java 17, fetches Spark
	@$(PYTHON) tools/bootstrap.py --spark
	$(BIN)/pytest tests/unit/snapshot -m spark --timeout 1800 $(ARGS)

web: setup ## build the participants' page from web/ into jumpstart/site/built
	@$(PYTHON) tools/bootstrap.py --web
	$(BIN)/python tools/page_abi.py
	cd web && npm run --silent types && npm run --silent build

test-web: build ## the page in a real browser, on a local chain; that it is what web/ builds
	@$(PYTHON) tools/bootstrap.py --web
	$(BIN)/mypy tests/web/*.py
	$(BIN)/pytest tests/web --chain $(CHAIN) $(ARGS)

pictures: build ## take the pictures of docs/page-states.md anew
	@$(PYTHON) tools/bootstrap.py --web
	$(BIN)/pytest tests/web/test_pictures.py --chain $(CHAIN) -m deep $(ARGS)

gas: build ## measure every action and write gas-snapshot.json
	$(BIN)/python -m benchmarks.gas

bench: build ## trees, holdings, fetching and audits, each beside what bounds it; takes an hour
	$(BIN)/python -m benchmarks.tree
	$(BIN)/python -m benchmarks.snapshot
	$(BIN)/python -m benchmarks.fetch
	$(BIN)/python -m benchmarks.audit

lint: setup ## Python and Solidity
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	node_modules/.bin/solhint --disc --noPoster --max-warnings 0 'contracts/**/*.sol' 'interfaces/**/*.sol'

format: setup ## the Python layout that lint asks for
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: setup ## mypy, strict
	$(BIN)/mypy

check: lint types test ## all of it

brownie: build ## Brownie with the project's compiler and chain; ARGS="run deploy"
	@$(BIN)/python tools/run_brownie.py $(ARGS)

lock: setup ## after changing a version: all requirements*.lock and package-lock.json
	$(BIN)/uv pip compile --quiet pyproject.toml --extra dev --generate-hashes --no-header \
	    --no-annotate --no-emit-index-url --python-version 3.11 --output-file requirements.lock
	for extra in spark web; do \
	    $(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['$$extra'], sep='\n')" \
	    | $(BIN)/uv pip compile --quiet - --constraint requirements.lock --generate-hashes --no-header \
	    --no-annotate --no-emit-index-url --python-version 3.11 --output-file requirements-$$extra.lock || exit 1; \
	done
	npm install --package-lock-only --ignore-scripts
	cd web && npm install --package-lock-only --ignore-scripts

clean: ## what builds and runs left; the set-up stays
	rm -rf build out reports .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +
