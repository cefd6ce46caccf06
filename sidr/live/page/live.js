"use strict";
// The live page: follows the emulation by server-sent events, cuts and restores links.
(() => {
  const WINDOW_S = 120, SILENCE_MS = 40000, RETRY_MS = [500, 5000], LOG_ROWS = 100;
  const SVG = "http://www.w3.org/2000/svg";
  const byId = (id) => document.getElementById(id);
  const map = document.querySelector("#map svg");
  if (location.search) history.replaceState(null, "", location.pathname); // the token

  function make(parent, name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  // The map: what a state marks, and links that can be pressed.

  const links = [...map.querySelectorAll(".link[data-link]")];
  const owner = new Map(); // wide invisible path -> its link
  const well = new Map(); // marked element -> how it looks otherwise
  const pending = new Set();
  const top = document.createElementNS(SVG, "g");
  let here = links[0];

  function prepare() {
    top.setAttribute("class", "top");
    top.setAttribute("aria-hidden", "true");
    map.querySelector(".links").after(top);
    if (!links.length) return;
    map.setAttribute("role", "group");
    const hits = document.createElementNS(SVG, "g");
    map.querySelector(".links").before(hits);
    for (const link of links) {
      const hit = make(hits, "path", { class: "hit", d: link.querySelector("path").getAttribute("d") });
      owner.set(hit, link);
      link.setAttribute("role", "button");
      link.setAttribute("tabindex", link === here ? "0" : "-1");
      describe(link, false, `${link.dataset.link}: up`);
    }
  }

  const plain = (element) => element.getAttribute("class").replace(" hot", "");

  function describe(link, isDown, words) {
    link.setAttribute("aria-pressed", String(isDown));
    link.setAttribute("aria-label", `link ${words}`);
  }

  function mark(marks) {
    for (const [element, [classes, title]] of well) {
      if (element.id in marks) continue;
      element.setAttribute("class", classes);
      element.querySelector("title").textContent = title;
      if (element.hasAttribute("role")) describe(element, false, `${title}: up`);
      well.delete(element);
    }
    above = [];
    for (const id in marks) {
      const element = byId(id), [classes, title] = marks[id];
      if (!element) continue;
      const words = element.querySelector("title");
      if (!well.has(element)) well.set(element, [plain(element), words.textContent]);
      element.setAttribute("class", `${well.get(element)[0]} ${classes}`);
      words.textContent = title;
      if (element.hasAttribute("role")) describe(element, classes.includes("down"), title);
      if (element.classList.contains("link")) above.push(element);
    }
    hint(hinted);
  }

  let above = []; // marked links, drawn once more so that nothing lies over them
  let hinted = null; // the link under the pointer or in focus, on top of them all

  function copy(link, more) {
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", `${plain(link)} ${more}`);
    group.append(link.querySelector("path").cloneNode());
    return group;
  }

  function hint(link) {
    hinted?.classList.remove("hot");
    hinted = link;
    top.replaceChildren(...above.map((marked) => copy(marked, "")));
    if (!link) return void (byId("hint").textContent = "");
    link.classList.add("hot");
    top.append(copy(link, "halo"), copy(link, "hot"));
    const does = link.getAttribute("aria-pressed") === "true" ? "restores" : "cuts";
    byId("hint").textContent = `${link.querySelector("title").textContent} – click or Enter ${does} it`;
  }

  const linkAt = (event) => owner.get(event.target) ?? event.target.closest?.(".link[data-link]");

  function go(link) {
    if (!link) return;
    here.setAttribute("tabindex", "-1");
    here = link;
    here.setAttribute("tabindex", "0");
    here.focus();
  }

  async function press(link) {
    const name = link.dataset.link;
    if (pending.has(name)) return;
    pending.add(name);
    const quoted = /[@+,;"\s]/.test(name) ? `"${name}"` : name;
    if (link.getAttribute("aria-pressed") === "true") await send("clear", { link: name });
    else await send("inject", { fault: `cut:${quoted}` });
    pending.delete(name);
  }

  function listen() {
    map.addEventListener("click", (event) => {
      const link = linkAt(event);
      if (link) press(link);
    });
    map.addEventListener("pointerover", (event) => hint(linkAt(event) ?? null));
    map.addEventListener("pointerleave", () => hint(null));
    map.addEventListener("focusin", (event) => hint(linkAt(event) ?? null));
    map.addEventListener("focusout", () => hint(null));
    map.addEventListener("keydown", (event) => {
      if (!links.length || event.ctrlKey || event.altKey || event.metaKey) return;
      const at = links.indexOf(here), last = links.length - 1;
      if (event.key === "Enter" || event.key === " ") press(here);
      else if (event.key === "ArrowRight" || event.key === "ArrowDown") go(links[Math.min(at + 1, last)]);
      else if (event.key === "ArrowLeft" || event.key === "ArrowUp") go(links[Math.max(at - 1, 0)]);
      else if (event.key === "Home") go(links[0]);
      else if (event.key === "End") go(links[last]);
      else return;
      event.preventDefault();
    });
    byId("faults").addEventListener("submit", (event) => {
      event.preventDefault();
      const fault = byId("fault").value.trim();
      if (fault) send("inject", { fault });
    });
    byId("clear").addEventListener("click", () => send("clear", {}));
  }

  async function send(path, body) {
    const headers = { "Content-Type": "application/json" };
    try {
      const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      say((await answer.json()).lines, answer.ok);
    } catch {
      say(["The emulation does not answer."], false);
    }
  }

  function say(lines, good) {
    byId("answer").textContent = lines.join("\n");
    byId("answer").classList.toggle("bad", !good);
  }

  // Counters and events.

  const whole = new Intl.NumberFormat("en");
  const seconds = (s) => `${s.toFixed(1)} s`;
  const percent = (share) => `${Math.floor(share * 10000 + 1e-6) / 100} %`; // 100 % is all of it

  function set(id, text, small, bad) {
    const element = byId(id);
    element.textContent = text;
    if (small) {
      const more = document.createElement("small");
      more.textContent = ` ${small}`;
      element.append(more);
    }
    element.classList.toggle("bad", bad);
  }

  function count(now) {
    set("delivered", percent(now.delivered_share), "", now.delivered_share < 1);
    set("pairs", whole.format(now.pairs_affected), "", now.pairs_affected > 0);
    set("down", whole.format(now.links_down.length), "", now.links_down.length > 0);
    set("detours", whole.format(now.detours.length), "", false);
    const stale = now.agents_stale ? `${whole.format(now.agents_stale)} stale` : "";
    set("agents", whole.format(now.agents), stale, now.agents_stale > 0);
    const dead = now.switches_down.length, epochs = Object.keys(now.epochs);
    const facts = [byId("facts").dataset.size];
    if (now.bus.name) facts.push(`${now.bus.name} bus${now.bus.connected === false ? " (away)" : ""}`);
    if (epochs.length) facts.push(`epoch ${epochs.join(", ")}`);
    if (dead) facts.push(`switches down: ${now.switches_down.slice(0, 8).join(", ")}${dead > 8 ? ", …" : ""}`);
    byId("facts").textContent = [...facts, `${seconds(now.now_s)} since start`].join(" · ");
  }

  function tell(log) {
    const rows = log.slice(-LOG_ROWS).reverse().map((entry) => {
      const row = document.createElement("tr");
      row.insertCell().textContent = seconds(entry.t_s);
      row.cells[0].className = "n";
      row.insertCell().textContent = entry.text;
      return row;
    });
    byId("log").replaceChildren(...rows);
  }

  // The strip chart: steps from one snapshot to the next, nothing while nobody told us.

  const points = []; // {t: s of the emulation, share: 0..1 or null}
  let clock = null; // {now_s, at_ms} of the last word from the server
  const chart = byId("chart");

  function remember(now) {
    if (clock && now.now_s < clock.now_s) points.length = 0; // another emulation
    points.push({ t: now.now_s, share: now.delivered_share });
    clock = { now_s: now.now_s, at_ms: performance.now() };
    while (points.length > 1 && points[1].t < now.now_s - WINDOW_S) points.shift();
  }

  function draw() {
    const width = chart.clientWidth, height = chart.clientHeight;
    if (!width || document.hidden) return;
    const [left, right, top, bottom] = [46, width - 8, 8, height - 22];
    const passed = clock && online() ? (performance.now() - clock.at_ms) / 1000 : 0;
    const now = (clock ? clock.now_s : 0) + passed;
    const known = points.filter((point) => point.share !== null);
    const least = Math.min(1, ...known.map((point) => point.share));
    const low = [0.99, 0.9, 0.5, 0].find((edge) => edge <= least);
    const x = (t) => Math.max(left, right + ((t - now) * (right - left)) / WINDOW_S).toFixed(1);
    const y = (share) => (bottom - ((share - low) * (bottom - top)) / (1 - low)).toFixed(1);
    const label = known.length ? `now ${percent(known.at(-1).share)}` : "nothing known yet";
    chart.replaceChildren();
    const svg = make(chart, "svg", { width, height, role: "img", "aria-label": `Traffic delivered: ${label}` });
    for (const share of [low, (1 + low) / 2, 1]) {
      make(svg, "path", { class: "grid", d: `M${left},${y(share)}H${right}` });
      const words = `${+(share * 100).toFixed(1)} %`;
      make(svg, "text", { class: "right", x: left - 8, y: +y(share) + 4 }, words);
    }
    const ages = [[left, "", "2 min ago"], [(left + right) / 2, "middle", "1 min"], [right, "right", "now"]];
    for (const [at, side, words] of ages) make(svg, "text", { class: side, x: at, y: height - 4 }, words);
    let path = "", drawn = false;
    points.forEach((point, i) => {
      const end = i + 1 < points.length ? points[i + 1].t : now;
      if (point.share !== null) path += `${drawn ? "V" : `M${x(point.t)},`}${y(point.share)}H${x(end)}`;
      drawn = point.share !== null;
    });
    if (path) make(svg, "path", { class: "share", d: path });
  }

  // The connection: comes back by itself, however it was lost.

  let source, silence, retry_ms = RETRY_MS[0];
  const online = () => document.body.classList.contains("online");

  function connect() {
    source = new EventSource("events");
    source.onmessage = (event) => {
      alive();
      const now = JSON.parse(event.data);
      if (now.map !== document.documentElement.dataset.map) return location.reload();
      remember(now);
      mark(now.marks);
      count(now);
      tell(now.log);
      draw();
    };
    source.addEventListener("beat", alive);
    source.onerror = lost;
  }

  function alive() {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
    retry_ms = RETRY_MS[0];
    document.body.className = "online";
    byId("connection-text").textContent = "connected";
  }

  function lost() {
    source.close();
    clearTimeout(silence);
    if (clock && online()) {
      points.push({ t: clock.now_s + (performance.now() - clock.at_ms) / 1000, share: null });
    }
    document.body.className = "away";
    byId("connection-text").textContent = "connection lost, trying again";
    setTimeout(connect, retry_ms);
    retry_ms = Math.min(2 * retry_ms, RETRY_MS[1]);
  }

  byId("facts").dataset.size = byId("facts").textContent;
  prepare();
  listen();
  connect();
  draw();
  setInterval(draw, 500);
  new ResizeObserver(draw).observe(chart);
})();
