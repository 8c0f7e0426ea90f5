"""The built site, as files: complete, light, the same in both languages, and without dead links."""

import importlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import Workshop
from site_pages import LANGUAGES, Html, Site, built

from miroir.site import contracts
from miroir.site.paper import one_page
from miroir.stages import ROOT

pytest.importorskip("sphinx", reason="Sphinx is not installed: scripts/setup handouts")

pytestmark = pytest.mark.xdist_group("site")  # nobody else waits for it to be built

LIGHT = 400_000  # bytes of a page with all that it loads
QUICK = 2 * 60  # seconds of processor time for the whole site: a minute of two cores
DECLARED = re.compile(r"^(?!typedef)\w[\w *]*?(\w+)\([^;{}]*?\)[^;{}()]*[;{]", re.M)
HEAVY = ("searchindex.js",)


@pytest.fixture(scope="module", name="site")
def site_fixture(workshop: Workshop) -> Site:
    site = built(workshop.folder.parent / "site")
    assert site.made.status == 0, site.made.output
    return site


@cache
def html(path: Path) -> Html:
    return Html(path)


def test_built_quickly(site: Site) -> None:
    assert site.seconds < QUICK


def test_every_page_is_there_in_both_languages(site: Site) -> None:
    names = {language: [path.name for path in site.pages(language)] for language in LANGUAGES}
    assert names["en"] == names["fr"]
    sources = {path.stem for path in (ROOT / "handouts" / "en").glob("*.md")}
    assert sources <= {name.removesuffix(".html") for name in names["en"]}


def test_same_anchors_in_both_languages(site: Site) -> None:
    """The switch between the languages keeps the section."""
    for english, french in zip(site.pages("en"), site.pages("fr")):
        assert html(english).anchors == html(french).anchors, english.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_dead_links(site: Site, language: str) -> None:
    dead = []
    for page in site.pages(language):
        for link in html(page).links:
            path, _hash, anchor = link.partition("#")
            if re.match(r"[a-z]+:", path) or link in ("", "#"):
                continue
            target = (page.parent / unquote(path)).resolve() if path else page
            if not target.is_file() or (anchor and anchor not in html(target).anchors):
                dead.append(f"{page.name}: {link}")
    assert dead == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_light_and_self_contained(site: Site, language: str) -> None:
    for page in site.pages(language):
        assert not [part for part in html(page).parts if re.match(r"(https?:)?//|/", part)]
        files = {file for file in html(page).files() if file.name not in HEAVY}
        assert sum(file.stat().st_size for file in files) < LIGHT, page.name
        assert html(page).without_alternative == [], page.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_style_sheets_fetch_nothing_from_elsewhere(site: Site, language: str) -> None:
    for sheet in (site.folder / language / "_static").rglob("*.css"):
        assert not re.search(r"@import|url\([\"']?(https?:)?/", sheet.read_text()), sheet.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf(site: Site, language: str) -> None:
    pdf = site.folder / language / f"miroir-{language}.pdf"
    if "PDF" in site.made.output:
        pytest.skip("there is no Chromium")
    assert pdf.read_bytes().startswith(b"%PDF") and pdf.stat().st_size > 500_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_is_whole(site: Site, language: str) -> None:
    """Every page is on it, and its links lead to other places of it."""
    folder = site.folder / language
    text = one_page(folder)
    anchors = set(re.findall(r'\bid="([^"]+)"', text))
    pages = {f"page--{page.stem}" for page in site.pages(language) if page.stem != "search"}
    assert pages <= anchors
    inside = [link for link in re.findall(r'href="#([^"]+)"', text) if link not in anchors]
    assert inside == []
    assert not re.search(r'<a [^>]*href="(?!#|https?:)', text)


def test_landing_leads_to_both_languages(site: Site) -> None:
    page = html(site.folder / "index.html")
    assert sorted(page.links) == ["en/index.html", "fr/index.html"]


@pytest.mark.parametrize("folder", contracts.folders())
def test_reference_has_every_function(site: Site, folder: str) -> None:
    """Whatever looks like a declared function, by a cruder reading than the reference's own."""
    declared = set()
    for header in contracts.headers(folder):
        text = re.sub(r"/\*.*?\*/|^#.*(\\\n.*)*$", "", header.read_text(), flags=re.S | re.M)
        declared |= set(DECLARED.findall(text))
    places = contracts.places()
    missing = [name for name in declared - {"_Static_assert", "__attribute__"}
               if name not in places]
    assert missing == []
    anchors = html(site.folder / "en" / f"{contracts.page_of(folder)}.html").anchors
    assert {contracts.anchor(entry.names[0]) for header in contracts.headers(folder)
            for entry in contracts.entries(header)} <= anchors


@pytest.mark.parametrize("typed,written", [
    ("memoire", "mémoire"), ("defauts", "défaut"), ("repertoire", "répertoires"),
    ("libere", "libérées"), ("projete", "projetés"), ("coeur", "cœurs"), ("etape", "étapes")])
def test_words_are_found_without_their_accents(typed: str, written: str) -> None:
    search = importlib.import_module("miroir.site.search")
    french = search.French({})
    assert french.stem(typed) == french.stem(written)
