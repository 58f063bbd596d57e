// Runs once in the chooser of what is searched. The choice is kept on the page and sent with each question.
const box = () => element.querySelector(".scope");
const leaves = (node) => [...node.querySelectorAll("ul ul input")];
const year = (name) => Number(box().querySelector(`select[name="${name}"]`)?.value || 0);

// Units stand for all their notices, those that come later included; other notices for themselves.
const chosen = () => {
  const units = [];
  const notices = [];
  for (const row of box().querySelectorAll("[data-unit]")) {
    const whole = row.querySelector(".whole");
    if (whole.checked && whole.value) units.push(whole.value);
    else notices.push(...leaves(row).filter((leaf) => leaf.checked).map((leaf) => leaf.value));
  }
  return { units, notices, from: String(year("from") || ""), to: String(year("to") || "") };
};

const show = () => {
  const { dataset } = box();
  const choice = chosen();
  const picked = choice.units.length + choice.notices.length > 0;
  const dated = choice.from || choice.to;
  const within = (leaf) => {
    const own = Number(leaf.closest("li").dataset.year || 0);
    return !dated || (own && own >= (year("from") || 0) && own <= (year("to") || 9999));
  };
  const count = leaves(box()).filter((leaf) => (!picked || leaf.checked) && within(leaf)).length;
  const said = !picked && !dated ? dataset.all : count ? dataset.some : dataset.none;
  box().querySelector(".count").textContent = said.replace("{count}", count);
  box().classList.toggle("nothing", !count);
  dataset.scope = picked || dated ? JSON.stringify(choice) : "";
};

const cascade = (target) => {
  const row = target.closest("[data-unit]");
  const whole = row.querySelector(".whole");
  if (target === whole) leaves(row).forEach((leaf) => (leaf.checked = whole.checked));
  else whole.checked = leaves(row).every((leaf) => leaf.checked);
  whole.indeterminate = !whole.checked && leaves(row).some((leaf) => leaf.checked);
};

element.addEventListener("change", (event) => {
  if (event.target.matches("input[type=checkbox]")) cascade(event.target);
  show();
});
element.addEventListener("input", (event) => {
  if (!event.target.matches(".narrow")) return;
  const wanted = event.target.value.trim();
  for (const row of box().querySelectorAll("[data-unit]")) row.hidden = !row.textContent.includes(wanted);
});
element.addEventListener("click", (event) => {
  // The tree is fetched when it is opened, so that it holds what is held now.
  if (event.target.closest(".scope > summary") && !box().open) trigger("select", { scope: box().dataset.scope });
  if (event.target.closest("[data-scope-done]")) {
    box().open = false;
    document.querySelector("#question textarea")?.focus();
  }
  if (event.target.closest("[data-scope-reset]")) {
    box().querySelectorAll("input[type=checkbox]").forEach((one) => Object.assign(one, { checked: false, indeterminate: false }));
    box().querySelectorAll("select").forEach((one) => (one.value = ""));
    show();
  }
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !box()?.open) return;
  event.stopPropagation();
  box().open = false;
  box().querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (box()?.open && event.isTrusted && document.contains(event.target) && !element.contains(event.target)) box().open = false;
});
watch("value", () => box()?.open && box().querySelector("summary")?.focus({ preventScroll: true }));
window.tongbao.scope = () => box()?.dataset.scope || "";
