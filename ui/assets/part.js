// Runs once in each of the page's own parts. Clicks on [data-do] go to the server, everything else is in head.html.
// Clicks on [data-deed] go there too, but leave the conversation and the side as they are.
element.addEventListener("click", (event) => {
  const deed = event.target.closest("[data-deed]");
  if (deed) trigger("select", { ...deed.dataset, comment: deed.closest(".thumbs")?.querySelector("textarea")?.value || "" });
  const target = event.target.closest("[data-do]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (window.tongbao && window.tongbao.shown(target)) return;
  trigger("click", { ...target.dataset, scope: window.tongbao?.scope?.() || "" });
});
watch("value", () => window.tongbao && window.tongbao.changed(element));
