# Miroir: `make help` lists what can be asked for. What each target does is written in
# grading/miroir; here are only their names and options.

LAB =
FROM = labs
BASE =
SEED =
BUILD = build
OUT =
OPT =
MUTANTS =
PORT = 8000

# Relative to the folder that make is called from; a path with spaces is fine.
build_folder = $(if $(filter /%,$(BUILD)),$(BUILD),$(CURDIR)/$(BUILD))

# The distribution's Python that has the kit's modules; looked for when a recipe runs, after setup.
python = PYTHONPATH=grading PYTHONDONTWRITEBYTECODE=1 "$$(scripts/python)" -P
miroir = $(python) -m miroir
where = --build "$(build_folder)"
what = $(where) --lab "$(LAB)" --from "$(FROM)" --base "$(BASE)" --make-options "$(if $(OPT),OPT=$(OPT))"

help: ## this list
	@scripts/help $(MAKEFILE_LIST)

setup: ## installs what is missing (asks for sudo only then)
	+@scripts/setup

demo: setup ## grades every reference, then boots the kernel by GRUB and plays a tour
	@$(miroir) demo $(where)

test: ## [SEED=n] [MUTANTS=all]: the kit's own tests
	@test -d grading/tests || { echo "This is a student's tree: it has no tests of its own." >&2; exit 2; }
	+@scripts/setup handouts tests
	@SEED=$(SEED) MUTANTS=$(MUTANTS) $(python) -m pytest -q -p no:cacheprovider -n auto --dist loadgroup grading/tests $(TESTS)

build: setup ## LAB=03 [FROM=solutions] [BASE=solutions]: the kernel at that stage
	@$(miroir) build $(what)

iso: setup ## LAB=03: the same as a bootable GRUB image
	@$(miroir) iso $(what)

run: setup ## LAB=03 [GUI=1] [MONITOR=1]: boots it, with its console on this terminal
	@$(miroir) run $(what) $(if $(GUI),--gui) $(if $(MONITOR),--monitor)

gdb: setup ## LAB=03: boots it as far as its first instruction, with GDB attached
	@$(miroir) gdb $(what)

grade: setup ## [LAB=03 or "03 04"] [FROM=..] [BASE=..] [SEED=n]: builds, grades, reports; exit 0, 1 or 2
	+@$(miroir) grade $(what) $(if $(SEED),--seed $(SEED))

starters: setup ## writes labs/ anew from solutions/
	@$(miroir) starters

kit: setup ## OUT=folder: the student's tree, without solutions/ and the instructor's files
	@$(miroir) kit --out "$(OUT)"

handouts: ## the handouts as a site in English and French, with a PDF of each
	+@scripts/setup handouts
	@$(miroir) handouts $(where)

serve: handouts ## [PORT=8000]: the same, built and shown on this machine
	@$(python) -m http.server --bind localhost --directory "$(build_folder)/handouts" $(PORT)

bench: setup ## what the kernel's operations cost, in instructions
	@$(miroir) bench $(where)

clean: ## removes what was built
	@rm -rf "$(build_folder)"

# make itself only knows the exit status 2. With -q, under which it runs nothing but the lines that
# start with +, a failing line makes it 1, without a word; so `grade` is run with it.
ifneq ($(filter grade,$(MAKECMDGOALS)),)
MAKEFLAGS += q
endif

.PHONY: help setup demo test build iso run gdb grade starters kit handouts serve bench clean
