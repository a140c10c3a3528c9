/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
"use strict";
(() => {
  const words = document.getElementById("filter-words");
  const verdict = document.getElementById("filter-verdict");
  const count = document.getElementById("filter-count");
  if (!words) return;
  const rows = [...document.querySelectorAll("#ledger tbody tr")].map(
    (row) => ({ row, text: row.textContent.toLowerCase() }));
  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      const fits = (!verdict.value || row.dataset.verdict === verdict.value) && wanted.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} sites`;
  };
  words.addEventListener("input", apply);
  verdict.addEventListener("change", apply);
  document.querySelectorAll("a.number").forEach((link) => link.addEventListener("click", () => {
    const target = document.getElementById(link.hash.slice(1));
    const folded = target && target.closest("details");
    if (folded) folded.open = true;
  }));
  document.querySelector(".filters").hidden = false;
  // A link can carry a filter: report.html#q=storvsc+leak
  if (location.hash.startsWith("#q=")) words.value = new URLSearchParams(location.hash.slice(1)).get("q");
  apply();
})();
