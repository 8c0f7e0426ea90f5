"""The boot information: written into memory from outside, read by the kernel, compared."""

import random
import struct

from miroir.check import check, equal, equal_bytes, hexa, true
from miroir.i18n import _
from miroir.machine import Machine

MAGIC = 0x2BADB002
MEMORY, COMMAND_LINE, MODULES, MAP, LOADER = (1 << bit for bit in (0, 2, 3, 6, 9))
KNOWN = MEMORY | COMMAND_LINE | MODULES | MAP | LOADER
WILD = 0x400000  # an address that no field without its flag may lead to
MODULE_LIMIT = 16
MAP_FIELD = 5 + 3 * MODULE_LIMIT  # words of struct boot_info before the map's address

# Where things lie in the scratch area.
INFO, TEXTS, MODULE_LIST, MAP_PLACE = 0x0, 0x100, 0x800, 0x1000


def text_places(machine: Machine) -> tuple[int, int]:
    """Returns the addresses of the command line and of the loader's name."""
    return machine.scratch + TEXTS, machine.scratch + TEXTS + 0x100


def write_info(machine: Machine, flags: int, *, modules: int = 0, map_length: int = 0,
               lower: int = WILD, upper: int = WILD) -> int:
    """Writes a struct multiboot_info; fields without their flag are wild. Returns its address."""
    base = machine.scratch
    line, name = text_places(machine)

    def if_set(flag: int, *values: int) -> tuple[int, ...]:
        return values if flags & flag else (WILD,) * len(values)

    machine.ram.write(WILD, b"wild\0")
    machine.ram.write(line, b"first second\0")
    machine.ram.write(name, b"a loader\0")
    words = (flags, *if_set(MEMORY, lower, upper), WILD, *if_set(COMMAND_LINE, line),
             *if_set(MODULES, modules, base + MODULE_LIST), *(WILD,) * 4,
             *if_set(MAP, map_length, base + MAP_PLACE), *(WILD,) * 3, *if_set(LOADER, name))
    machine.ram.write(base + INFO, struct.pack(f"<{len(words)}I", *words))
    return base + INFO


def check_info(machine: Machine, expected: list[object], flags: int) -> None:
    """Compares what the kernel knows with EXPECTED, in the order of the command boot_info."""
    names = (_("the command line"), _("the loader's name"), _("KiB of low memory"),
             _("KiB of high memory"), _("the number of modules"), _("the map's length in bytes"))
    for name, value, got in zip(names, expected, machine.call("boot_info")):
        equal(got, value, _("{name}, with the flags {flags:#x}").format(name=name, flags=flags))


def check_places(machine: Machine, flags: int) -> None:
    """Compares the addresses that the kernel knows with those that write_info() gave."""
    place = machine.ram.u32(machine.symbol("shown"))
    words = machine.ram.words(place, MAP_FIELD + 1)
    rows = [(_("the map's address"), words[MAP_FIELD],
             machine.scratch + MAP_PLACE if flags & MAP else 0)]
    line, name = text_places(machine)
    if flags & COMMAND_LINE:
        rows.append((_("the address of the command line"), words[0], line))
    if flags & LOADER:
        rows.append((_("the address of the loader's name"), words[1], name))
    for what, got, wanted in rows:
        equal(hexa(got), hexa(wanted),
              _("{name}, with the flags {flags:#x}").format(name=what, flags=flags))


@check(10, _("Each field of the boot information counts only if its flag is set"),
       read="exercise-5",
       why=_("A field without its flag holds whatever was in memory. A kernel that reads it works "
             "with one loader and crashes with the next."))
def test_flags(machine: Machine, rng: random.Random) -> None:
    single = [MEMORY, COMMAND_LINE, MODULES, MAP, LOADER]
    several = [rng.getrandbits(16) for _unused in range(40)]
    for flags in [0, *single, KNOWN, *(KNOWN & ~flag for flag in single), *several]:
        lower, upper = rng.getrandbits(32), rng.getrandbits(32)
        address = write_info(machine, flags, modules=1, map_length=24, lower=lower, upper=upper)
        write_modules(machine, [(0x1000, 0x2000, "text")])
        expected = ["first second" if flags & COMMAND_LINE else "",
                    "a loader" if flags & LOADER else "",
                    *((lower, upper) if flags & MEMORY else (0, 0)),
                    1 if flags & MODULES else 0, 24 if flags & MAP else 0]
        machine.call(f"boot_info_read {MAGIC:#x} {address:#x}")
        check_info(machine, expected, flags)
        check_places(machine, flags)


