"""Graders on one machine do not see each other, and none is hurried by the others."""

import json
import os
import subprocess
import sys
from pathlib import Path

from miroir.stages import ROOT, all_stages


def test_two_graders_and_a_busy_machine(tmp_path: Path) -> None:
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
            for _unused in range(os.cpu_count() or 1)]
    stage = all_stages()[0]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "grading")}
    try:
        # The same build folder and the same results: as if typed twice in one checkout.
        graders = [subprocess.Popen(
            [sys.executable, "-m", "miroir", "grade", "--lab", stage.name, "--from", "solutions",
             "--build", str(tmp_path)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            for _unused in range(2)]
        assert [grader.wait() for grader in graders] == [0, 0]
    finally:
        for process in busy:
            process.kill()
            process.wait()
    report = json.loads((tmp_path / "results" / f"{stage.name}.json").read_text())
    assert report["score"] == 100
