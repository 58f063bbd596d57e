// The heading tree of the notice viewer: where one reads is marked in it, and on a narrow screen a button shows it.
(() => {
  "use strict";
  const mark = (text) => {
    const viewer = text.closest(".viewer");
    const top = text.getBoundingClientRect().top + 80;
    const read = [...text.querySelectorAll("section[id]")].filter((part) => part.getBoundingClientRect().top <= top);
    const links = [...viewer.querySelectorAll("nav a[data-jump]")];
    const known = new Set(links.map((link) => link.dataset.jump));
    const at = read.reverse().find((part) => known.has(part.id))?.id;
    for (const link of links) {
      if (link.dataset.jump !== at) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "location");
        link.scrollIntoView({ block: "nearest" });
      }
    }
  };

  let waiting = 0;
  document.addEventListener(
    "scroll",
    (event) => {
      if (waiting || !event.target.matches?.(".viewer .text")) return;
      waiting = setTimeout(() => {
        waiting = 0;
        if (event.target.isConnected) mark(event.target);
      }, 120);
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-contents]");
    const viewer = event.target.closest(".viewer");
    if (button) button.setAttribute("aria-expanded", String(viewer.classList.toggle("contents")));
    else if (viewer && event.target.closest("nav a")) viewer.classList.remove("contents");
  });
})();
