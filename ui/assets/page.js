// What the page does by itself: jumping, copying, the theme, stepping and finding in a notice, the address.
(() => {
  "use strict";
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const narrow = () => matchMedia("(max-width: 899px)").matches;

  const flash = (node) => {
    node.classList.remove("flash");
    void node.offsetWidth;
    node.classList.add("flash");
  };

  const goto = (node, block = "center") => {
    if (!node) return;
    node.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });
    node.focus({ preventScroll: true });
    flash(node);
  };

  const address = (search) => {
    const kept = new URLSearchParams(location.search).get("__theme");
    const theme = kept ? `${search ? "&" : "?"}__theme=${encodeURIComponent(kept)}` : "";
    if (location.search !== search + theme) history.pushState({}, "", location.pathname + search + theme);
  };

  const say = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const before = button.dataset.label || button.textContent;
    button.dataset.label = before;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = before), 1600);
  };

  const step = (viewer, by) => {
    const places = [...viewer.querySelectorAll("mark[id]")];
    if (!places.length) return;
    const at = places.findIndex((place) => place.classList.contains("current"));
    const next = (at + by + places.length) % places.length;
    const name = places[next].id.replace("place-", "");
    viewer.querySelectorAll("mark.current").forEach((place) => place.classList.remove("current"));
    places[next].classList.add("current");
    const [start, end] = name.split("-");
    address(`?${new URLSearchParams({ notice: viewer.dataset.notice, start, end })}`);
    count(viewer);
    goto(places[next]);
  };

  const count = (viewer) => {
    const output = viewer.querySelector("output.count");
    if (!output) return;
    const places = [...viewer.querySelectorAll("mark[id]")];
    output.textContent = `${places.findIndex((place) => place.classList.contains("current")) + 1} / ${places.length}`;
  };

  const find = (input, by = 0) => {
    const viewer = input.closest(".viewer");
    const wanted = input.value.trim().toLowerCase();
    const ranges = [];
    const walker = document.createTreeWalker(viewer.querySelector(".text"), NodeFilter.SHOW_TEXT);
    while (wanted && walker.nextNode()) {
      const text = walker.currentNode.data.toLowerCase();
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
        const range = new Range();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + wanted.length);
        ranges.push(range);
      }
    }
    const same = input.dataset.found === wanted;
    const at = ranges.length ? (same ? Number(input.dataset.at) + by + ranges.length : 0) % ranges.length : 0;
    Object.assign(input.dataset, { found: wanted, at });
    if (window.CSS && CSS.highlights) {
      CSS.highlights.set("found", new Highlight(...ranges));
      CSS.highlights.set("found-current", new Highlight(...ranges.slice(at, at + 1)));
    }
    viewer.querySelector("output.found").textContent = wanted ? `${ranges.length && at + 1} / ${ranges.length}` : "";
    if (ranges.length) ranges[at].startContainer.parentElement.scrollIntoView({ block: "center" });
  };

  // The drawers stand where the sources stand; one is open, or none.
  const drawer = (name, focus = true) => {
    const { dataset } = document.body;
    const before = dataset.drawer || "";
    if (name) dataset.drawer = name;
    else delete dataset.drawer;
    document.querySelector(".head")?.classList.remove("open");
    document
      .querySelectorAll(".head [data-drawer]")
      .forEach((button) => button.setAttribute("aria-expanded", String(button.dataset.drawer === name)));
    if (!focus) return;
    if (name) goto(document.querySelector(`#${name} .drawer h2`), narrow() ? "start" : "nearest");
    else if (before) document.querySelector(`.head [data-drawer="${before}"]`)?.focus({ preventScroll: true });
  };

  // What was asked last, so that it is not lost when the server cannot take it.
  let asked = "";
  // The fold-out that was asked for, to be jumped to when it is there.
  let unfolded = "";
  const asking = () => {
    asked = document.querySelector("#question textarea")?.value || asked;
    if (asked.trim()) drawer("", false);
  };

  document.addEventListener(
    "click",
    (event) => {
      if (event.target.closest("#send")) asking();
      const action = event.target.closest("[data-do]");
      if (!action) return;
      asked = action.dataset.question || "";
      unfolded = action.dataset.do === "explain" ? `explained-${action.dataset.turn}` : "";
      drawer("", false);
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" && !event.shiftKey && event.target.matches?.("#question textarea")) asking();
    },
    true,
  );
  // A file that is dropped beside a zone must not replace the page.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());

  document.addEventListener("click", (event) => {
    const target = event.target.closest(
      "[data-jump],[data-copy-text],[data-copy-link],[data-theme],[data-step],[data-drawer],[data-menu]",
    );
    if (!target || target === document.body) return;
    event.preventDefault();
    const data = target.dataset;
    if (data.jump === "question") document.querySelector("#question textarea").focus();
    else if (data.jump) goto(document.getElementById(data.jump), "start");
    else if (data.copyText) say(target, data.copyText);
    else if (data.copyLink) say(target, location.origin + location.pathname + data.copyLink);
    else if (data.step) step(target.closest(".viewer"), Number(data.step));
    else if ("drawer" in data) drawer(data.drawer === document.body.dataset.drawer ? "" : data.drawer);
    else if ("menu" in data) target.setAttribute("aria-expanded", String(target.closest(".head").classList.toggle("open")));
    else document.body.classList.toggle("dark");
  });

  document.addEventListener("input", (event) => event.target.matches?.(".find") && find(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.(".find") && event.key === "Enter") find(event.target, event.shiftKey ? -1 : 1);
    else if (event.key === "Escape" && document.body.dataset.drawer) drawer("");
    else if (event.key === "Escape") document.querySelector(".viewer .close")?.click();
    else if (event.key === "/" && !event.target.matches?.("input, textarea")) {
      event.preventDefault();
      document.querySelector("#question textarea")?.focus();
    }
  });
  window.addEventListener("popstate", () => {
    const asked = new URLSearchParams(location.search);
    const link = asked.get("notice") && document.querySelector(`a.open[data-notice="${CSS.escape(asked.get("notice"))}"]`);
    if (link) link.click();
    else document.querySelector(".viewer .close")?.click();
  });

  window.tongbao = {
    // Returns the question that was asked last.
    lastAsked: () => asked,
    // Returns whether the source that a mark points to is on the page already, and jumps to it.
    shown(target) {
      if (target.dataset.do === "open") address(target.getAttribute("href"));
      if (target.dataset.do === "close" || target.dataset.do === "clear") address("");
      if (target.dataset.do !== "show") return false;
      const { turn, n } = target.dataset;
      const node = document.getElementById(n ? `source-${turn}-${n}` : `sources-${turn}`);
      goto(node, n ? "nearest" : "start");
      return Boolean(node);
    },
    // Called after the server changed one of the page's parts.
    changed(element) {
      if (unfolded) {
        if (element.querySelector(".turns")) {
          goto(document.getElementById(unfolded), "start");
          unfolded = "";
        }
        return;
      }
      const viewer = element.querySelector(".viewer");
      if (viewer) {
        count(viewer);
        goto(viewer.querySelector("mark.current"));
        return;
      }
      const current = element.querySelector(".sources .current");
      const near = element.querySelector(".sources");
      if (current) goto(current, "nearest");
      else if (near && narrow() && document.activeElement?.matches?.(".jump")) goto(near, "start");
      const turns = element.querySelectorAll(".turn");
      const last = turns[turns.length - 1];
      if (last) last.scrollIntoView({ block: last.offsetHeight > innerHeight - 160 ? "start" : "end" });
    },
  };
})();
