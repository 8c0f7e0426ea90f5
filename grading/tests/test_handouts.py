"""The handouts: two languages, one structure, and nothing on a page that is not in the tree."""

import re

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
