"""The student's language, chosen as gettext does, for everything that is printed.

The catalogues are the ``fr.po`` files beside the code that they translate; Babel reads them as
they are, so that nothing has to be compiled.
"""

import os
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "fr")
GRADING = Path(__file__).resolve().parent.parent


def choose(environment: dict[str, str]) -> str:
    """Returns the first language that ENVIRONMENT asks for and that there is; otherwise "en"."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = environment.get(variable, "")
        if wanted:
            for name in wanted.split(":"):
                code = name.replace("-", "_").split("_")[0].split(".")[0].lower()
                if code in LANGUAGES:
                    return code
            break
    return "en"


language = choose(dict(os.environ))


def catalogues() -> list[Path]:
    """Returns the French catalogues: the grader's, then the stages'."""
    return [GRADING / "miroir" / "fr.po", *sorted(GRADING.glob("[0-9][0-9]-*/fr.po"))]


@lru_cache(maxsize=None)
def _messages() -> dict[str, str]:
    if language == "en":
        return {}
    from babel.messages.pofile import read_po

    messages: dict[str, str] = {}
    for path in catalogues():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and not message.fuzzy:
                    messages[message.id] = message.string
    return messages


def _(text: str) -> str:
    """Returns TEXT, which is English, in the student's language."""
    return _messages().get(text, text)