def write_modules(machine: Machine, modules: list[tuple[int, int, str | None]]) -> None:
    """Writes the loader's list of modules: start, end and text of each; None for no text."""
    texts = machine.scratch + TEXTS + 0x200
    machine.ram.write(0, b"the text of none\0")
    for number, (start, end, text) in enumerate(modules):
        place = texts + 16 * number if text is not None else 0
        if text is not None:
            machine.ram.write(place, text.encode() + b"\0")
        machine.ram.write(machine.scratch + MODULE_LIST + 16 * number,
                          struct.pack("<4I", start, end, place, WILD))


@check(6, _("Modules are listed with their place and text, as many as there is room for"),
       read="exercise-5",
       why=_("Programs and files come as modules. A loader may bring more than the kernel keeps, "
             "and may leave a module without a text."))
def test_modules(machine: Machine, rng: random.Random) -> None:
    for count in (0, 1, 3, MODULE_LIMIT, MODULE_LIMIT + 1, MODULE_LIMIT + 9):
        modules: list[tuple[int, int, str | None]] = [
            (0x100000 + 0x1000 * i, 0x100000 + 0x1000 * i + rng.choice([0, 1, 0xFFF]),
             rng.choice([f"module {i}", None])) for i in range(count)]
        write_modules(machine, modules)
        address = write_info(machine, MODULES, modules=count)
        machine.call(f"boot_info_read {MAGIC:#x} {address:#x}")
        kept = min(count, MODULE_LIMIT)
        equal(machine.call("boot_info")[4], kept,
              _("modules kept of {count}").format(count=count))
        for number in range(kept):
            start, end, text = modules[number]
            equal(machine.call(f"boot_module {number}"), [start, end, text or ""],
                  _("module {number} of {count}").format(number=number, count=count))


@check(3, _("Without the loader's magic number nothing is believed"), read="exercise-5",
       why=_("Then EBX holds anything at all, and so does what it points to."))
def test_magic(machine: Machine, boot, rng: random.Random) -> None:
    lower, upper = rng.getrandbits(32), rng.getrandbits(32)
    address = write_info(machine, KNOWN, modules=1, map_length=24, lower=lower, upper=upper)
    write_modules(machine, [(1, 2, "text")])
    machine.call(f"boot_info_read {MAGIC:#x} {address:#x}")
    check_info(machine, ["first second", "a loader", lower, upper, 1, 24], KNOWN)
    for magic in (0, MAGIC + 1, MAGIC ^ 1 << rng.randrange(8, 16), 0x1BADB002):
        equal(machine.error(f"boot_info_read {magic:#x} {address:#x}"), "EINVAL",
              _("the error for the magic number {magic:#x}").format(magic=magic))
        check_info(machine, ["", "", 0, 0, 0, 0], KNOWN)
        check_places(machine, 0)
    entered = boot(stopped=True)
    entered.debugger.run_to(entered.symbol("_start"))
    entered.debugger.set_registers(eax=MAGIC ^ 1, ebx=WILD)
    true(not entered.debugger.reads(WILD, entered.symbol("probe_serve")),
         _("a boot without the magic number, in which nobody reads what EBX points to"))


@check(3, _("This boot's own command line and modules are found"), read="exercise-5",
       why=_("What was tried with made-up information must hold for the real one."))
def test_this_boot(boot, rng: random.Random) -> None:
    words = f"colour={rng.randrange(1000)} quiet"
    contents = [rng.randbytes(rng.randrange(1, 5000)) for _unused in range(2)]
    machine = boot(append=words, modules=[(contents[0], "one"), (contents[1], "two words")])
    line, loader, lower, upper, count, _length = machine.call("boot_info")
    equal(line, f"miroir.elf {words}", _("the command line"))
    equal((loader, lower, count), ("qemu", 639, 2), _("loader, KiB of low memory, modules"))
    true(30000 < upper < 32768, _("about 31 MiB of high memory, in KiB"), got=upper)
    for number, (content, text) in enumerate(zip(contents, ("one", "two words"))):
        start, end, found = machine.call(f"boot_module {number}")
        equal(found, f"module{number} {text}", _("the text of module {number}").format(
            number=number))
        equal_bytes(machine.ram.read(start, end - start), content,
                    _("the content of module {number}").format(number=number))


