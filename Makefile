# rebound: what can be made. `make demo` and `make test` install what is missing and need nothing else.

.PHONY: demo test soak lint fuzz bench release install packages clean

PREFIX ?= /usr/local

demo: release ## A whole sweep on a small trained model, in a few minutes
	.build/release/rebound demo

release: packages ## The program, at .build/release/rebound
	swift build -c release --product rebound --explicit-target-dependency-import-check error

install: release ## The program, and what shells complete of its commands, below PREFIX (/usr/local)
	tools/install.sh "$(DESTDIR)$(PREFIX)"

test: packages ## All tests
	tools/test.sh

soak: packages ## Real sweeps under random faults, for MINUTES (30); SEED repeats a sequence of them
	REBOUND_SOAK_MINUTES=$(or $(MINUTES),30) REBOUND_SOAK_SEED=$(SEED) REBOUND_HOSTILE_FRAMES=5000000 tools/test.sh --filter 'SoakTests|ReceivePathTests'

lint: ## Style, documentation of everything public, the import table, the generated wire code
	swift format lint --strict --recursive Package.swift Sources Tests
	tools/generate_protos.sh --check

fuzz: packages ## Every parser of outside bytes, a minute each
	tools/fuzz.sh 60

bench: release ## Speed and memory of the engine and of the coordination on this machine
	.build/release/rebound bench
	.build/release/rebound bench fit
	.build/release/rebound bench coordinator

packages:
	@tools/packages.sh

clean:
	rm -rf .build
