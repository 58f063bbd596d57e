(() => {
  const cases = [...document.querySelectorAll("details.case")];
  const verdict = document.getElementById("verdict");
  const kind = document.getElementById("kind");
  const words = document.getElementById("words");
  const count = document.getElementById("count");
  const empty = document.getElementById("empty");
  const update = () => {
    const wanted = words.value.trim().toLowerCase();
    let left = 0;
    for (const one of cases) {
      const { verdict: v, kind: k } = one.dataset;
      const fits =
        (verdict.value === "" || v === verdict.value || (verdict.value === "not-right" && v !== "right")) &&
        (kind.value === "" || k === kind.value) &&
        (wanted === "" || one.textContent.toLowerCase().includes(wanted));
      one.hidden = !fits;
      left += fits;
    }
    count.textContent = `${left} 题`;
    empty.hidden = left > 0;
  };
  for (const field of [verdict, kind, words]) field.addEventListener("input", update);
  update();
})();