def write_map(machine: Machine, entries: list[tuple[int, int, int, int]]) -> bytes:
    """Writes a memory map: size, base, length, type of each entry. Returns its bytes."""
    data = b""
    for size, base, length, kind in entries:
        entry = struct.pack("<IQQI", size, base, length, kind)
        data += entry + b"\xa5" * (min(size, 128) + 4 - len(entry))
    machine.ram.write(machine.scratch + MAP_PLACE, data + b"\x14\0\0\0" * 16)
    return data


def check_map(machine: Machine, length: int, expected: list[tuple[int, ...]], what: str) -> None:
    """Has the kernel go through LENGTH bytes of the map; EXPECTED: base, length, type of each."""
    address = write_info(machine, MAP, map_length=length)
    machine.call(f"boot_info_read {MAGIC:#x} {address:#x}")
    values = machine.call("boot_map")
    found = [" ".join(f"{v:#x}" for v in values[i:i + 3]) for i in range(0, len(values), 3)]
    for number, entry in enumerate(expected):
        equal(found[number] if number < len(found) else _("the end"),
              " ".join(f"{v:#x}" for v in entry),
              _("{what}, entry {number}").format(what=what, number=number))
    equal(found[len(expected)] if len(found) > len(expected) else _("the end"), _("the end"),
          _("{what}, after its {count} entries").format(what=what, count=len(expected)))


@check(5, _("The memory map is walked by each entry's own size, and no further than its end"),
       read="exercise-6",
       why=_("Loaders write entries of 20 or of 24 bytes, and may write longer ones. A walk with "
             "the wrong stride reads garbage; one that overruns takes garbage for memory."))
def test_map(machine: Machine, rng: random.Random) -> None:
    entries = [(rng.choice([20, 20, 24, 28, 40, 100]), rng.getrandbits(64), rng.getrandbits(64),
                rng.randrange(1, 6)) for _unused in range(10)]
    # What an entry says is no end, be it all zeros; and the last one needs no more than 24 bytes.
    entries[rng.randrange(1, 10):0] = [(20, 0, 0, 0)]
    entries.append((20, rng.getrandbits(64), rng.getrandbits(64), 1))
    data = write_map(machine, entries)
    expected = [entry[1:] for entry in entries]
    check_map(machine, len(data), expected, _("a map of 12 entries"))
    last = entries[-1][0] + 4
    for cut in (1, last - 1, last - 4):
        check_map(machine, len(data) - cut, expected[:-1],
                  _("the map without its last {cut} bytes").format(cut=cut))
    check_map(machine, 0, [], _("a map of 0 bytes"))
    many = [(20, i << 12, 1 << 12, 1) for i in range(150)]
    check_map(machine, len(write_map(machine, many)), [entry[1:] for entry in many],
              _("a map of 150 entries"))
    for size in (0, 16, 19, 0xFFFFFFE8, 0xFFFFFFFC):
        write_map(machine, [(20, 1, 2, 3), (size, 4, 5, 6), (20, 7, 8, 9)])
        check_map(machine, 72, [(1, 2, 3)],
                  _("a map with an entry of size {size} after the first").format(size=size))


@check(3, _("The same kernel boots from a GRUB image"), read="exercise-6",
       why=_("GRUB is not QEMU: it fills in other fields, and starts the kernel in another state."))
def test_grub(boot) -> None:
    machine = boot(iso=True)
    line, loader, _lower, _upper, count, length = machine.call("boot_info")
    true(str(loader).startswith("GRUB"), _("GRUB as the loader"), got=loader)
    equal((line, count), ("from=grub", 1), _("command line and number of modules"))
    start, end, text = machine.call("boot_module 0")
    equal(text, "motto", _("the text of the module"))
    true(machine.ram.read(start, end - start).startswith(b"The page directory"),
         _("the content of the module"))
    true(length, _("a memory map"))
