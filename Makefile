# Two commands are all it takes: `make demo` to see it run, `make test` to see it proved.
.PHONY: demo test bench lint lock
MAKEFLAGS += --no-print-directory
ARGS ?=

demo: ## the demo city on http://127.0.0.1:8000; Ctrl-C stops it
	@deploy/install.sh run
	@exec .venv/bin/reporting demo --data .data --port 8000 $(ARGS)

test: ## the whole suite against a real PostgreSQL; ARGS goes to pytest
	@deploy/install.sh dev
	@deploy/test-tools.sh
	@.venv/bin/python -m pytest $(ARGS)

bench: ## measurements, ARGS="--quick" for under a minute
	@deploy/install.sh dev
	@.venv/bin/python -m benchmarks $(ARGS)

lint: ## style, types and the floors of the house
	@deploy/install.sh dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

lock: ## both lock files anew, at the newest versions that fit pyproject.toml
	@deploy/install.sh dev
	@deploy/lock.sh --upgrade
