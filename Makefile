# make web: install, index the notices, serve the chat. make test: install, run the whole suite.
# PORT= and NOTICES= choose where to serve and what to index; JOBS= how many processes run tests; CONSTRAINTS= lifts the pin of torch (GPU).

PORT ?= 7860
NOTICES ?= examples/notices
INDEX ?= .tongbao
CONSTRAINTS ?= constraints.txt
PYTHON ?= python3
VENV ?= .venv
REAL ?= ../shared/notices
PEERS ?= .venv-peers
FLOORS ?= eval/floors.toml
JOBS ?= 2
NUMBER ?= 5000
SECONDS ?= 60

# As `tongbao` itself: products of matrices on one thread.
OPENBLAS_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS

BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
RESULTS = eval/results/$(shell git rev-parse --short HEAD 2>/dev/null || echo unversioned)
CONSTRAINED := $(if $(strip $(CONSTRAINTS)),-c $(CONSTRAINTS))

.DEFAULT_GOAL := help
.PHONY: help install web demo test check format bench bench-web bench-workers bench-peers bench-stores bench-scale eval screenshots clean kill torture fuzz

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

install: $(INSTALLED) ## make .venv and install the project with its tools

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The old stamp goes first: an installation that was broken off is done again.
$(INSTALLED): pyproject.toml $(wildcard constraints.txt) | $(BIN)/python
	@rm -f $@
	@echo 'Installing into $(VENV): a few minutes the first time.'
	$(BIN)/python -m pip install --disable-pip-version-check --quiet $(CONSTRAINED) -e '.[dev]'
	@touch $@

# A notice that cannot be read is reported and left out; the page then tells what is missing.
web: $(INSTALLED) ## index NOTICES and serve the chat at http://127.0.0.1:PORT
	-$(BIN)/tongbao index $(NOTICES) --index $(INDEX)
	$(BIN)/tongbao web --index $(INDEX) --port $(PORT)

demo: $(INSTALLED) ## index the samples and answer three questions in the terminal
	$(BIN)/tongbao index examples/notices --index .tongbao-demo
	@$(BIN)/python -c 'import json; [print(json.loads(line)["question"]) for line in open("examples/questions.jsonl", encoding="utf-8").readlines()[:3]]' | \
	while IFS= read -r question; do \
		printf '\n\n>>> tongbao ask "%s"\n\n' "$$question"; \
		$(BIN)/tongbao ask "$$question" --index .tongbao-demo || exit 1; \
	done

test: $(INSTALLED) ## run the whole suite
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

check: $(INSTALLED) ## ruff, format, mypy --strict, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py

format: $(INSTALLED) ## write the format that check asks for
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: $(INSTALLED) ## time the parts and the whole; BENCH= adds options, e.g. BENCH='--split dev --runs 9'
	$(BIN)/python -m eval.benchmarks $(if $(wildcard $(REAL)),--notices $(REAL) --gold eval/gold/real.jsonl) $(BENCH)

bench-web: $(INSTALLED) ## 30 people asking the page 300 questions at once: errors, waiting, memory, start
	$(BIN)/tongbao index $(NOTICES) --index .tongbao-demo
	$(BIN)/python -m ui.load --index .tongbao-demo

bench-workers: $(INSTALLED) ## the page by one and by two processes: answers a second, shared memory, a new generation under load
	$(BIN)/tongbao index $(NOTICES) --index .tongbao-demo
	$(BIN)/python -m ui.load_many --index .tongbao-demo $(BENCH)

bench-stores: $(INSTALLED) ## search in FAISS beside Milvus: times, and whether both find the same; BENCH= adds options
	$(BIN)/python -m eval.stores $(if $(wildcard $(REAL)),--notices $(REAL) --gold eval/gold/real.jsonl,--split all) $(BENCH)

kill: $(INSTALLED) ## kill a batch at a hundred random moments and finish it; 10,000 questions in bounded memory
	TONGBAO_KILLS=100 $(BIN)/python -m pytest -q tests/test_assistant_batch_kill.py -k 'random or many_questions'

# The floors of eval/floors.toml only rise. The reports lie under the commit: eval/results/COMMIT/samples, .../real.
torture: $(INSTALLED) ## kill, fill, flip and crowd an index; prints what it stood (some minutes)
	$(BIN)/python -m eval.torture

# Without atheris (pip install atheris) the second half is left out, and says so.
fuzz: $(INSTALLED) ## feed NUMBER random inputs, or as many as SECONDS allow, to each fuzz test; then led by coverage
	TONGBAO_FUZZ=$(NUMBER) TONGBAO_FUZZ_SECONDS=$(SECONDS) $(BIN)/python -m pytest -q -p no:cacheprovider \
		tests/test_assistant_fuzz.py tests/test_index_fuzz.py tests/test_index_slow_texts.py tests/test_eval_gold_fuzz.py tests/test_assistant_settings_fuzz.py
	@$(BIN)/python -c 'import atheris' 2>/dev/null || { echo 'atheris is not installed: no fuzzing led by coverage' >&2; exit 0; }; set -e; \
	for target in questions answers readers batch; do \
		$(BIN)/python -m eval.torture.coverage $$target -max_total_time=$(SECONDS) -max_len=600 -timeout=30; \
	done

eval: $(INSTALLED) ## measure the answers on the samples, and on the real notices where they are; fail under the floors
	$(BIN)/tongbao index examples/notices --index .tongbao-eval/samples
	$(BIN)/tongbao eval eval/gold/samples.jsonl --index .tongbao-eval/samples --floors $(FLOORS) --report $(RESULTS)/samples
	@if [ -d $(REAL) ]; then set -e -x; \
		$(BIN)/tongbao index $(REAL) --index .tongbao-eval/real; \
		$(BIN)/tongbao eval eval/gold/real.jsonl --index .tongbao-eval/real --floors $(FLOORS) --report $(RESULTS)/real; \
	else echo "no real notices at $(REAL): only the samples were measured" >&2; fi

# The frameworks have an environment of their own, so that they cannot disturb the project's.
$(PEERS)/.installed: pyproject.toml $(wildcard constraints.txt)
	@rm -f $@
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --disable-pip-version-check --quiet $(CONSTRAINED) -e '.[peers]'
	@touch $@

bench-peers: $(PEERS)/.installed ## search beside LangChain, Haystack, txtai, LlamaIndex; READING= a CMRC file, BENCH= more options
	$(PEERS)/bin/python -m eval.bench_peers $(if $(wildcard $(REAL)),--notices $(REAL) --gold eval/gold/real.jsonl,--notices examples/notices --gold eval/gold/samples.jsonl) \
		$(if $(READING),--reading $(READING)) $(BENCH)

bench-scale: $(INSTALLED) ## what 1,000 and 10,000 texts cost; BENCH='--texts 62374' for another size (takes both cores)
	$(BIN)/python -m eval.scale $(BENCH)

screenshots: $(INSTALLED) ## take the pictures of the page anew (needs Chromium)
	$(BIN)/tongbao index examples/notices --index .tongbao-demo
	$(BIN)/python -m ui.screenshots --index .tongbao-demo --out docs/images

clean: ## remove what was built, not the environment
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	rm -rf .tongbao-demo .tongbao-eval eval/results
	find index assistant ui eval training tests -name __pycache__ -type d -exec rm -rf {} +
