# Two commands matter: `make run` and `make test`. Each does its own set-up and may be repeated;
# everything that is fetched or built lies outside the checkout, under ALEXANDRIA_CACHE.

ALEXANDRIA_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/alexandria
export ALEXANDRIA_CACHE
export ALEXANDRIA_MODELS ?= $(ALEXANDRIA_CACHE)/models
export CARGO_TARGET_DIR ?= $(ALEXANDRIA_CACHE)/target

BINARY := $(CARGO_TARGET_DIR)/release/alexandria
DATA ?= alexandria-data
PORT ?= 8000
PREFIX ?= $(HOME)/.local

# LOCAL_MODEL=1 builds language models in the program's own process (llama.cpp; takes minutes more).
ifdef LOCAL_MODEL
FEATURES := --features local-model
TOOLS := eval "$$(scripts/fetch-build-tools env)" &&
endif

# The web application is built first, and taken into the program.
WEB := ALEXANDRIA_WEB="$$(scripts/build-web)" && export ALEXANDRIA_WEB &&

.PHONY: help run build install test lint bench dist clean

help: ## Show what can be made.
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: build ## Fetch, build and start the library on port 8000 with its handbook as the first collection.
	@exec $(BINARY) --data $(DATA) serve --port $(PORT) --seed 'docs/**/*.md'

build:
	@scripts/check-tools
	@scripts/fetch-models
	@scripts/install-ocr --optional
	@$(TOOLS) $(WEB) cargo build --release --locked --package alexandria $(FEATURES)

install: build ## Build, and put the program at ~/.local/bin/alexandria (or PREFIX=/usr/local).
	@mkdir -p $(PREFIX)/bin
	@install -m 755 $(BINARY) $(PREFIX)/bin/alexandria
	@echo "alexandria is at $(PREFIX)/bin/alexandria"
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; *) echo "That folder is not on your PATH yet. For this terminal: export PATH=\"$(PREFIX)/bin:\$$PATH\"" ;; esac

test: ## Run everything: format, lints, every suite, with real servers.
	@scripts/check-tools
	@scripts/fetch-models
	@scripts/install-ocr
	@scripts/fetch-servers
	@scripts/fetch-language-model
	@scripts/fetch-clients
	@scripts/fetch-build-tools
	@scripts/install-browser
	@scripts/test

lint: ## Check the format and the lints only.
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

bench: build ## Measure beside the Python stack of the handbooks; writes docs/benchmarks.md.
	@bench/run

dist: ## Build the binary that is shipped: slower to build, smaller, faster.
	@$(TOOLS) $(WEB) cargo build --profile dist --locked --package alexandria $(FEATURES)

clean: ## Remove what was built; models and servers stay.
	rm -rf $(CARGO_TARGET_DIR)
