/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  // --- the ledger: filtered by words, verdict and profile, sorted by a column ---
  const words = byId("filter-words"), verdict = byId("filter-verdict"), profile = byId("filter-profile");
  const count = byId("filter-count"), body = document.querySelector("#ledger tbody");
  const rows = [...body.rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const verdictOf = (row) => {
    if (!profile.value) return row.dataset.verdict;
    const part = [...row.querySelectorAll("[data-profiles]")].find(
      (one) => one.dataset.profiles.split(" ").includes(profile.value));
    return part ? part.dataset.verdict : "";
  };
  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      const found = verdictOf(row);
      const fits = found && (!verdict.value || found === verdict.value) && wanted.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += Boolean(fits);
    }
    count.textContent = `${shown} of ${rows.length} sites`;
  };
  const remember = () => {
    const query = new URLSearchParams();
    if (words.value) query.set("q", words.value);
    if (verdict.value) query.set("verdict", verdict.value);
    if (profile.value) query.set("profile", profile.value);
    history.replaceState(null, "", query.size ? `#${query}` : location.pathname + location.search);
  };
  const clear = () => {
    words.value = verdict.value = profile.value = "";
    apply();
  };
  for (const control of [words, verdict, profile])
    control.addEventListener("input", () => { apply(); remember(); });
  byId("filter-clear").addEventListener("click", () => { clear(); remember(); words.focus(); });
  document.querySelectorAll("#ledger th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      document.querySelectorAll("#ledger th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyOf = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent;
      const sorted = [...body.rows].map((row) => [keyOf(row), row]).sort(
        (a, b) => a[0].localeCompare(b[0], "en", { numeric: true }) * (down ? -1 : 1));
      body.append(...sorted.map((one) => one[1]));
    });
  });
  document.querySelectorAll(".filters, .keys, #theme").forEach((one) => { one.hidden = false; });

  // --- links: what they lead to is unfolded, and the step at hand is marked ---
  const show = (id) => {
    const target = byId(id);
    if (!target) return;
    const folded = target.closest("details");
    if (folded) folded.open = true;
    if (target.hidden) clear();
    const finding = target.closest(".finding");
    const step = target.dataset.step ?? target.closest("li")?.dataset.step;
    if (!finding || step === undefined) return;
    finding.querySelectorAll(".steps li").forEach((item) => {
      if (item.dataset.step === step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    document.querySelectorAll(".current").forEach((row) => row.classList.remove("current"));
    finding.querySelector(`.source [data-step="${step}"]`)?.closest("tr")?.classList.add("current");
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) show(link.hash.slice(1));
  });

  // --- keys ---
  const findings = [...document.querySelectorAll(".finding")];
  let at = -1;
  const go = (element) => {
    show(element.id);
    element.scrollIntoView({ block: element.dataset.step === undefined ? "start" : "center" });
    element.focus({ preventScroll: true });
  };
  const nextFinding = (by) => {
    if (!findings.length) return;
    at = Math.min(Math.max(at + by, 0), findings.length - 1);
    go(findings[at]);
  };
  const nextStep = (by) => {
    const finding = document.activeElement.closest(".finding") ?? findings[Math.max(at, 0)];
    const items = finding ? [...finding.querySelectorAll(".steps li")] : [];
    if (!items.length) return;
    at = findings.indexOf(finding);
    const old = items.findIndex((item) => item.hasAttribute("aria-current"));
    const item = items[old < 0 ? 0 : Math.min(Math.max(old + by, 0), items.length - 1)];
    const line = byId(item.querySelector("a").hash.slice(1));
    if (line) go(line);
  };
  const keys = {
    j: () => nextFinding(1), k: () => nextFinding(-1), n: () => nextStep(1), p: () => nextStep(-1),
    "/": () => { byId("ledger-heading").scrollIntoView(); words.focus({ preventScroll: true }); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.target === words && event.key === "Escape") { clear(); remember(); }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // --- light and dark, and paper, on which nothing is folded ---
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((one) => { one.open = false; }));

  // A link can carry a filter: report.html#q=storvsc&verdict=leak
  const fromAddress = () => {
    const query = new URLSearchParams(location.hash.slice(1));
    if (["q", "verdict", "profile"].some((name) => query.has(name))) {
      words.value = query.get("q") ?? "";
      verdict.value = query.get("verdict") ?? "";
      profile.value = query.get("profile") ?? "";
    } else {
      show(location.hash.slice(1));
    }
    apply();
  };
  addEventListener("hashchange", fromAddress);
  fromAddress();
})();
