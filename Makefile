# Everything a clone needs: make demo, make test. Only Python 3.11+ (with venv) and make are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help install demo dev test check bench bench-many ingest clean

help:
	@echo "make demo     set up, then answer the example lines, explain one, price them as a file and sum it up"
	@echo "make test     set up, then run the linters, the type checker and all tests"
	@echo "make bench    set up, then measure (docs/performance.md)"
	@echo "make bench-many  the same for millions of lines, the panel and the averages (half an hour, 8 GB of disk)"
	@echo "make ingest   rebuild the shipped schedule and lists from the source data"

install: $(VENV)/.installed
$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "setting up once: a virtual environment in $(VENV), and the packages of requirements.lock (a minute or two, quietly)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

demo: install
	$(BIN)/tidewaiter assess examples/lines.csv --known-on 2026-11-22
	@echo
	$(BIN)/tidewaiter duty 8507.60.0090 --origin CN --value 10000 --on 2026-11-22 --known-on 2026-11-22
	@echo
	@mkdir -p out
	$(BIN)/tidewaiter price examples/lines.csv -o out/priced.parquet --known-on 2026-11-22
	@echo
	$(BIN)/python examples/duty_by_year.py out/priced.parquet

dev: $(VENV)/.dev
$(VENV)/.dev: requirements-dev.lock pyproject.toml
	@echo "setting up once: a virtual environment in $(VENV), and the packages of requirements-dev.lock (a minute or two, quietly)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/.installed

check: dev
	$(BIN)/ruff check src tests tools benchmarks examples
	$(BIN)/mypy
	$(BIN)/tidewaiter law check

test: check
	$(BIN)/pytest -n auto --dist loadfile

bench: dev
	$(BIN)/python -m benchmarks.run

bench-many: dev
	$(BIN)/python -m benchmarks.many

ingest: dev
	$(BIN)/python -m tools.ingest

clean:
	rm -rf $(VENV) dist build out
