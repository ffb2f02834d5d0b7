# Everything is set up by the first target that needs it; Python 3.11 or newer and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help demo test attack faults fuzz mutants load lint audit format lock docs site pictures bench clean

help: ## show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "reviewbot needs Python 3.11 or newer; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.installed-docs: requirements-docs.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.txt
	@touch $@

$(VENV)/.installed-audit: requirements-audit.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@

$(VENV)/.installed-fuzz: requirements-fuzz.txt $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.txt
	@touch $@

$(VENV)/.installed-mutants: requirements-mutants.txt $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutants.txt
	@touch $@

demo: $(VENV)/.installed ## set up and review the examples, offline, without a key
	@for diff in examples/*.diff; do \
		echo; echo "=== reviewbot review $$diff"; echo; \
		$(BIN)/reviewbot review --engine checks $$diff || exit $$?; \
	done; \
	replay="examples/sinag-validation.diff --replay examples/recordings"; \
	echo; echo "=== reviewbot review $$replay"; echo "(the model's part, from answers written by hand)"; echo; \
	$(BIN)/reviewbot review $$replay

# The tests start the program often, so it is kept compiled; a few of them are not worth two processes.
test: $(VENV)/.installed-dev ## set up and run the tests; some of them: make test T=tests/cli, T='-k archive'
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest $(or $(T),-n auto --dist worksteal)

attack: $(VENV)/.installed-dev ## try the corpus of attacks in tests/attacks: what succeeds, and how many were tried
	@PYTHONPATH=.:tests/support:tests/stand_ins $(BIN)/python tests/support/attacking.py

faults: $(VENV)/.installed-dev ## let everything fail that the program calls, in every way: what does not hold, and how many were tried
	@PYTHONPATH=.:tests:tests/support:tests/stand_ins $(BIN)/python tests/support/faulting.py

load: $(VENV)/.installed-dev ## review a very large pull request, and two hundred at a time on one GitHub with limits; one: make load L=large
	@PYTHONPATH=.:tests/support:tests/stand_ins $(BIN)/python tests/support/loading.py $(L)

fuzz: $(VENV)/.installed-fuzz ## try inputs made by coverage on what reads foreign text: make fuzz S=SECONDS T=TARGET (60, all)
	@PYTHONPATH=.:tests:tests/support:tests/stand_ins $(BIN)/python tests/support/fuzzing.py $(or $(S),60) $(T)

mutants: $(VENV)/.installed-mutants ## make small mistakes in the code and say which no test notices: make mutants M=AREA N=HOW_MANY (all, all)
	@PYTHONPATH=.:tests:tests/support:tests/stand_ins $(BIN)/python tests/support/mutating.py $(or $(N),0) $(M)

lint: $(VENV)/.installed-dev ## ruff and mypy; and the workflows, the Action, its image and the scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml composite/action.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml docs/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/actionlint -shellcheck $(BIN)/shellcheck .github/workflows/*.yml docs/workflows/*.yml
	$(BIN)/zizmor --quiet --offline --config .ci/zizmor.yml . docs/workflows/*.yml
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck $(shell grep -l '^#!' .ci/*)

audit: $(VENV)/.installed-audit ## ask the advisories whether anything that is locked is known to be vulnerable
	@code=0; for lock in requirements*.txt .ci/requirements*.txt; do \
		echo "=== $$lock"; \
		$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r $$lock || code=1; \
	done; exit $$code

format: $(VENV)/.installed-dev ## lay the code out, and mend what ruff can mend
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

docs: $(VENV)/.installed-dev ## write the generated pages of docs/ anew
	$(BIN)/python tests/generate_docs.py

# Not --quiet: warnings that are not printed do not count for mkdocs, and nothing would be an error any more.
site: $(VENV)/.installed-docs ## build the documentation site, every link checked; where: make site S=DIR (build/site)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --site-dir $(abspath $(or $(S),build/site))

pictures: $(VENV)/.installed-dev ## take the pictures of docs/images anew (needs Chromium, see .ci/chromium)
	PYTHONPATH=. $(BIN)/python bench/screenshots.py

bench: $(VENV)/.installed-dev ## cold start, one review, growth with each dimension of a change, what a model adds
	$(BIN)/python bench/bench.py
	$(BIN)/python bench/growth.py
	$(BIN)/python bench/model.py
	PYTHONPATH=. $(BIN)/python bench/report.py

lock: ## renew the requirement locks (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --group install pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --group dev --group install pyproject.toml -o requirements-dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --group docs -c requirements-dev.txt -o requirements-docs.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --group audit -c requirements-dev.txt -o requirements-audit.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --group fuzz -o requirements-fuzz.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-find-links --group mutants -c requirements-dev.txt -o requirements-mutants.txt

clean: ## remove what was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
