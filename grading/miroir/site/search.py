"""Search that does not mind accents: typed or not, on the page or not, a word is the same. What is
done to words here is done to the words of a query in ``handouts/site/static/search.js``."""

import re
import unicodedata

from sphinx.search import SearchLanguage
from sphinx.search.en import SearchEnglish
from sphinx.search.fr import SearchFrench


def fold(word: str) -> str:
    """Returns WORD in small letters without accents. The endings of French participles become one:
    without their accents the stemmer would not know them."""
    plain = unicodedata.normalize("NFD", word.lower().replace("œ", "oe"))
    return re.sub(r"(?<=\w\we)es?$", "", "".join(c for c in plain if not unicodedata.combining(c)))


class _Folded(SearchLanguage):
    def init(self, options: dict) -> None:
        super().init(options)
        self.stopwords = set(self.stopwords) | {fold(word) for word in self.stopwords}

    def stem(self, word: str) -> str:
        return super().stem(fold(word))


class English(_Folded, SearchEnglish):
    """English, in which French terms may be found."""


class French(_Folded, SearchFrench):
    """French, with its stemmer."""
