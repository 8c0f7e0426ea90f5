"""The handouts: two languages, one structure, and nothing on a page that is not in the tree."""

import re
from pathlib import Path

import pytest

from miroir.stages import ROOT, Stage, all_stages

HANDOUTS = ROOT / "handouts"
STAGES = all_stages()
PAGES = sorted({path.name for path in HANDOUTS.glob("*/*.md")})
LANGUAGES = ("en", "fr")
INCLUDE = re.compile(r"```{literalinclude} (\S+)\n((?::.*\n)*)```")
CODE = re.compile(r"```.*?^```$", re.S | re.M)


def page(language: str, name: str) -> str:
    return (HANDOUTS / language / name).read_text(encoding="utf-8")


def structure(text: str) -> list[str]:
    """Returns the levels of the headings, the anchors, the included code, the figures, in order."""
    includes = INCLUDE.sub(lambda m: f"INCLUDE {m[1]} {m[2].split()}\n", text)
    shape = []
    for line in CODE.sub("CODE", includes).splitlines():
        if line.startswith("#"):
            shape.append(re.match(r"#+", line)[0])  # type: ignore[index]
        elif match := re.match(r"\(([\w-]+)\)=$|INCLUDE .*|CODE$", line):
            shape.append(match[0])
        else:
            shape += [re.sub(r"\.(en|fr)\.svg", ".svg", figure)
                      for figure in re.findall(r"!\[[^]]*\]\(([^)]*)\)", line)]
    return shape


@pytest.mark.parametrize("stage", STAGES, ids=str)
def test_every_stage_has_its_pages(stage: Stage) -> None:
    assert f"{stage.name}.md" in PAGES


@pytest.mark.parametrize("name", PAGES)
def test_same_structure(name: str) -> None:
    assert structure(page("en", name)) == structure(page("fr", name))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_included_code_is_there(language: str, name: str) -> None:
    for path, options in INCLUDE.findall(page(language, name)):
        file = (HANDOUTS / language / path).resolve()
        assert file.is_file(), path
        lines = file.read_text(encoding="utf-8")
        for marker in re.findall(r":(?:start-at|start-after|end-at|end-before): (.*)", options):
            assert marker in lines, f"{path}: {marker}"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_links_and_figures(language: str, name: str) -> None:
    text = CODE.sub("", page(language, name))
    for alternative, target in re.findall(r"!\[([^]]*)\]\(([^)]*)\)", text):
        assert (HANDOUTS / language / target).is_file(), target
        assert len(alternative) > 20, f"{target}: no alternative text"
        assert f".{language}.svg" in target
    for target in re.findall(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)", text):
        path, _hash, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (HANDOUTS / language / path) if path else HANDOUTS / language / name
        assert file.exists(), target
        if anchor:
            assert f"({anchor})=" in file.read_text(encoding="utf-8"), target


@pytest.mark.parametrize("stage", STAGES, ids=str)
def test_checks_read_anchors_that_exist(stage: Stage) -> None:
    anchors = set()
    for path in stage.checks.glob("test_*.py"):
        anchors |= set(re.findall(r'read="([\w-]+)"', path.read_text(encoding="utf-8")))
    assert anchors
    for language in LANGUAGES:
        text = page(language, f"{stage.name}.md")
        assert sorted(a for a in anchors if f"({a})=" not in text) == []


def known_words() -> set[str]:
    """Returns every name in the kernel, the solutions and the grader, and every make target."""
    words: set[str] = set()
    for folder in ("kernel", "solutions", "grading"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".c", ".h", ".asm", ".py", ".mk", ".ld", ".gdb", ".toml"):
                words |= set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return words


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_functions_and_targets_exist(language: str, name: str) -> None:
    text = INCLUDE.sub("", page(language, name))
    functions = set(re.findall(r"`(\w+)\(\)?", text))
    assert sorted(functions - known_words()) == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert sorted(set(re.findall(r"`make ([a-z]+)", text)) - targets) == []


@pytest.mark.parametrize("name", PAGES)
def test_french_typography(name: str) -> None:
    text = re.sub(r"`[^`\n]*`|\]\([^)]*\)|<[^>]*>|\([\w-]+\)=", "", CODE.sub("", page("fr", name)))
    text = re.sub(r"\|[\s:|-]+\|$|^[:>|{].*{.*$", "", text, flags=re.M)
    wrong = [line for line in text.splitlines()
             if re.search(r"[^\s\u00a0\u202f:!?*]([;!?»])|\w:(\s|$)| [;!?»:](\s|$)"
                          r"|«[^\u00a0\u202f]", line)]
    assert wrong == []


CHECK = re.compile(r'@check\((\d+), [^@]*?read="(exercise-\d+)"([^@]*?)\)\n(?:@|def )')
EXERCISE = re.compile(r"^\((exercise-\d+)\)=\n+"
                      r"#+ .*\((bonus, )?(\d+)\s?points?(?:, bonus (\d+))?.*\)$", re.M)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES, ids=str)
def test_points_are_those_of_the_checks(stage: Stage, language: str) -> None:
    points: dict[str, list[int]] = {}
    for path in stage.checks.glob("test_*.py"):
        for count, exercise, rest in CHECK.findall(path.read_text(encoding="utf-8")):
            points.setdefault(exercise, [0, 0])["bonus=True" in rest] += int(count)
    exercises = EXERCISE.findall(page(language, f"{stage.name}.md"))
    said = {exercise: [0, int(count)] if only_bonus else [int(count), int(bonus or 0)]
            for exercise, only_bonus, count, bonus in exercises}
    assert said == points


FIGURES = sorted((HANDOUTS / "figures").glob("*.svg"))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.name)
def test_figures(figure: Path) -> None:
    """Each in both languages, shown somewhere, on a card of its own so that any background will do,
    and with nothing that a browser would have to fetch."""
    for language in LANGUAGES:
        assert figure.with_name(re.sub(r"\.(en|fr)\.", f".{language}.", figure.name)).is_file()
    shown = [*HANDOUTS.glob("*/*.md"), ROOT / "README.md", ROOT / "LISEZMOI.md"]
    assert any(figure.name in path.read_text(encoding="utf-8") for path in shown)
    text = figure.read_text(encoding="utf-8")
    assert "<title>" in text or figure.name.startswith("verdict")
    assert re.search(r'<rect[^>]*fill="#[0-9a-f]{3,6}"', text)
    assert not re.search(r'(?:href|src)="http|@import|url\(http', text)
