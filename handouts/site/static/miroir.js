/* The switch between the languages stays at the section that is being read, and is remembered. */
(() => {
  const sectionInView = () => {
    const above = [...document.querySelectorAll("article section[id]")]
      .filter(section => section.getBoundingClientRect().top < innerHeight / 4);
    return above.length > 1 ? above.at(-1).id : "";
  };

  for (const link of document.querySelectorAll("nav.languages a[hreflang]"))
    link.addEventListener("click", () => {
      link.hash = sectionInView();
      link.search = location.search;
      try {
        localStorage.setItem("language", link.hreflang);
      } catch { /* a browser that keeps nothing */ }
    });
})();
