# Builds one kernel. Called in the folder that the result goes to, in which `kernel`, `labs` and
# `solutions` are links to the sources: so no path here holds a space, whatever the folders are
# called, and the compiler names the files as the student knows them.
#
#   make -f kernel/kernel.mk STAGE=03-frames STUDENT="solutions/01-boot solutions/02-traps labs/03-frames"
#
# STAGE    the last stage in the kernel: kernel/00-base and kernel/01.. up to it are built
# STUDENT  the folders of the student's files, one for each stage, in order
# CROSS    what the names of the compiler, the linker and nm begin with
#
# Kernels share what is compiled of the same source: `obj/kernel`, `obj/solutions`, `obj/labs`,
# `obj/user`, `programs` and `flags` may be links to folders, and a file, of several kernels.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

CROSS = i686-linux-gnu-
CC = $(CROSS)gcc
LD = $(CROSS)ld
NM = $(CROSS)nm
NASM = nasm
OPT = -O2

# The compiler's own headers (stdint.h and the like) are all that there is besides the kernel's.
compiler_headers := $(shell $(CC) -print-file-name=include)

# Freestanding, one i386, no floating point; frame pointers and no tail calls, for backtraces.
CFLAGS = -std=gnu11 -ffreestanding -nostdinc -isystem $(compiler_headers) \
	-march=i686 -mno-sse -mno-mmx -mno-80387 -fno-pie -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -fno-omit-frame-pointer -fno-optimize-sibling-calls \
	-fno-strict-aliasing -fno-delete-null-pointer-checks -g $(OPT) -Wall -Wextra -Wno-unused-parameter
NASMFLAGS = -f elf32 -g -F dwarf -w+orphan-labels

# Makes $@ of $<, which sees the headers that $(1) names. What is said of it stays beside it and is
# told by every kernel that it is in, whichever it was compiled for.
compile = $(call heard,$(CC) $(CFLAGS) -fdebug-prefix-map="$$PWD"=. $(1) -MMD -MP -c $< -o $@)
assemble = $(call heard,$(NASM) $(NASMFLAGS) $(addsuffix /,$(1)) -MD $@.d -MP -o $@ $<)
heard = @mkdir -p $(@D); $(1) 2> $@.said || { cat $@.said >&2; exit 1; }

# The stages up to STAGE, by their folders' names.
stages := $(sort $(notdir $(wildcard kernel/[0-9][0-9]-*)))
built := $(foreach stage,$(stages),$(if $(filter $(stage),$(firstword $(sort $(stage) $(STAGE)))),$(stage)))

# Where a file of stage $(1) finds its headers: in its own folder and in those before it.
earlier = $(foreach stage,$(built),$(if $(filter $(stage),$(firstword $(sort $(stage) $(1)))),$(stage)))
includes = $(foreach stage,$(call earlier,$(1)),-Ikernel/$(stage))

folders := $(addprefix kernel/,$(built)) $(STUDENT)
sources := $(foreach folder,$(folders),$(sort $(wildcard $(folder)/*.c $(folder)/*.asm)))
objects := $(sources:%=obj/%.o)

# Programs for ring 3: one for each C file in a stage's folder `user`, with all of its `user/lib`.
# They see the library's headers, and those of the kernel that only name things.
user_folders := $(foreach stage,$(built),$(wildcard kernel/$(stage)/user))
user_sources := $(foreach folder,$(user_folders),$(sort $(wildcard $(folder)/*.c)))
library := $(foreach folder,$(user_folders),$(sort $(wildcard $(folder)/lib/*.asm $(folder)/lib/*.c)))
library_objects := $(library:%=obj/user/%.o)
user_objects := $(user_sources:%=obj/user/%.o) $(library_objects)
programs := $(patsubst %.c,programs/%,$(notdir $(user_sources)))
user_includes = $(addprefix -I,$(wildcard $(user_folders:%=%/lib))) $(call includes,$(STAGE))

all: kernel.elf $(programs)
	@cat $(addsuffix .said,$(objects) $(user_objects))

kernel.elf: first.elf obj/symbols.o
	$(link) $(objects) obj/symbols.o $(libgcc) -o $@.new
	@mv $@.new $@

# Once without the table of functions, to see where the functions lie.
first.elf: $(objects) kernel/00-base/linker.ld sources obj/nothing.o
	$(link) $(objects) obj/nothing.o $(libgcc) -o $@

link = @$(LD) -m elf_i386 -z noexecstack -T kernel/00-base/linker.ld
libgcc := $(shell $(CC) -print-libgcc-file-name)

obj/symbols.asm: first.elf kernel/00-base/symbols.awk
	@$(NM) -n first.elf | awk -f kernel/00-base/symbols.awk > $@

obj/nothing.asm: kernel/00-base/symbols.awk
	@mkdir -p obj
	@awk -f kernel/00-base/symbols.awk < /dev/null > $@

obj/symbols.o obj/nothing.o: obj/%.o: obj/%.asm
	@$(NASM) -f elf32 -o $@ $<

$(filter %.c.o,$(user_objects)): obj/user/%.c.o: %.c flags
	$(call compile,$(user_includes))

obj/user/%.asm.o: %.asm flags
	$(call assemble)

vpath %.c.o $(addprefix obj/user/,$(user_folders))
programs/%: %.c.o $(library_objects)
	@mkdir -p programs
	@$(LD) -m elf_i386 -S -z noexecstack -z separate-code -z max-page-size=4096 \
		$(library_objects) $< $(libgcc) -o obj/$*.new
	@mv obj/$*.new $@

stage_of = $(notdir $(patsubst %/,%,$(dir $(1))))

obj/%.c.o: %.c flags
	$(call compile,$(call includes,$(call stage_of,$<)))

obj/%.asm.o: %.asm flags
	$(call assemble,$(call includes,$(call stage_of,$<)))

# Everything is compiled anew when the flags or the tools change, and linked anew when the list of
# files does.
flags: text = $(CC) $(CFLAGS) $(NASM) $(NASMFLAGS)
sources: text = $(sources)
flags sources: always
	@echo '$(text)' | cmp -s - $@ || echo '$(text)' > $@

.PHONY: all always
-include $(objects:.o=.d) $(objects:=.d) $(user_objects:.o=.d) $(user_objects:=.d)
