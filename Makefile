# What a developer types. Everything is set up by the commands themselves: a fresh machine needs
# Python 3.11+, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export LEGALMAP_INSTANCE ?= instance
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run test test-long check fix translations geodata chromium servers peers lighthouse bench lock sbom audit clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.ready: setup.cfg constraints.txt pyproject.toml
	@$(PYTHON) -c 'import ensurepip' || { echo "Python has no venv here (Debian: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt "setuptools" "pip"
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation -c constraints.txt -e ".[test]"
	touch $@

run: $(VENV)/.ready ## set everything up and serve the site with the sample directory on 127.0.0.1:8000
	$(BIN)/legalmap init --sample
	@echo "Legalmap: http://$(HOST):$(PORT)/ky/   (Ctrl+C stops it)"
	@echo "The desk: http://$(HOST):$(PORT)/ky/staff   The first admin is made in another terminal:"
	@echo "    LEGALMAP_INSTANCE=$(LEGALMAP_INSTANCE) $(BIN)/legalmap user add NAME --role admin"
	LEGALMAP_HTTPS=$${LEGALMAP_HTTPS:-off} LEGALMAP_SITE=$${LEGALMAP_SITE:-http://$(HOST):$(PORT)} $(BIN)/gunicorn --bind $(HOST):$(PORT) wsgi:app

test: $(VENV)/.ready chromium ## set up and pass every test, the browser's too (about 8 minutes)
	@$(BIN)/python -m pytest -q -n 2 --dist loadscope --no-loadscope-reorder -rs || { [ $$? = 1 ] && \
		echo "Once more, only those, one after the other: what passes now does not bear a busy machine and wants mending." && \
		$(BIN)/python -m pytest -q -rs --last-failed --last-failed-no-failures none; }

test-long: $(VENV)/.ready chromium servers ## what takes longer: full truths, kill loops, failover, the desk's tests on PostgreSQL
	$(BIN)/python -m pytest -q -rs -m long --timeout 3600
	LEGALMAP_TEST_ENGINE=postgresql $(BIN)/python -m pytest -q -n 2 --dist loadscope -rs tests/desk tests/people tests/referrals tests/routes tests/test_served_changes.py

check: $(VENV)/.ready ## linters and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(VENV)/.ready ## let the linter mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

translations: $(VENV)/.ready ## compile the catalogs (.po -> .mo)
	for domain in labels messages problems; do $(BIN)/pybabel -q compile -D $$domain -d legalmap/translations; done

geodata: $(VENV)/.ready ## rebuild places, borders and waters from their sources (needs npm)
	$(BIN)/python geodata/build.py

lighthouse: $(VENV)/.ready chromium ## ask Lighthouse about home, a list and a center (needs Node and npm)
	$(BIN)/python bench/lighthouse.py

# Browser tests use the system's Chromium. Where it is missing and we are root with apt, it is installed;
# elsewhere the tests say that they skip and why.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing Chromium ..."; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null; } || \
		echo "Chromium could not be installed: browser tests will skip"; \
	else echo "Chromium is not installed and we may not install it: browser tests will skip"; fi

# PostgreSQL, nginx and wrk for the tests of several machines, in the same way.
servers:
	@missing=""; command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing="$$missing nginx-light"; \
	command -v wrk >/dev/null || missing="$$missing wrk"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing$$missing ..."; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || \
		echo "they could not be installed: tests of several machines will skip"; \
	else echo "not installed, and we may not install:$$missing; tests of several machines will skip"; fi

peers: $(VENV)/.ready ## what bench/nearest.py and bench/batch.py compare with: .bench, Redis, PostGIS, geokdbush
	$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade --no-deps --target .bench/python -r bench/peers.txt
	@missing=""; command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || missing="$$missing postgresql-15-postgis-3"; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || \
		echo "could not be installed, so the benches skip them:$$missing"; \
	else echo "not installed, and we may not install:$$missing; the benches skip them"; fi
	@if command -v npm >/dev/null; then npm install --silent --no-audit --no-fund --prefix .bench geokdbush@2.1.0 kdbush@4.1.0 tinyqueue@3.0.0; \
	else echo "no npm here: the bench skips geokdbush"; fi

bench: $(VENV)/.ready ## every bench that has goals in its short form (about 6 minutes; `make servers peers` first)
	$(BIN)/python bench/all.py

# The tools of the next three live apart, so that nothing that serves or is tested has them.
SUPPLY := .bench/supply/bin
SBOM ?= docs/sbom.cdx.json

.bench/supply/.ready: deploy/supply.txt
	$(PYTHON) -m venv .bench/supply
	$(SUPPLY)/python -m pip install -q --disable-pip-version-check -r deploy/supply.txt
	touch $@

lock: .bench/supply/.ready ## pin what serves, each file by its SHA-256: requirements.lock (after a change of versions)
	$(SUPPLY)/pip-compile -q --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host \
		--no-emit-find-links --all-build-deps --allow-unsafe --extra backup --extra metrics --extra postgres \
		-c constraints.txt -o requirements.lock setup.cfg
	sed -i '1i # What a machine that serves installs, each file by its SHA-256; written by `make lock`.' requirements.lock

sbom: .bench/supply/.ready ## install what is locked and list its parts with versions and licences: docs/sbom.cdx.json
	rm -rf .bench/locked && $(PYTHON) -m venv --without-pip .bench/locked
	$(SUPPLY)/python -m pip --python .bench/locked/bin/python install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(SUPPLY)/cyclonedx-py environment --output-reproducible -o .bench/locked.cdx.json .bench/locked/bin/python
	$(SUPPLY)/python deploy/supply.py sbom .bench/locked.cdx.json $(SBOM)

audit: .bench/supply/.ready ## ask whether a hole is known in what is locked; fails where not all could be asked for
	$(SUPPLY)/python deploy/supply.py audit

clean: ## forget the environment and what was built; the instance stays
	rm -rf $(VENV) .bench .lighthouse build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
