/* Words of a query are folded as those of the index are (grading/miroir/site/search.py). */
(() => {
  const fold = word => word.toLowerCase().replaceAll("œ", "oe").normalize("NFD")
    .replace(/\p{M}/gu, "").replace(/(?<=[\p{L}\p{N}_]{2}e)es?$/u, "");

  const Plain = Stemmer;
  Stemmer = function () {
    const stemmer = new Plain();
    this.stemWord = word => stemmer.stemWord(fold(word));
  };

  // A sentence with a number in it, which Sphinx looks up with the number.
  const found = /^Search finished, found (\d+) page.*/;
  if (document.documentElement.lang === "fr")
    Documentation.TRANSLATIONS = new Proxy(Documentation.TRANSLATIONS, {
      get: (words, english) => words[english] ?? (found.test(english)
        ? english.replace(found, "Recherche terminée : $1 résultat(s).") : undefined),
    });

  // Pages cannot be fetched from the file system: results come without an extract there.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
})();
