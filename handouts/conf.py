"""The site's configuration, for both languages; `make handouts` says which by a tag."""

language = "fr" if tags.has("fr") else "en"  # type: ignore[name-defined]  # noqa: F821

project = "Miroir"
copyright = "Miroir, CC BY 4.0"
html_title = "Miroir"
extensions = ["myst_parser", "sphinx_copybutton", "miroir.site.pages"]
templates_path = ["site/templates"]
html_static_path = ["site/static"]
html_css_files = ["miroir.css"]
html_js_files = ["miroir.js"]
html_theme = "furo"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1d5fa8", "color-brand-content": "#1d5fa8"},
    # All of them: some packages of the theme lack its own for those whose system is dark.
    "dark_css_variables": {
        "color-brand-primary": "#8ab8ee",
        "color-brand-content": "#8ab8ee",
        "color-problematic": "#ee6a6a",
        "color-foreground-primary": "#d8d9db",
        "color-foreground-secondary": "#a5a9ae",
        "color-foreground-muted": "#8d939a",
        "color-foreground-border": "#666",
        "color-background-primary": "#15171a",
        "color-background-secondary": "#1c1f23",
        "color-background-hover": "#23272c",
        "color-background-hover--transparent": "#23272c00",
        "color-background-border": "#33373c",
        "color-background-item": "#444",
        "color-highlighted-background": "#1b4670",
        "color-highlight-on-target": "#2b2f14",
        "color-admonition-background": "#1c1f23",
        "color-card-border": "#1c1f23",
        "color-card-background": "#1c1f23",
        "color-card-marginals-background": "#23272c",
        "color-code-background": "#1e2226",
    },
}
html_sidebars = {"**": ["sidebar/brand.html", "sidebar/languages.html", "sidebar/search.html",
                        "sidebar/scroll-start.html", "sidebar/navigation.html",
                        "sidebar/scroll-end.html"]}
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_permalinks_icon = "#"
html_search_language = language
pygments_style = "tango"
pygments_dark_style = "github-dark"  # contracts are comments: they must be easy to read
highlight_language = "none"

# What one types, without what the machine says before it.
copybutton_prompt_text = r"\$ |miroir> |\(gdb\) "
copybutton_prompt_is_regexp = True

# The words that the theme has in English only, by the filter of the template that changes them.
FRENCH = {
    "translated": {
        "Hide navigation sidebar": "Masquer la navigation",
        "Hide table of contents sidebar": "Masquer le sommaire de la page",
        "Toggle site navigation sidebar": "Afficher la navigation",
        "Toggle table of contents sidebar": "Afficher le sommaire de la page",
        "Toggle Light / Dark / Auto color theme": "Thème clair, sombre ou automatique",
        "Back to top": "Haut de page",
        "On this page": "Sur cette page",
    },
    "translated_footer": {"Made with": "Fait avec", " and ": " et ", ">Home<": ">Accueil<",
                          ">Next<": ">Suivant<", ">Previous<": ">Précédent<",
                          # This one says whose theme it is, in an order that is not French.
                          '<a class="muted-link" href="https://pradyunsg.me">@pradyunsg</a>\'s':
                          ""},
}
ENGLISH: dict[str, dict[str, str]] = {"translated": {}, "translated_footer": {}}
html_context = {"words": FRENCH if language == "fr" else ENGLISH, "pdf": f"miroir-{language}.pdf"}
