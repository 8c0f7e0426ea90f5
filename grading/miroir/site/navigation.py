"""The list of all pages beside each page. Sphinx copies the headings of all pages to write it, once
for each page, and throws all but the titles away: a quarter of its time. Here they are thrown away
once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from docutils import nodes  # type: ignore
from sphinx import addnodes
from sphinx.application import Sphinx


def _title(headings: Any) -> nodes.Element:
    """Returns the HEADINGS of a page without those under its title, which may be lists of pages."""
    short = headings.deepcopy()
    for top in short:
        if len(top) > 1:
            lists = list(top[1].findall(addnodes.toctree))
            top[1:] = [nodes.bullet_list("", *lists)] if lists else []
    return short


class Navigation:
    """Makes quick what templates call to get that list."""

    def __init__(self) -> None:
        self.titles: dict[str, nodes.Element] = {}

    def tell_templates(self, app: Sphinx, _page: str, _template: str, context: dict,
                       _tree: Any) -> None:
        """For the event html-page-context, before the theme hears of it."""
        if "toctree" in context:
            context["toctree"] = partial(self.toctree, app.env, context["toctree"])

    def toctree(self, env: Any, sphinx: Callable[..., str], **options: Any) -> str:
        """Does what SPHINX does, which knows nothing but titles if nothing else is asked for."""
        if not options.get("titles_only"):
            return sphinx(**options)
        headings = env.tocs
        self.titles = self.titles or {page: _title(headings[page]) for page in headings}
        env.tocs = self.titles
        try:
            return sphinx(**options)
        finally:
            env.tocs = headings
