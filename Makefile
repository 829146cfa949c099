# Two commands are all the set-up: `make demo` shows what this is, `make test` runs everything.
# Needed: Python 3.11 or newer with venv, cargo 1.91 or newer, a C linker. Everything else goes into
# .venv; what is installed and unchanged is not touched again, so later runs need no network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
CARGO ?= cargo
WORKERS ?= 2
FUZZ_S ?= 60

NATIVE := Cargo.toml Cargo.lock $(shell find rust -name '*.rs' -o -name 'Cargo.toml')

.DEFAULT_GOAL := help
# Where it is set, every daemon and command that a test starts would compile the whole package again.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help demo test lint types imports rust pytest docs bench fuzz wheel clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(MADE)/core ## build, and show the main job on real input
	@$(BIN)/python examples/demo.py

CHECKS := lint types imports docs rust
test: ## run everything that must pass
	@$(MAKE) --no-print-directory $(MADE)/tools $(MADE)/builder
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(MADE)/core $(CHECKS)
	@$(MAKE) --no-print-directory pytest

lint: $(MADE)/tools ## ruff: rules and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(MADE)/tools ## mypy --strict over sources and tests
	$(BIN)/mypy --strict src tests

imports: $(MADE)/core $(MADE)/tools ## the import order of the house
	$(BIN)/lint-imports --no-logo

rust: ## rustfmt, clippy and the native tests
	$(CARGO) fmt --all --check
	$(CARGO) clippy --quiet --workspace --all-targets -- -D warnings
	$(CARGO) test --quiet --workspace

pytest: $(MADE)/core $(MADE)/tools ## the tests of the package, its command line and its documentation
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder # longest files first: conftest

docs: $(MADE)/tools ## build the documentation site into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(MADE)/core ## measure against the peers on PyPI (installs them into .venv)
	$(BIN)/pip install --quiet --disable-pip-version-check $$($(BIN)/python .ci/requirements.py bench)
	$(BIN)/python benchmarks/lpm.py --install
	$(BIN)/python benchmarks/forwarding.py
	$(BIN)/python benchmarks/lab.py
	$(BIN)/python benchmarks/rib.py
	$(BIN)/python benchmarks/policy.py
	$(BIN)/python benchmarks/rip.py

# libFuzzer needs the compiler's sanitizer switch, which stable rustc has behind this variable.
fuzz: $(MADE)/core ## run every fuzz target for FUZZ_S seconds (installs cargo-fuzz)
	$(BIN)/python fuzz/rip.py $(FUZZ_S)
	$(BIN)/python fuzz/ospf.py $(FUZZ_S)
	$(BIN)/python fuzz/bfd.py $(FUZZ_S)
	$(BIN)/python fuzz/bgp.py $(FUZZ_S)
	$(BIN)/python fuzz/rpki.py $(FUZZ_S)
	@command -v cargo-fuzz > /dev/null || $(CARGO) install --quiet --locked cargo-fuzz
	@cd fuzz && for target in $$($(CARGO) fuzz list); do \
	  echo "fuzzing $$target for $(FUZZ_S) s"; \
	  mkdir -p corpus/$$target; \
	  RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run $$target corpus/$$target seeds/$$target -- \
	    -max_total_time=$(FUZZ_S) -rss_limit_mb=4096 || exit 1; \
	done

wheel: $(MADE)/core ## build a wheel into dist/
	$(BIN)/maturin build --quiet --release --out dist

clean: ## remove all that was built, the virtual environment included
	rm -rf $(VENV) target dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache benchmarks/out
	find src -name '*.so' -delete

$(MADE)/venv:
	@command -v $(PYTHON) > /dev/null || { \
	  echo "fingerpost needs Python 3.11 or newer: no '$(PYTHON)' here; name one with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "fingerpost needs Python 3.11 or newer: $$($(PYTHON) --version) is older; name another with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2> /dev/null || { \
	  echo "Python has no venv here: apt-get install python3-venv" >&2; exit 1; }
	@command -v $(CARGO) > /dev/null || { \
	  echo "fingerpost needs cargo 1.91 or newer: https://rustup.rs installs it" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(MADE) && touch $@

$(MADE)/builder: $(MADE)/venv
	@$(BIN)/maturin --version > /dev/null 2>&1 || \
	  $(BIN)/pip install --quiet --disable-pip-version-check $$($(BIN)/python .ci/requirements.py build)
	@touch $@

# The native module, for use: the first build takes about a minute.
$(MADE)/core: $(MADE)/builder pyproject.toml $(NATIVE)
	@echo "building the native core (cargo, release)"
	@$(BIN)/maturin develop --quiet --release > $(MADE)/build.log 2>&1 || { cat $(MADE)/build.log >&2; exit 1; }
	@touch $@

$(MADE)/tools: $(MADE)/venv pyproject.toml .ci/requirements.py
	$(BIN)/pip install --quiet --disable-pip-version-check $$($(BIN)/python .ci/requirements.py test daemon docs)
	@touch $@
