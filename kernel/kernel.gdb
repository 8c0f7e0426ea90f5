# GDB's commands for this kernel; `make gdb` loads them. `help kernel` lists them.

set pagination off
set confirm off
set print pretty on
set disassembly-flavor intel
set architecture i386

define kernel
    help kernel
end
document kernel
Commands of the kit:
  console        what the kernel has printed so far
  type WORDS     types WORDS on the kernel's console, for when it goes on
  processor      every register, the control registers and the descriptor tables among them
  interrupts     the state of the two interrupt controllers
  mappings       the address ranges that are mapped, as the processor sees them
  translate A    directory entry, table entry and physical address of the virtual address A
  frames EBP     the return addresses on the stack that the frame pointer EBP leads to
end

define console
    python print(open(gdb.parse_and_eval("$console_file").string(), errors="replace").read())
end
document console
What the kernel has printed so far.
end

define processor
    monitor info registers
end
document processor
Every register, the control registers and the descriptor tables among them.
end

define interrupts
    python print("".join(x for x in gdb.execute("monitor info pic", to_string=True).splitlines(True) if x.startswith("pic")))
end
document interrupts
The state of the two interrupt controllers.
end

define mappings
    monitor info mem
end
document mappings
The address ranges that are mapped, as the processor sees them, with their rights.
end

python
import re
import socket


class Translate(gdb.Command):
    """Directory entry, table entry and physical address of a virtual address.
Usage: translate ADDRESS"""

    def __init__(self):
        super().__init__("translate", gdb.COMMAND_DATA)

    @staticmethod
    def _monitor(text):
        return gdb.execute("monitor " + text, to_string=True)

    def _physical_word(self, address):
        return int(self._monitor("xp /1wx %#x" % address).split()[-1], 16)

    @staticmethod
    def _address(expression):
        value = gdb.parse_and_eval(expression)
        if value.type.strip_typedefs().code in (gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_ARRAY):
            value = value.address
        return int(value) & 0xFFFFFFFF

    def invoke(self, argument, from_tty):
        if not argument.strip():
            print("usage: translate ADDRESS")
            return
        address = self._address(argument)
        registers = self._monitor("info registers")
        cr0, cr3 = (int(re.search(name + "=([0-9a-f]+)", registers)[1], 16)
                    for name in ("CR0", "CR3"))
        if not cr0 >> 31:
            print("paging is off: the physical address is %#010x" % address)
            return
        base = cr3 & ~0xFFF
        for name, index in (("directory", address >> 22), ("table", address >> 12 & 1023)):
            entry = self._physical_word(base + 4 * index)
            flags = [word for bit, word in enumerate(("present", "write", "user"))
                     if entry >> bit & 1]
            print("%s[%d] at %#010x = %#010x  %s" % (name, index, base + 4 * index, entry,
                                                     " ".join(flags) or "absent"))
            if not entry & 1:
                return
            base = entry & ~0xFFF
        print("physical address %#010x" % (base | address & 0xFFF))


class Frames(gdb.Command):
    """The return addresses on the stack that a frame pointer leads to.
Usage: frames EBP"""

    def __init__(self):
        super().__init__("frames", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        ebp = int(gdb.parse_and_eval(argument or "$ebp")) & 0xFFFFFFFF
        memory = gdb.selected_inferior()
        for _unused in range(16):
            words = memory.read_memory(ebp, 8).tobytes()
            above, back = (int.from_bytes(words[i:i + 4], "little") for i in (0, 4))
            gdb.execute("info symbol %#x" % back)
            if not ebp < above <= ebp + 0x4000:
                return
            ebp = above


class Type(gdb.Command):
    """Types a line on the kernel's console; it is read when the kernel goes on.
Usage: type WORDS"""

    def __init__(self):
        super().__init__("type", gdb.COMMAND_DATA)
        self._socket = None

    def invoke(self, argument, from_tty):
        if not self._socket:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(gdb.parse_and_eval("$console_socket").string())
        try:  # what it printed is in the file that `console` shows
            while self._socket.recv(4096, socket.MSG_DONTWAIT):
                pass
        except BlockingIOError:
            pass
        self._socket.send(argument.encode() + b"\n")


Translate()
Frames()
Type()
end
