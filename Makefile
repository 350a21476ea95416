# Two commands do all the set-up: `make lab` for a learner, `make test` for a maintainer.

PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
PYTHON := .venv/bin/python
ADVICE := apt install python3 python3-venv, or see python.org
UNMADE := Nothing was installed. Free some space on the disk, or put the course where you may write.
BESIDE := Install one of them beside it, or use conda: conda env create -f environment.yml

# What the pinned packages have wheels for, as pyproject.toml has it too.
FITS := (3, 11) <= sys.version_info < (3, 15)

# The environment is made again when its Python is gone or none of these, when the course's folder was
# moved, or when an interrupt left it without pip.
SOUND := $(shell $(PYTHON) -c 'import pip, sys; from pathlib import Path; \
    print($(FITS) and str(Path(".venv").resolve()) in Path(".venv/bin/pip").read_text())' 2>/dev/null)
ifneq ($(SOUND),True)
.PHONY: $(PYTHON)
endif

# Named, because its comma would end an argument.
LAB := .[lab,postgres]

define install
@$(PYTHON) -I course_utils/installing.py '$(1)'
@touch $@
endef

.PHONY: help lab test nbval coverage soak bench matrix newest check format pins clean
help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 8

lab: .venv/.lab-installed ## Open the lessons in JupyterLab (PORT=8890, BROWSER=no)
	@.venv/bin/hitl lab $(if $(PORT),--port $(PORT)) $(if $(filter no,$(BROWSER)),--no-browser)

test: .venv/.test-installed ## Get what the tests need, a browser included, and run everything
	@$(PYTHON) tests/support/chromium.py
	@$(MAKE) --no-print-directory check
	@$(PYTHON) -m compileall -q course_utils
	PATH="$(CURDIR)/.venv/bin:$$PATH" $(PYTHON) -m pytest -n 3

nbval: .venv/.test-installed ## Only compare what every lesson prints with what is stored in it
	$(PYTHON) -m pytest tests/lessons/test_outputs.py -n 2

# Shown and not enforced; apart from `make test`, which it would slow down.
COVERAGE = COVERAGE_FILE="$(CURDIR)/.coverage" PATH="$(CURDIR)/.venv/bin:$$PATH" $(PYTHON) -m coverage
coverage: .venv/.test-installed ## Run the tests (TESTS=tests/quiz for some) and show the lines they miss
	@$(PYTHON) tests/support/chromium.py
	$(COVERAGE) erase
	-$(COVERAGE) run -m pytest -n 2 $(TESTS)
	@$(COVERAGE) report --show-missing

# The races come first and alone, since they need every core.
SOAK = PATH="$(CURDIR)/.venv/bin:$$PATH" $(PYTHON) -m pytest --checkpoints=postgresql
soak: .venv/.test-installed ## Get PostgreSQL, test on it what keeps checkpoints, race, kill, reload and press
	$(SOAK) tests/soak/test_racing.py
	$(SOAK) -n 3 tests/review tests/soak --ignore=tests/soak/test_racing.py

bench: .venv/.test-installed ## Make the figures of benchmarks/README.md, with moderate counts
	$(PYTHON) -W ignore benchmarks/inbox.py run --rounds 1
	$(PYTHON) -W ignore benchmarks/inbox.py day --rounds 3
	$(PYTHON) -W ignore benchmarks/lessons.py --rounds 1
	PYTHONPATH=. $(PYTHON) -W ignore benchmarks/readings.py
	PYTHONPATH=. $(PYTHON) -W ignore benchmarks/races.py --sqlite 200 --postgresql 50
	PATH="$(CURDIR)/.venv/bin:$$PATH" PYTHONPATH=. $(PYTHON) -W ignore benchmarks/clicks.py
	for what in install "lab --rounds 1" "imports --rounds 3" page "check --rounds 1"; do \
	  PYTHONPATH=. $(PYTHON) -W ignore benchmarks/starting.py $$what || exit 1; done
	PYTHONPATH=. $(PYTHON) -W ignore benchmarks/grading.py run --count 20 --peers 4
	PYTHONPATH=. $(PYTHON) -W ignore benchmarks/grading.py breakdown --count 8
	PYTHONPATH=. $(PYTHON) -W ignore benchmarks/grading.py sizes 4 40

matrix: .venv/.test-installed ## Observe the claims on older and newest releases too, and write docs/matrix.md
	$(PYTHON) -m tests.claims.matrix

newest: .venv/.test-installed ## Say which contracts and claims the newest releases break, not the pins
	$(PYTHON) -m tests.claims.newest

# Everything may use what only tests need (DEP004), except the course itself.
check: .venv/.test-installed ## Only the checks that run no lesson: style, types, storeys, requirements
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/deptry course_utils
	.venv/bin/deptry tests benchmarks notebooks --ignore DEP002,DEP004

format: .venv/.test-installed ## Format the code
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

# Needs no environment that is up to date: the old pins do not fit the change that is to be pinned.
pins: $(PYTHON) ## Pin again what pyproject.toml needs, keeping the pins that fit (NEW=langgraph raises one)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check uv
	$(PYTHON) -m uv pip compile $(if $(NEW),--upgrade-package $(NEW)) --quiet --universal --all-extras --python-version 3.11 --no-header \
	    --no-annotate pyproject.toml --output-file constraints.txt

clean: ## Remove the environment and the caches; workspace/ and grading/ stay
	rm -rf .venv .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info dist
	find course_utils tests -name __pycache__ -prune -exec rm -rf {} +

.venv/.lab-installed: pyproject.toml constraints.txt $(PYTHON)
	$(call install,$(LAB))

.venv/.test-installed: .venv/.lab-installed
	$(call install,.[test])

$(PYTHON):
	@fits= python= new=; for name in $(PYTHONS); do \
	    "$$name" -c 'import sys; sys.exit(not $(FITS))' 2>/dev/null || \
	        { "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 15))' 2>/dev/null && new="$$name"; continue; }; \
	    fits="$${fits:-$$name}"; \
	    "$$name" -c 'import ensurepip, venv' 2>/dev/null && python="$$name" && break; \
	done; \
	if [ -z "$$fits$$new" ]; then echo "The course needs Python 3.11 or newer: $(ADVICE)"; exit 1; fi; \
	if [ -z "$$fits" ]; then echo "$$new is too new: the packages are made for Python 3.11 to 3.14. $(BESIDE)"; exit 1; fi; \
	if [ -z "$$python" ]; then echo "$$fits cannot make environments: apt install $$fits-venv"; exit 1; fi; \
	"$$python" -m venv --clear .venv || { rm -rf .venv; echo "$(UNMADE)"; exit 1; }
