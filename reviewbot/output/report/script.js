"use strict";
(() => {
  const files = JSON.parse(document.getElementById("data").textContent);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const findings = all(".finding");
  const entries = all(".findings li");
  const STEP = 20; // lines of context that open at once
  let split = false;

  // Everything is made of nodes and of text: nothing from outside is ever read as HTML.
  const node = (name, kind, text) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const code = (tokens, kind) => {
    const cell = node("td", kind ? `code ${kind}` : "code");
    if (typeof tokens === "string") cell.textContent = tokens;
    else for (let at = 0; at < tokens.length; at += 2) {
      cell.append(tokens[at] ? node("span", tokens[at], tokens[at + 1]) : tokens[at + 1]);
    }
    return cell;
  };
  const number = (value) => node("td", "number", value ? String(value) : "");
  const KINDS = { "+": "add", "-": "del", " ": "" };

  // Rows of a hunk: [old number, new number, mark, tokens].
  const numbered = (hunk) => {
    let before = hunk.old, after = hunk.new;
    return hunk.lines.map(([mark, tokens]) => [mark === "+" ? 0 : before++, mark === "-" ? 0 : after++, mark, tokens]);
  };
  const unified = (rows) => rows.map(([before, after, mark, tokens]) => {
    const row = node("tr", KINDS[mark]);
    row.append(number(before), number(after), code(tokens));
    row.dataset.left = before;
    row.dataset.right = after;
    return row;
  });
  const beside = (rows) => {
    const made = [];
    let removed = [], added = [];
    const pair = (left, right) => {
      const row = node("tr");
      row.append(number(left && left[0]), code(left ? left[3] : "", left && KINDS[left[2]]),
        number(right && right[1]), code(right ? right[3] : "", right && KINDS[right[2]]));
      row.dataset.left = left ? left[0] : 0;
      row.dataset.right = right ? right[1] : 0;
      made.push(row);
    };
    const flush = () => {
      for (let at = 0; at < Math.max(removed.length, added.length); at++) pair(removed[at], added[at]);
      removed = []; added = [];
    };
    for (const row of rows) {
      if (row[2] === "-") removed.push(row);
      else if (row[2] === "+") added.push(row);
      else { flush(); pair(row, row); }
    }
    flush();
    return made;
  };
  const laid = (rows) => (split ? beside(rows) : unified(rows));
  const wide = (kind, content) => {
    const row = node("tr", kind), cell = node("td");
    cell.colSpan = split ? 4 : 3;
    cell.append(content);
    row.append(cell);
    return row;
  };

  // What lies between two hunks, or after the last one, opens a few lines at a time.
  const gap = (text, from, to, offset) => {
    if (to < from) return [];
    if (!text.length) return [wide("gap", "⋯")];
    const button = node("button", "", "");
    const row = wide("gap", button);
    const shown = (left) => (left > STEP ? `Show ${STEP} of ${left} lines` : left > 1 ? `Show ${left} lines` : "Show 1 line");
    const label = () => { button.textContent = shown(to - from + 1); };
    button.addEventListener("click", () => {
      const last = Math.min(from + STEP - 1, to), rows = [];
      for (; from <= last; from++) rows.push([from - offset, from, " ", text[from - 1]]);
      row.before(...laid(rows));
      if (from > to) row.remove(); else label();
    });
    label();
    return [row];
  };
  const build = (section) => {
    const file = files[section.dataset.number], lines = section.querySelector(".lines");
    if (!file) return;
    const mine = all(".finding", section), table = node("table"), body = node("tbody");
    let next = 1, offset = 0;
    for (const hunk of file.hunks) {
      const rows = numbered(hunk);
      body.append(...gap(file.text, next, hunk.new - 1, offset));
      body.append(...laid(rows));
      next = hunk.new + rows.filter((row) => row[1]).length;
      offset = next - (hunk.old + rows.filter((row) => row[0]).length);
    }
    if (file.hunks.length && file.text.length) body.append(...gap(file.text, next, file.text.length, offset));
    const places = new Map();
    for (const row of body.rows) {
      if (row.dataset.left > 0) places.set(`LEFT${row.dataset.left}`, row);
      if (row.dataset.right > 0) places.set(`RIGHT${row.dataset.right}`, row);
    }
    for (const finding of mine.reverse()) {
      const row = places.get(finding.dataset.side + finding.dataset.line);
      if (!row) continue;
      const talk = wide("", finding);
      talk.firstChild.className = "talk";
      row.after(talk);
    }
    table.className = split ? "split" : "";
    table.append(body);
    for (const finding of all(".finding", lines)) if (!body.contains(finding)) section.append(finding);
    lines.replaceChildren(table);
    lines.tabIndex = 0;
    lines.setAttribute("role", "region");
    lines.setAttribute("aria-label", `Diff of ${section.querySelector(".path").textContent}`);
    section.dataset.built = split;
  };
  const ensure = (section) => { if (section.open && section.dataset.built !== String(split)) build(section); };
  const near = new IntersectionObserver((seen) => {
    for (const entry of seen) if (entry.isIntersecting) ensure(entry.target);
  }, { rootMargin: "800px" });
  const sections = all("details.file");
  for (const section of sections) {
    near.observe(section);
    section.addEventListener("toggle", () => ensure(section));
  }

  const show = (finding, focus = true) => {
    const section = finding.closest("details");
    if (section) { section.open = true; ensure(section); }
    choose("changes");
    finding.scrollIntoView({ block: "center" });
    if (focus) finding.focus({ preventScroll: true });
  };
  const visible = () => entries.filter((entry) => !entry.hidden).map((entry) => one(entry.dataset.for));
  const move = (by) => {
    const list = visible(), now = list.indexOf(document.activeElement.closest(".finding"));
    if (!list.length) return;
    const target = list[now < 0 ? (by > 0 ? 0 : list.length - 1) : (now + by + list.length) % list.length];
    history.replaceState(null, "", `#${target.id}`);
    show(target);
  };

  const tabs = all("[role=tab]");
  const choose = (name, focus = false) => {
    for (const tab of tabs) {
      const is = tab.getAttribute("aria-controls") === name;
      tab.setAttribute("aria-selected", is);
      tab.tabIndex = is ? 0 : -1;
      one(tab.getAttribute("aria-controls")).hidden = !is;
      if (is && focus) tab.focus();
    }
  };
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => choose(tab.getAttribute("aria-controls")));
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) choose(tabs[(at + by + tabs.length) % tabs.length].getAttribute("aria-controls"), true);
    });
  });
  choose("changes");

  const form = one("filters"), count = one("shown"), whole = count.textContent;
  const filter = () => {
    const chosen = new FormData(form), severities = new Set(chosen.getAll("severity"));
    let left = 0;
    entries.forEach((entry) => {
      const finding = one(entry.dataset.for), about = finding.dataset;
      const wanted = severities.has(about.severity) && (!chosen.get("agent") || about.agent === chosen.get("agent"))
        && (!chosen.get("check") || about.check === chosen.get("check"))
        && (!chosen.get("item") || about.item.split(" ").includes(chosen.get("item")));
      finding.hidden = entry.hidden = !wanted;
      left += wanted;
    });
    count.textContent = left === entries.length ? whole : `${left} of ${entries.length} findings`;
  };
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());

  const turn = () => {
    split = !split;
    one("split").setAttribute("aria-pressed", split);
    for (const section of sections) if (section.dataset.built) ensure(section);
  };
  one("split").addEventListener("click", turn);
  one("theme").addEventListener("click", () => {
    const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = (root.dataset.theme || (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
  });
  one("help").addEventListener("click", () => one("keys").showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || one("keys").open) return;
    if (event.key === "Escape" && form.contains(event.target)) event.target.blur();
    // A list goes by letters to its entries; a box has no use for them.
    if (event.target.matches("select")) return;
    const act = { n: () => move(1), p: () => move(-1), s: turn, f: () => form.querySelector("input, select").focus(), "?": () => one("keys").showModal() }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  const follow = () => {
    const target = location.hash.length > 1 && one(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.matches(".finding")) show(target);
    else if (target.matches("details")) { target.open = true; ensure(target); choose("changes"); target.scrollIntoView(); }
  };
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => sections.forEach(ensure));
  follow();
})();
