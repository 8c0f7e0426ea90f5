"""The handouts: two languages, one structure, and nothing on a page that is not in the tree."""

import html
import re
import unicodedata
from functools import cache
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


def included(file: Path, options: str) -> list[str]:
    """Returns the lines of FILE that OPTIONS, those of an inclusion, choose."""
    lines = file.read_text(encoding="utf-8").splitlines()
    said = dict(re.findall(r":((?:start|end)-\w+): (.*)", options))

    def place(option: str, start: int = 0) -> int:
        return next(number for number, line in enumerate(lines[start:], start)
                    if said[option] in line)

    first = place("start-at") if "start-at" in said else \
        place("start-after") + 1 if "start-after" in said else 0
    last = place("end-at", first) + 1 if "end-at" in said else \
        place("end-before", first + 1) if "end-before" in said else len(lines)
    return [line for line in lines[first:last] if line.strip()]


@pytest.mark.parametrize("name", PAGES)
def test_included_code_is_whole(name: str) -> None:
    """No declaration or comment of a header is cut off by a marker in the midst of it."""
    for path, options in INCLUDE.findall(page("en", name)):
        if not path.endswith((".h", ".c")):
            continue
        lines = included((HANDOUTS / "en" / path).resolve(), options)
        text = "\n".join(lines)
        assert not lines[-1].endswith((",", "(", "{", "=", "\\")), (path, lines[-1])
        if not lines[0].startswith(("The ", " *")):  # a comment without its first line
            assert text.count("/*") == text.count("*/"), (path, lines[0], lines[-1])


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


COMMENTS = {".asm": r";.*", ".c": r"/\*.*?\*/|//[^\n]*", ".h": r"/\*.*?\*/|//[^\n]*"}
NAMED = {".asm": r"^(\w+):|(?:call|extern) (\w+)", ".c": r"\b(\w+)\s*\(()", ".h": r"\b(\w+)\s*\(()"}


@cache
def functions_there_are() -> set[str]:
    """Returns every function and macro of the kernel and the reference. What only a comment, a
    check or a mutant still calls by its name is none any more."""
    found = {"__builtin_return_address"}  # the compiler's
    for path in [*(ROOT / "kernel").rglob("*.*"), *(ROOT / "solutions").glob("*/*.*")]:
        if path.suffix in COMMENTS:
            flags = re.M if path.suffix == ".asm" else re.S
            code = re.sub(COMMENTS[path.suffix], "", path.read_text(encoding="utf-8"), flags=flags)
            for names in re.findall(NAMED[path.suffix], code, re.M):
                found |= set(names)
    return found


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_functions_and_targets_exist(language: str, name: str) -> None:
    text = INCLUDE.sub("", page(language, name))
    functions = set(re.findall(r"`(\w+)\(\)?", text))
    assert sorted(functions - functions_there_are()) == []
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
    # Sphinx takes an apostrophe before code, emphasis or a guillemet for a closing quote.
    assert re.findall(r"\w+'[*`«]\S*", CODE.sub("", page("fr", name))) == []


def terms(language: str) -> list[tuple[str, str]]:
    """Returns the glossary's terms, in the page's language and in the other."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .* \|$", page(language, "glossary.md"), re.M)
    return rows[1:]  # without the words over the columns


def in_the_alphabet(term: str) -> str:
    plain = unicodedata.normalize("NFD", term.lower().replace("œ", "oe"))
    return re.sub(r"[^a-z0-9 ]", "", plain)


def test_glossaries_have_the_same_terms() -> None:
    english, french = terms("en"), terms("fr")
    assert sorted(english) == sorted((other, own) for own, other in french)
    assert len(english) > 50
    for rows in (english, french):
        names = [in_the_alphabet(own) for own, _other in rows]
        assert names == sorted(names)


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


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.name)
def test_words_in_figures_are_typeset(figure: Path) -> None:
    """As those of the page are: with curved apostrophes, and in French with spaces that hold."""
    if figure.name.startswith("verdict"):
        pytest.skip("what a terminal shows")
    words = [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)<", figure.read_text())]
    assert [text for text in words if re.search(r"[^\W\d]['\"]|['\"][^\W\d]", text)] == []
    if figure.name.endswith(".fr.svg"):
        assert [text for text in words
                if re.search(r" [;:!?»](\s|$)|« |[^\s\u00a0\u202f][;!?»]", text)] == []
