// A drawer: takes files, sends them one by one and tells the server which came; clicks on [data-deed] go to the server.
const zoneOf = () => element.querySelector("[data-zone]");

const line = (list, name) => {
  const item = document.createElement("li");
  const title = Object.assign(document.createElement("b"), { textContent: name });
  const state = Object.assign(document.createElement("span"), { className: "state" });
  item.className = "item";
  item.append(title, state);
  list.append(item);
  return (text) => (state.textContent = text);
};

const problem = (file, place, limits) => {
  if (place >= Number(limits.files)) return "upload_many";
  if (file.size > Number(limits.bytes)) return "upload_large";
  return file.size ? "" : "upload_empty";
};

const take = async (chosen) => {
  const zone = zoneOf();
  if (!zone || zone.dataset.busy || !chosen.length) return;
  zone.dataset.busy = "true";
  zone.querySelectorAll("button").forEach((button) => (button.disabled = true));
  const list = zone.querySelector(".sending");
  list.replaceChildren();
  const tells = chosen.map((file) => line(list, file.name));
  const files = [];
  for (const [place, file] of chosen.entries()) {
    const wrong = problem(file, place, zone.dataset);
    if (wrong) {
      files.push({ name: file.name, problem: wrong });
      continue;
    }
    tells[place](zone.dataset.sending);
    try {
      files.push({ name: file.name, path: (await upload(file)).path });
      tells[place](zone.dataset.sent);
    } catch {
      files.push({ name: file.name, problem: "upload_failed" });
      tells[place](zone.dataset.failed);
    }
  }
  trigger("upload", { files });
};

const lit = (event, on) => {
  const zone = event.target.closest?.("[data-zone]");
  if (zone) zone.classList.toggle("over", on);
  event.preventDefault();
};

element.addEventListener("dragover", (event) => lit(event, true));
element.addEventListener("dragleave", (event) => lit(event, false));
element.addEventListener("drop", (event) => {
  lit(event, false);
  take([...event.dataTransfer.files]);
});
element.addEventListener("change", (event) => {
  if (event.target.matches("input[type=file]")) take([...event.target.files]);
});
element.addEventListener("input", (event) => {
  if (!event.target.matches(".sift")) return;
  const wanted = event.target.value.trim().toLowerCase();
  for (const row of event.target.parentElement.querySelectorAll("ul > li"))
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
});
element.addEventListener("click", (event) => {
  if (event.target.closest("[data-pick]")) zoneOf().querySelector("input[type=file]").click();
  const target = event.target.closest("[data-deed]");
  if (!target) return;
  target.disabled = true;
  trigger("select", { ...target.dataset });
});
watch("value", () => element.querySelector("[data-focus]")?.focus());
