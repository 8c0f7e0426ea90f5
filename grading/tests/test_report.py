"""The reports: what a student, Gradescope and a JUnit reader are given."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Workshop, scores

from miroir.stages import all_stages

pytestmark = pytest.mark.xdist_group("report")  # all look at the same two

STAGE = all_stages()[0]
DRIVER = (Path(__file__).parents[2] / "solutions" / STAGE.name / "serial.c")


@pytest.fixture(name="half_done", scope="module", params=["en", "fr"])
def half_done_fixture(request, workshop: Workshop, tmp_path_factory):
    """The report on a driver that sends, but receives something else."""
    text = DRIVER.read_text().replace("in8(port->base + DATA)", "in8(port->base + DATA) ^ 1")
    own = tmp_path_factory.mktemp("half")
    with workshop.changed(STAGE, {"serial.c": text}, own) as sources:
        report = workshop.grade(sources, own, seed=12345, LANGUAGE=request.param)
    report["language"], report["folder"] = request.param, own
    return report


def test_partial_credit(half_done: dict) -> None:
    passed = scores(half_done)
    assert passed["test_sent"] and not passed["test_received"]
    assert 0 < half_done["score"] < 100 and half_done["status"] == 1
    earned = sum(t["score"] for t in half_done["tests"])
    assert half_done["score"] == earned == half_done["extra_data"]["points"]
    assert sum(t["max_score"] for t in half_done["tests"]) == 100


def test_gradescope(half_done: dict) -> None:
    text = (half_done["folder"] / "results" / f"{STAGE.name}.json").read_text(encoding="utf-8")
    report = json.loads(text)
    assert set(report) <= {"score", "execution_time", "output", "stdout_visibility", "tests",
                           "extra_data", "visibility"}
    assert report["extra_data"]["seed"] == 12345
    assert report["extra_data"]["language"] == half_done["language"]
    for test in report["tests"]:
        assert {"name", "number", "score", "max_score", "status", "output"} <= set(test)
        assert test["status"] in ("passed", "failed")
        assert bool(test["output"]) == (test["status"] == "failed")


def test_junit(half_done: dict) -> None:
    suites = ElementTree.parse(half_done["folder"] / "results" / f"{STAGE.name}.xml")
    failed = {case.get("name") for case in suites.iter("testcase")
              if case.find("failure") is not None}
    assert failed == {name for name, passed in scores(half_done).items() if not passed}


def test_explanation(half_done: dict) -> None:
    headings = {"en": ("expected", "got", "why", "read"),
                "fr": ("attendu", "obtenu", "pourquoi", "à lire")}[half_done["language"]]
    for test in half_done["tests"]:
        if test["status"] == "failed":
            for heading in headings:
                assert re.search(f"^{heading}\u00a0?: ", test["output"], re.M)
            assert f"handouts/{half_done['language']}/01-boot.md#exercise-" in test["output"]
    assert f"{half_done['extra_data']['points']}/100" in half_done["printed"]
    assert "SEED=12345" in half_done["printed"]
