"""The site in a browser, from a sub-folder of a local server and from the file system."""

import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import Workshop
from site_pages import LANGUAGES, Site, built

from miroir.site.paper import browser as chromium
from miroir.stages import ROOT

pytest.importorskip("selenium", reason="Selenium is not installed: scripts/setup handouts tests")
pytest.importorskip("sphinx", reason="Sphinx is not installed: scripts/setup handouts")
if not (chromium() and shutil.which("chromedriver")):
    pytest.skip("Chromium or its driver is not installed: scripts/setup handouts tests",
                allow_module_level=True)
if TYPE_CHECKING:
    from browser import Browser
else:
    Browser = pytest.importorskip("browser").Browser

pytestmark = pytest.mark.xdist_group("site")

WIDE, MEDIUM, NARROW = 1400, 1100, 375
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
RESULTS = "[...document.querySelectorAll('#search-results li > a')].map(a => a.pathname)"
SUMMARY = "document.querySelector('#search-results p')?.textContent"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Does not print what it serves."""

    def log_message(self, *_message: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module", name="site")
def site_fixture(workshop: Workshop) -> Site:
    return built(workshop.folder.parent / "site")


@pytest.fixture(scope="module", name="host")
def host_fixture(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("www")
    (root / "courses").mkdir()
    (root / "courses" / "miroir").symlink_to(site.folder)
    server = http.server.ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", name="address")
def address_fixture(host: str) -> str:
    return f"{host}/courses/miroir"


@pytest.fixture(scope="module", name="window")
def window_fixture() -> Iterator[Browser]:
    with Browser() as window:
        yield window


# Loads pages one after the other in a frame of a window, which costs half of what a window costs.
# Gives the address where each was found, its language, and the widths at which it is wider.
FRAMED = r"""async (pages, widths) => {
  const frame = document.createElement("iframe");
  frame.style = "visibility: hidden; height: 900px; border: 0";
  document.body.replaceChildren(frame);
  const seen = [];
  for (const page of pages) {
    await new Promise(loaded => { frame.onload = loaded; frame.src = page; });
    const { contentDocument: { URL, documentElement: root }, contentWindow } = frame;
    const wider = widths.filter(width => {
      frame.style.width = `${width}px`;
      return contentWindow.innerWidth !== width || root.scrollWidth > root.clientWidth;
    });
    seen.push([URL, root.lang, wider]);
  }
  return seen;
}"""


def brightness(window: Browser) -> int:
    red, green, blue = map(int, re.findall(r"\d+", window.run(BACKGROUND))[:3])
    return (red + green + blue) // 3


def find(window: Browser, folder: str, words: str) -> list[str]:
    """Returns the names of the pages that a search for WORDS finds, best first."""
    window.open(f"{folder}/search.html?q={words}&check_keywords=yes&area=default")
    window.wait(f"/\\d| one page/.test({SUMMARY})")
    window.wait(f"{RESULTS}.length >= +(/\\d+/.exec({SUMMARY}) ?? [1])[0]")
    return [path.rpartition("/")[2] for path in window.run(RESULTS)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_error_no_other_host_no_sideways_scrolling(window: Browser, site: Site, host: str,
                                                      address: str, language: str) -> None:
    window.open(host)  # a list of files, as the frame's page
    window.emulate(WIDE)
    window.requests()
    window.errors()
    folder = f"{address}/{language}"
    pages = [f"{folder}/{page.name}" for page in site.pages(language)]
    seen = window.call(FRAMED, pages, [WIDE, MEDIUM, NARROW])
    assert [page for page, *_rest in seen] == pages
    assert {spoken for _page, spoken, _widths in seen} == {language}
    assert [(page, widths) for page, _spoken, widths in seen if widths] == []
    assert {url for url in window.requests() if not url.startswith((host, "data:"))} == set()
    assert window.errors() == []


@pytest.mark.parametrize("wanted,got", [("fr-CA,fr", "fr"), ("en-GB,en", "en"), ("de,fr,en", "fr"),
                                        ("de", "en")])
def test_landing_honours_the_language_of_the_browser(window: Browser, host: str, address: str,
                                                     wanted: str, got: str) -> None:
    window.forget(host)
    window.speak(wanted)
    try:
        window.open(f"{address}/")
        window.wait(f"location.pathname.endsWith('/{got}/index.html')")
    finally:
        window.speak("en")


def test_switch_keeps_page_and_section_and_is_remembered(window: Browser, address: str) -> None:
    window.emulate(WIDE)
    window.open(f"{address}/en/03-frames.html#exercise-3")
    window.wait("document.querySelector('#exercise-3').getBoundingClientRect().top < 200")
    window.run("document.querySelector('.sidebar-sticky nav.languages a[hreflang=fr]').click()")
    window.wait("location.pathname.endsWith('/fr/03-frames.html')")
    assert window.run("location.hash") == "#exercise-3"
    assert "Exercice 3" in window.run("document.querySelector('#exercise-3 h3').textContent")
    window.open(f"{address}/")
    window.wait("location.pathname.endsWith('/fr/index.html')")
    window.run("document.querySelector('.sidebar-sticky nav.languages a[hreflang=en]').click()")
    window.wait("location.pathname.endsWith('/en/index.html')")


@pytest.mark.parametrize("typed,without", [("mémoire", "memoire"), ("défauts", "defaut"),
                                           ("répertoires", "repertoire"), ("cœur", "coeur")])
def test_french_search_does_not_mind_accents(window: Browser, address: str, typed: str,
                                             without: str) -> None:
    """The same pages in the same order; a title that is written like this comes once more."""
    found = list(dict.fromkeys(find(window, f"{address}/fr", typed)))
    assert found and found == list(dict.fromkeys(find(window, f"{address}/fr", without)))


def test_search_finds_functions_and_words(window: Browser, address: str) -> None:
    assert "reference-03-frames.html" in find(window, f"{address}/en", "frame_references")
    assert "memory-layout.html" in find(window, f"{address}/en", "layouts") + \
        find(window, f"{address}/en", "identity")
    assert "glossary.html" in find(window, f"{address}/en", "defaut")


def test_dark_mode(window: Browser, address: str) -> None:
    window.emulate(WIDE, dark=True)
    window.open(f"{address}/en/04-paging.html")
    assert brightness(window) < 60
    window.emulate(WIDE)
    assert brightness(window) > 200
    for _unused in range(3):  # light, dark, automatic: in the order of the theme
        window.run("document.querySelector('.theme-toggle-content .theme-toggle').click()")
        if window.run("document.body.dataset.theme") == "dark":
            assert brightness(window) < 60
    assert window.run("document.body.dataset.theme") == "auto"


def test_copy_buttons_and_neighbours(window: Browser, address: str) -> None:
    window.open(f"{address}/fr/03-frames.html")
    window.wait("document.querySelectorAll('button.copybtn').length > 5")
    assert window.run("document.querySelector('.next-page').pathname").endswith("04-paging.html")
    assert window.run("document.querySelector('.prev-page').pathname").endswith("02-traps.html")


def test_without_scripts(site: Site) -> None:
    with Browser(scripts=False) as window:
        window.emulate(NARROW, dark=True)
        page = (site.folder / "fr" / "01-boot.html").as_uri()
        window.open(page)
        assert not window.run("document.documentElement.classList.contains('js')")
        assert brightness(window) < 60
        links = window.run("[...document.querySelectorAll('article nav.languages a')]"
                           ".filter(a => a.checkVisibility()).map(a => a.href)")
        assert (site.folder / "en" / "01-boot.html").as_uri() in links


def test_from_the_file_system(window: Browser, site: Site) -> None:
    window.errors()
    folder = (site.folder / "fr").as_uri()
    window.open(f"{folder}/04-paging.html")
    window.wait("document.querySelectorAll('button.copybtn').length > 5")
    assert "04-paging.html" in find(window, folder, "répertoire")
    assert window.errors() == []


# Words too near to the card's edge, on one another, or on the line or border of another shape; and
# shapes that leave the card. What is pale (a grid, a circle to guide the eye) may lie under words.
COLLISIONS = r"""figure => {
  const { documentElement } = new DOMParser().parseFromString(figure, "image/svg+xml");
  document.replaceChild(documentElement, document.documentElement);
  if (documentElement.localName !== "svg") return [documentElement.textContent];
  const texts = [...document.querySelectorAll('text')].filter(each => each.textContent.trim())
    .map(each => [each.textContent.trim(), each.getBoundingClientRect()]);
  const shapes = [...document.querySelectorAll('rect, circle, path')]
    .filter(each => !each.closest('defs'));
  const card = shapes.shift().getBoundingClientRect();
  const outside = (box, margin) => box.left < card.left + margin || box.top < card.top + 1
    || box.right > card.right - margin || box.bottom > card.bottom - 1;
  const wrong = texts.filter(([, box]) => outside(box, 5)).map(([text]) => `outside: ${text}`);
  texts.forEach(([text, a], place) => texts.slice(place + 1).forEach(([other, b]) => {
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6)
      wrong.push(`${text} on ${other}`);
  }));
  for (const shape of shapes) {
    const { stroke } = getComputedStyle(shape);
    const [red, green, blue] = stroke.match(/\d+/g) ?? [255, 255, 255];
    if (outside(shape.getBoundingClientRect(), 1)) wrong.push(`outside: ${shape.outerHTML}`);
    if (+red + +green + +blue > 450) continue;
    const screen = shape.getScreenCTM();
    const crossed = new Set();
    const length = shape.getTotalLength();
    for (let at = 0; at <= length; at += 2) {
      const { x, y } = shape.getPointAtLength(at).matrixTransform(screen);
      for (const [text, box] of texts)
        if (x > box.left - 2 && x < box.right + 2 && y > box.top + 4.5 && y < box.bottom - 4.5)
          crossed.add(text);
    }
    for (const text of crossed) wrong.push(`${text} on ${shape.outerHTML}`);
  }
  return wrong;
}"""
DRAWN = [path for path in sorted((ROOT / "handouts" / "figures").glob("*.svg"))
         if not path.name.startswith("verdict")]


@pytest.mark.parametrize("figure", DRAWN, ids=lambda path: path.name)
def test_words_in_figures_can_be_read(window: Browser, figure: Path) -> None:
    """None leaves the card, none lies on another, no line goes through any."""
    drawing = figure.read_text(encoding="utf-8")
    window.emulate(int(re.findall(r'viewBox="0 0 (\d+)', drawing)[0]))
    if window.run("location.href") != "about:blank":
        window.open("about:blank")
    assert window.call(COLLISIONS, drawing) == []
