# Each target does its own set-up. A fresh Debian 12 needs make, Python 3.11 or newer, and pip; nothing else.
BIN := .venv/bin

.PHONY: help demo test screens bench simulate mutants fuzz messages lint lock clean venv

help: ## what can be made
	@sed -n 's/^\([a-z]*\): .*## /  make \1	/p' $(MAKEFILE_LIST)

demo: venv ## the showroom: a street, a cloud and a locker on this machine, to be played by hand; ARGS=--once: by itself
	@$(BIN)/locker demo $(ARGS)

test: venv ## all tests
	@.ci/debian systemd systemd-analyze
	@.ci/debian espeak-ng espeak-ng
	@.ci/debian chromium chromium
	@$(BIN)/python -m pytest $(ARGS)

screens: venv ## the pictures of every screen and of the story, into docs/
	@.ci/debian chromium chromium
	@$(BIN)/python -m tests.browser.album
	@$(BIN)/python -m tests.browser.story

bench: venv ## the figures, printed and written as bench.json
	@.ci/debian chromium chromium
	@$(BIN)/python -m tests.bench $(ARGS)

SEEDS ?= 10
HOURS ?= 1

simulate: venv ## lives of a locker in a simulated street, power cuts and all: SEEDS=10 HOURS=1
	@$(BIN)/python -m tests.sim --seeds 1:$$(($(SEEDS) + 1)) --hours $(HOURS) $(ARGS)

mutants: venv ## sabotages of the product, line by line: each is caught by a named check of the simulation
	@$(BIN)/python -m tests.mutants $(ARGS)

MINUTES ?= 5

fuzz: venv ## decoders and decisions fed with what nobody would send, led by coverage: MINUTES=5
	@.ci/fuzzer
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES) $(ARGS)

messages: venv ## the catalogs of the screen's languages in step with its English sentences
	@$(BIN)/python -m tests.messages

lint: venv ## style, types and the walls between the rooms
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lock: venv ## resolve requirements.lock anew and prove it for every machine it serves
	@$(BIN)/python .ci/lock.py

clean: ## remove what the other targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist bench.json .bench-*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@.ci/venv
