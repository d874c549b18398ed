# Every recipe is a script of the same name that can be run without make.
.PHONY: demo test check setup pin
.SILENT:

demo:   # the whole road on this machine; options: make demo ARGS=--fresh
	scripts/demo $(ARGS)

test:   # the gate, as CI runs it; some tests only: make test ARGS="tests/hub -k rules"
	scripts/test $(ARGS)

check:  # format, lint, types and imports only; to mend: make check ARGS=--fix
	scripts/check $(ARGS)

setup:  # all that a developer needs, and nothing run
	scripts/setup $(ARGS)

pin:    # newest versions into constraints.txt
	scripts/pin
