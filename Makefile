# make report   sets up, writes a synthetic study, builds the report, says how to open it
# make test     sets up, runs every check
# make lab      sets up, opens the notebooks in JupyterLab
# make validation  sets up, simulates every method (an hour; may be stopped, and goes on)
# make lock     pins every version anew from pyproject.toml
# make clean    deletes what the others made, and the environment
#
# PYTHON names the Python to use, 3.11 or newer:  make report PYTHON=python3.12

PYTHON ?= python3
WINDOW ?= eval_Y3
STUDY ?= build/study
REPORT ?= build/report
TESTS ?= tests

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
READY := .venv/ready

.PHONY: report test lab validation lock clean
.DELETE_ON_ERROR:

report: $(READY)
	$(BIN)/rr synthesise "$(STUDY)"
	$(BIN)/rr build "$(STUDY)" --window "$(WINDOW)" --out "$(REPORT)"

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder "$(TESTS)"

lab: $(READY)
	$(BIN)/jupyter lab notebooks

validation: $(READY)
	$(BIN)/python -m benchmarks.validation

# Set up again whenever a pinned version or the package's own description changes. pip compiles
# byte-code as it installs; without it every import takes three times as long.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "$(PYTHON) is missing or older than 3.11. Install Python 3.11 or newer, or name it:"; \
	  echo "  make $(firstword $(MAKECMDGOALS) report) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make environments: its module venv is missing."; \
	  echo "On Debian and Ubuntu it is in the package python3-venv."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile \
	  --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --editable .
	@touch $@

# uv resolves for every system and Python at once; it is fetched for this alone.
lock:
	test -x build/uv/bin/uv || { $(PYTHON) -m venv build/uv && \
	  build/uv/bin/python -m pip install --quiet uv; }
	build/uv/bin/uv pip compile pyproject.toml --universal --all-extras --python-version 3.11 \
	  --no-header --no-annotate --upgrade --output-file requirements.lock
	@echo "Now bring environment.yml into line; 'make test' says where it differs."

clean:
	rm -rf build .venv rr_helpers.egg-info .pytest_cache .ruff_cache .hypothesis \
	  .import_linter_cache
