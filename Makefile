# dojang: `make run` and `make test` do all their set-up; the rest is for those who work on it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
OUT ?= var/demo
SOAK_SECONDS ?= 600
STAMPS := .setup
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A step of the set-up may be killed at any moment. It leaves a mark while it runs; where its mark is
# found, what it had made is removed and made anew, because half a package looks installed to pip
# and npm.
BEGIN = mkdir -p $(STAMPS); \
  if test -e $@.begun; then echo '$(notdir $@): the last set-up was interrupted, it is made anew'; \
  rm -rf $(1); $(2) fi; touch $@.begun
END = touch $@; rm -f $@.begun
FRESH = $$(test ! -e $@.half || echo --force-reinstall --no-deps)

.PHONY: run test check acceptance bench mutants soak demo setup setup-python setup-test clean help

help:
	@echo 'make run         run both demos into $(OUT), then serve them on http://localhost:$(PORT)'
	@echo 'make test        every test, with all its set-up'
	@echo 'make check       layers, shape, lint and types only'
	@echo 'make acceptance  the full figures of the acceptance lists'
	@echo 'make mutants     remove each defence and see its test fail'
	@echo 'make soak        throw changed bytes at every decoder for $(SOAK_SECONDS) seconds'
	@echo 'make bench       ratios against peers and floors'

# The demonstrations are played again when what plays them has changed, or by `make demo`.
# It is put in its place whole, so an interrupted make must not take its manifest away.
PLAYED := $(OUT)/contest/manifest.json
.PRECIOUS: $(PLAYED)
PLAYS := $(shell find api/demo contracts verifier voting -type f -name '*.py' -o -type f -name '*.yaml')

run: $(STAMPS)/assets $(PLAYED)
	PORT=$(PORT) $(BIN)/dojang serve --demo $(OUT)

test: setup-test
	$(BIN)/python -m pytest -n 2 -m 'not acceptance' $(PYTEST_ARGS)

check: setup-test
	$(BIN)/python -m pytest tests/architecture

acceptance: setup-test
	$(BIN)/python -m pytest -n 2
	$(BIN)/python -m bench.acceptance

mutants: setup-test
	$(BIN)/python -m tests.mutants.run $(NAMES)

soak: setup-test $(STAMPS)/soak
	$(BIN)/python -m tests.soak.decoders --seconds $(SOAK_SECONDS)

bench: setup-test
	$(BIN)/python -m bench

setup: setup-test
setup-python: $(STAMPS)/python
setup-test: $(STAMPS)/python $(STAMPS)/wheels $(STAMPS)/assets $(STAMPS)/slither $(STAMPS)/chromium

# The interpreter and every package, by hash; then the product itself, editable, without downloads.
$(STAMPS)/python: requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'dojang needs Python 3.11 or newer: call make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(call BEGIN,.venv)
	@echo 'setting up .venv (a minute the first time)'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@$(END)

# What an install without extras consists of, so that a test can make one without a network.
$(STAMPS)/wheels: requirements/base.lock $(STAMPS)/python
	@$(call BEGIN,$(STAMPS)/base-wheels)
	@$(BIN)/python -m pip download -q --require-hashes -r requirements/base.lock -d $(STAMPS)/base-wheels
	@$(END)

# Compilers and browser drivers. Node 20 or newer is taken from the machine, else from PyPI.
# Not `npm ci`: it wants every platform's optional package in the lock, and some registries lack some.
# What the lock does hold is still checked by hash.
$(STAMPS)/npm: package.json package-lock.json requirements/node.lock $(STAMPS)/python
	@$(call BEGIN,node_modules,touch $@.half;)
	@node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null \
	  || $(BIN)/python -m pip install -q $(FRESH) --require-hashes -r requirements/node.lock
	@npm install --no-save --no-audit --no-fund --loglevel=error
	@rm -f $@.half; $(END)

# What npm gives to the service itself: the scripts of its pages, bundled, and the Korean typeface of
# its papers (SIL Open Font License). Wheels carry both, so they need no node.
PAGES := passkeys returned verify
FONT := node_modules/@expo-google-fonts/nanum-gothic
$(STAMPS)/assets: $(STAMPS)/npm $(wildcard api/browser/*.ts)
	@node_modules/.bin/esbuild $(PAGES:%=api/browser/%.ts) --bundle --format=esm --platform=browser \
	  --target=es2022 --outdir=api/static --log-level=warning
	@mkdir -p api/fonts
	@cp $(FONT)/400Regular/NanumGothic_400Regular.ttf api/fonts/NanumGothic-Regular.ttf
	@cp $(FONT)/700Bold/NanumGothic_700Bold.ttf api/fonts/NanumGothic-Bold.ttf
	@cp $(FONT)/LICENSE_FONT api/fonts/OFL.txt
	@touch $@

# slither needs an older web3 than ours, so it has an environment of its own.
$(STAMPS)/slither: requirements/slither.lock $(STAMPS)/python
	@$(call BEGIN,$(STAMPS)/slither-venv)
	@$(STAMPS)/slither-venv/bin/python -m pip --version >/dev/null 2>&1 \
	  || $(BIN)/python -m venv --clear $(STAMPS)/slither-venv
	@$(STAMPS)/slither-venv/bin/python -m pip install -q --require-hashes -r requirements/slither.lock
	@$(END)

# The fuzzer is needed by `make soak` alone.
$(STAMPS)/soak: requirements/soak.lock $(STAMPS)/python
	@$(call BEGIN,,touch $@.half;)
	@$(BIN)/python -m pip install -q $(FRESH) --require-hashes -r requirements/soak.lock
	@rm -f $@.half; $(END)

# The one system package. Its path is kept in the stamp.
$(STAMPS)/chromium: $(STAMPS)/python
	@$(BIN)/python -m tests.chromium > $@.found && mv $@.found $@

demo: setup-python
	$(BIN)/dojang demo all --out $(OUT)

$(PLAYED): $(STAMPS)/python $(PLAYS)
	$(BIN)/dojang demo all --out $(OUT)

clean:
	rm -rf $(STAMPS) .venv node_modules var build *.egg-info .mypy_cache .ruff_cache .pytest_cache
