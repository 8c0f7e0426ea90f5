"""Stage 04's promise to flush: whoever drops it is told so by the compiler."""

import subprocess
from pathlib import Path

import pytest

from miroir.stages import ROOT

KEPT = "int error = page_flush({call}); return error;"
DROPPED = "{call}; return 0;"
CALLS = ["page_map(mapper_current, 0x400000, 0)", "page_map_to(mapper_current, 0x400000, 0, 0)",
         "page_remap(mapper_current, 0x400000, 0, 0)", "page_protect(mapper_current, 0x400000, 0)",
         "page_unmap(mapper_current, 0x400000)"]


def warnings(tmp_path: Path, body: str) -> str:
    """Returns what the compiler says of a function with BODY."""
    file = tmp_path / "user.c"
    file.write_text(f'#include "mapper.h"\nint use(void) {{\n    {body}\n}}\n')
    include = [f"-I{folder}" for folder in sorted((ROOT / "kernel").glob("0[0-4]-*"))]
    return subprocess.run(
        ["i686-linux-gnu-gcc", "-std=gnu11", "-ffreestanding", "-Wall", "-Wextra", *include,
         "-c", "-o", str(tmp_path / "user.o"), str(file)],
        text=True, capture_output=True, check=True).stderr


@pytest.mark.parametrize("call", CALLS, ids=lambda c: c.split("(")[0])
def test_dropped_promise(call: str, tmp_path: Path) -> None:
    assert "-Wunused-result" in warnings(tmp_path, DROPPED.format(call=call))
    assert warnings(tmp_path, KEPT.format(call=call)) == ""
