"""The kit's extension of Sphinx: anchors, links, figures, search, and what templates are told."""

import gc
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes  # type: ignore
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from . import anchors, contracts, search, theme
from .navigation import Navigation

MARKER = re.compile(r"^(:(?:start|end)-[a-z]+:) ([^\n\"']+)$", re.M)
LOCAL = re.compile(r"\]\(#([\w-]+)\)")
LINK = re.compile(r"([\w-]+)\.md(?:#([\w-]+))?$")
UNUSED_SCRIPTS = ("jquery", "underscore", "_sphinx_javascript_frameworks_compat")
log = logging.getLogger(__name__)


def _english(srcdir: str) -> Path:
    return Path(srcdir).parent / "en"


class SameAnchors(SphinxTransform):
    """Gives each section the anchor that it has in English, and no other. Labels are dropped:
    `exercise-1` is on every page, and links say which page they mean."""

    default_priority = 840  # after docutils' own targets, before Sphinx collects labels (850)

    def apply(self, **_options: Any) -> None:
        names = anchors.of_page(_english(self.app.srcdir), self.env.docname)
        sections = list(self.document.findall(nodes.section))
        if len(names) != len(sections):
            log.warning("headings differ from those of the English page", location=self.env.docname)
        for section, name in zip(sections, names):
            section["ids"] = [name]
            section["names"] = []
        for target in list(self.document.findall(nodes.target)):
            target.parent.remove(target)
        self.document.nametypes.clear()


class Links(SphinxPostTransform):
    """Links such as `page.md#anchor`. What leads nowhere is a warning, and those are errors."""

    default_priority = 8  # before MyST's own resolver, which knows labels of the whole site only

    def run(self, **_options: Any) -> None:
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node.get("refdomain") == "doc":  # MyST from 1.0 on has taken it apart already
                self._resolve(node, node["reftarget"], node.get("reftargetid"))
            elif node.get("reftype") == "myst" and (match := LINK.match(node["reftarget"])):
                self._resolve(node, match[1], match[2])

    def _resolve(self, node: nodes.Element, page: str, anchor: str | None) -> None:
        if page not in self.env.found_docs or (
                anchor and anchor not in anchors.of_page(_english(self.app.srcdir), page)):
            log.warning("dead link: %s", node["reftarget"], location=node)
        uri = self.app.builder.get_relative_uri(self.env.docname, page)
        uri = f"{uri}#{anchor}" if anchor else uri
        node.replace_self(nodes.reference("", "", *node.children[0].children, internal=True,
                                          refuri=uri))


class Functions(SphinxPostTransform):
    """Each function named in a sentence leads to its contract."""

    default_priority = 20

    def run(self, **_options: Any) -> None:
        places = self.config.contract_places
        for node in list(self.document.findall(nodes.literal)):
            place = places.get(node.astext().removesuffix("()"))
            if not place or not node.astext().endswith("()") or isinstance(
                    node.parent, (nodes.title, nodes.reference)):
                continue
            page, _hash, anchor = place.partition("#")
            uri = f"{self.app.builder.get_relative_uri(self.env.docname, page)}#{anchor}"
            link = nodes.reference("", "", internal=True, refuri=uri, classes=["contract"])
            node.replace_self(link)
            link += node


class Figures(SphinxTransform):
    """A picture that is a paragraph of its own is a figure: it may scroll on a narrow screen."""

    default_priority = 500

    def apply(self, **_options: Any) -> None:
        for image in list(self.document.findall(nodes.image)):
            paragraph = image.parent
            if isinstance(paragraph, nodes.paragraph) and len(paragraph) == 1:
                paragraph.replace_self(nodes.container("", image, classes=["picture"]))


def prepare(_app: Sphinx, page: str, source: list[str]) -> None:
    """Pages write the markers of included code as they stand in it; MyST reads YAML there, in which
    # starts a comment. A link inside of a page is made one to the page, as all others are."""
    text = MARKER.sub(lambda match: f"{match[1]} {json.dumps(match[2])}", source[0])
    source[0] = LOCAL.sub(rf"]({page}.md#\1)", text)


def leave_out_absent_pages(app: Sphinx, page: str, source: list[str]) -> None:
    """Takes from the first page's lists those pages that come with a stage which is not there."""
    if page == "index":
        source[0] = re.sub(r"^requests\n", lambda line: line[0] * (
            line[0].strip() in app.env.found_docs), source[0], flags=re.M)


def tell_templates(app: Sphinx, page: str, _template: str, context: dict, _tree: Any) -> None:
    """Adds the same page in each language, and takes out scripts that nothing here needs."""
    context["languages"] = [
        {"code": code, "name": name, "here": code == app.config.language,
         "page": f"../{code}/{page}.html"}
        for code, name in (("en", "English"), ("fr", "Français"))]
    context["script_files"] = [
        script for script in context.get("script_files", [])
        if not any(name in str(getattr(script, "filename", script)) for name in UNUSED_SCRIPTS)]


def add_filters(app: Sphinx) -> None:
    """Gives templates filters for the words that the theme has in English only."""
    def translated(text: str, words: dict[str, str]) -> str:
        for english, own in words.items():
            text = text.replace(english, own)
        return text

    filters = app.builder.templates.environment.filters  # type: ignore[union-attr]
    for name, words in app.config.html_context["words"].items():
        filters[name] = partial(translated, words=words)


def mend_theme(app: Sphinx, error: Exception | None) -> None:
    """Called when all is written."""
    if not error:
        theme.join(Path(app.outdir) / "_static")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    gc.disable()  # all that Sphinx makes it keeps: looking for garbage takes it a fifth of its time
    # Part of the configuration, so that every page is made anew when a function comes or goes.
    app.add_config_value("contract_places", contracts.places(), "env")
    for language in (search.English, search.French):
        app.add_search_language(language)
    for transform in (SameAnchors, Figures):
        app.add_transform(transform)
    for post_transform in (Links, Functions):
        app.add_post_transform(post_transform)
    app.connect("source-read", prepare)
    app.connect("source-read", leave_out_absent_pages)
    app.connect("html-page-context", Navigation().tell_templates, priority=400)
    app.connect("html-page-context", tell_templates, priority=900)
    app.connect("build-finished", mend_theme)
    app.connect("builder-inited", add_filters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
