// Runs once in each of the page's own parts. Clicks on [data-do] go to the server, everything else is in head.html.
element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (window.tongbao && window.tongbao.shown(target)) return;
  trigger("click", { ...target.dataset });
});
watch("value", () => window.tongbao && window.tongbao.changed(element));
