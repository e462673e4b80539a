"use strict";
// What the page does: shows the rows behind a mark, searches the list, and ties the two together.
// Text of the data goes to the page as text nodes only, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PART = 100; // events that are put into the list at once
  const ON_PAPER = 1000; // at most; of more the paper says how many it leaves out
  const NEAR = 24; // pixels within which a tap means a mark
  const $ = (id) => document.getElementById(id);
  const figure = document.querySelector("figure");
  const svgs = [...document.querySelectorAll("svg.picture")];
  const across = data.picture === "timeline"; // marks stand side by side, whatever their height

  const make = (tag, name, ...parts) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.append(...parts.filter((part) => part !== null && part !== "")); // append takes strings as text
    return node;
  };
  // What is told of an event is described once, for the list and for the search: as parts that are text, elements or
  // labels. A label is what the page itself says beside a value or in place of one; it is shown, but not searched.
  const part = (tag, name, ...parts) => ({ tag, name, parts });
  const label = (text) => ({ text });
  const isText = (told) => told === null || typeof told === "string";
  const built = (told) => (isText(told) ? told : told.text ?? make(told.tag, told.name, ...told.parts.map(built)));
  const searched = (told) => {
    if (isText(told)) return told ? `\n${told}` : "";
    let text = "";
    for (const inner of told.parts ?? []) text += searched(inner);
    return text;
  };
  const number = new Intl.NumberFormat("en").format;
  const counted = (value, noun) => `${number(value)} ${value === 1 ? noun.replace(/s$/, "") : noun}`;

  // Tables: columns by name

  const reader = (table) => {
    const at = new Map(table.columns.map((name, index) => [name, index]));
    return (record, name) => (at.has(name) ? record[at.get(name)] : null);
  };
  const ofEvent = reader(data.events), ofFigure = reader(data.figures), ofSource = reader(data.sources);
  const events = data.events.records;
  const sources = new Map(data.sources.records.map((record) => [ofSource(record, "source"), record]));
  const figures = new Map();
  for (const record of data.figures.records) {
    const key = ofFigure(record, "event_id");
    if (!figures.has(key)) figures.set(key, []);
    figures.get(key).push(record);
  }
  const listed = (cell) => (Array.isArray(cell) ? cell.join("; ") : cell === null ? "" : String(cell));

  // How things are said

  // "138", "112–237+": the bounds that are told; + where there is no upper one.
  const bounds = (low, best, high, open) => {
    const known = [low, best, high].filter((value) => value !== null);
    if (!known.length) return "";
    const first = known[0], last = known[known.length - 1], more = open ? "+" : "";
    return first === last ? number(first) + more : `${number(first)}–${number(last)}${more}`;
  };
  const toll = (event) => {
    const [low, best, high] = ["killed_low", "killed_best", "killed_high"].map((name) => ofEvent(event, name));
    if (best === null) {
      if (ofEvent(event, "unknown")) return [label("killed: told in words only")];
      return ofEvent(event, "not_stated") ? [label("killed: not told")] : [];
    }
    const all = bounds(low, best, high, ofEvent(event, "open")), same = low === best && best === high;
    return [part("b", "", same ? all : number(best)), label(" killed"), same ? "" : ` (${all})`];
  };
  // Deaths that are in no sum of people killed: by accident, by illness.
  const otherwise = (event) => (figures.get(ofEvent(event, "event_id")) ?? [])
    .filter((record) => ofFigure(record, "harm") === "killed" && ofFigure(record, "status") === "current")
    .filter((record) => (ofFigure(record, "cause") ?? "hostile") !== "hostile")
    .flatMap((record, index) => {
      const numbers = bounds(...["low", "best", "high", "open"].map((name) => ofFigure(record, name)));
      const said = numbers || (ofFigure(record, "wording") ?? "?");
      return [label(index ? "; " : ""), said, label(" died: "), ofFigure(record, "cause")];
    });
  const WITHIN = "within ";
  const PRECISION = { day: "", by: "known by ", range: WITHIN, week: WITHIN, month: WITHIN, year: WITHIN };
  const when = (event) => {
    const first = ofEvent(event, "date_start"), last = ofEvent(event, "date_end");
    const how = PRECISION[ofEvent(event, "date_precision")] ?? "";
    return how + (first === last ? first : how === "known by " ? last : `${first} to ${last}`);
  };
  const sides = (event) => {
    const [a, b] = [listed(ofEvent(event, "side_a")), listed(ofEvent(event, "side_b"))];
    return a && b ? `${a} – ${b}` : a || b;
  };
  const described = (key, short = false) => {
    key = key.trim();
    const record = sources.get(key) ?? sources.get(key.split("#")[0]);
    if (!record) return key;
    const more = short ? "" : ["publisher", "date"].map((name) => ofSource(record, name)).filter(Boolean).join(", ");
    return `${ofSource(record, "title") ?? key}${more ? ` (${more})` : ""} [${key}]`;
  };
  // What the event and its figures rest on, each once.
  const citedBy = (event, its) => [...new Set([
    ...(ofEvent(event, "sources") ?? []), ...its.flatMap((record) => ofFigure(record, "sources") ?? []),
  ])];

  // The list

  const card = (event) => {
    const killed = toll(event), other = otherwise(event), basis = ofEvent(event, "basis");
    const place = listed(ofEvent(event, "place"));
    const what = [ofEvent(event, "event_type"), ofEvent(event, "sub_event_type")].filter(Boolean).join(": ");
    return part("summary", "",
      part("span", "when", part("span", "", when(event)), " ", place ? part("b", "", place) : label("place not told")),
      part("span", "summary", ofEvent(event, "summary")),
      part("span", "who", sides(event)),
      part("span", "what", what, " ", basis ? part("i", `basis ${basis}`, basis) : ""),
      killed.length ? part("span", "dead", ...killed) : "",
      other.length ? part("span", "dead", ...other) : "",
    );
  };

  const listItem = (index) => {
    const event = events[index], box = make("details", "", built(card(event)));
    box.addEventListener("toggle", () => {
      if (box.open && !box.querySelector(".more")) box.append(built(opened(event)));
    });
    const item = make("li", "", box);
    item.dataset.event = index;
    return item;
  };

  const opened = (event) => {
    const its = figures.get(ofEvent(event, "event_id")) ?? [], keys = citedBy(event, its);
    const precision = ofEvent(event, "place_precision");
    const known = !precision || precision === "place" ? ""
      : precision === "near" ? "to its surroundings" : `to the ${precision}`;
    const facts = [
      ["Claimed by", listed(ofEvent(event, "responsibility"))],
      ["Region", listed(ofEvent(event, "region"))],
      ["Country", listed(ofEvent(event, "country"))],
      ["Place known", known],
      ["Note", ofEvent(event, "note")],
      ["Key", ofEvent(event, "event_id")],
    ].filter(([, value]) => value);
    const heading = (text) => part("h2", "", label(text));
    return part("div", "more",
      part("dl", "", ...facts.flatMap(([name, value]) => [part("dt", "", label(name)), part("dd", "", value)])),
      heading(its.length ? "Figures, and who gave them" : "Nobody gave a figure"),
      its.length ? part("ul", "figures", ...its.map(figureItem)) : "",
      ...(keys.length
        ? [heading("Sources"), part("ul", "", ...keys.map((key) => part("li", "", described(key))))] : []),
    );
  };

  const figureItem = (record) => {
    const get = (name) => ofFigure(record, name);
    const numbers = bounds(get("low"), get("best"), get("high"), get("open"));
    const whose = listed(get("group")) || get("who") || get("country") || get("victims");
    const status = get("status"), giver = get("according_to"), kind = get("according_to_kind"), harm = get("harm");
    const wording = get("wording") ? `“${get("wording")}”` : "", keys = get("sources") ?? [];
    const by = listed(get("inflicted_by"));
    const cause = get("cause") !== "hostile" ? get("cause") : "";
    return part("li", "",
      part("b", status === "current" ? "" : "old",
        numbers || wording || label("?"), " ", harm === "killed" ? label(harm) : harm),
      label(": "), whose || label("people not named"),
      get("who") && get("who") !== whose ? `, ${get("who")}` : "",
      numbers && wording ? `, ${wording}` : "",
      status === "current" ? "" : ` (${status})`, label(". "),
      ...(giver
        ? [label("According to "), part("b", "", giver), kind ? ` (${kind})` : "", label(". ")]
        : [label("It is not told who gave it. ")]),
      ...(by ? [label("Inflicted by "), by, label(". ")] : []),
      ...(cause ? [label("Cause: "), cause, label(". ")] : []),
      get("note") ? part("span", "note", `${get("note")} `) : "",
      // Not searched here, for they all stand under the sources of the event.
      keys.length ? part("span", "note", label(`Source: ${keys.map((key) => described(key, true)).join("; ")}`)) : "",
    );
  };

  // Search: all words must begin a word of what is told, whatever their case and accents; 1,234 is found as 1234, too

  const ALIKE = { "’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-" };
  const fold = (text) => text.replace(/[’‘ʼ`‐‑–—]/g, (c) => ALIKE[c]).normalize("NFKD").replace(/\p{M}/gu, "")
    .toLowerCase().replaceAll("ß", "ss").replace(/(\d),(?=\d{3}(?!\d))/g, "$1").replace(/\s+/g, " ").trim();
  const LETTER = /[\p{L}\p{N}_]/u;
  const begins = (text, word) => {
    if (!LETTER.test(word[0])) return text.includes(word); // #214 stands after the key of its document
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (at === 0 || !LETTER.test(text[at - 1])) return true;
    }
    return false;
  };
  const folded = []; // of each event all that its card and its opened part tell, made when first searched
  const texts = (index) => (folded[index] ??= fold([card, opened].map((of) => searched(of(events[index]))).join("")));

  // What is shown: by the words and by the rows of the picture that were chosen

  let words = [], chosen = null, found = [], listedSoFar = 0;
  const drawn = new Set(svgs.flatMap((svg) => [...svg.querySelectorAll("[data-row]")].map((mark) => Number(mark.dataset.row))));
  const isOff = (row) => !drawn.has(row);
  const inChosen = (row) => chosen === null || (chosen === "off" ? isOff(row) : row === chosen);

  const refresh = () => {
    const matching = events.map((_, index) => index).filter((index) => words.every((word) => begins(texts(index), word)));
    const rows = new Set(matching.map((index) => data.rowOf[index]));
    found = matching.filter((index) => inChosen(data.rowOf[index]));
    const order = $("order").value;
    if (order === "last") found.reverse();
    // Of whom no number is told comes last: unknown is not none, but it has no place among numbers.
    const killed = (index) => ofEvent(events[index], "killed_best") ?? -1;
    if (order === "killed") found.sort((a, b) => killed(b) - killed(a));
    for (const mark of figure.querySelectorAll("[data-row]")) {
      const row = Number(mark.dataset.row);
      mark.classList.toggle("out", words.length > 0 && !rows.has(row) || chosen !== null && chosen !== row);
      mark.classList.toggle("on", chosen === row);
      if (mark.hasAttribute("aria-pressed")) mark.setAttribute("aria-pressed", chosen === row);
    }
    $("off").setAttribute("aria-pressed", chosen === "off");
    if ($("list").getBoundingClientRect().top < 0) $("list").scrollIntoView(); // the first come in sight
    $("events").replaceChildren();
    listedSoFar = 0;
    listMore();
    const all = counted(events.length, "events");
    $("count").textContent = (found.length < events.length ? `${number(found.length)} of ${all}` : all)
      + (chosen === null ? "" : `: ${chosen === "off" ? data.off : data.rows[chosen].name}`);
    $("clear").hidden = chosen === null && !words.length;
  };

  const listMore = () => {
    const next = found.slice(listedSoFar, listedSoFar + PART);
    $("events").append(...next.map(listItem));
    listedSoFar += next.length;
    const left = found.length - listedSoFar;
    $("more").hidden = left === 0;
    $("part").textContent = left ? `The first ${number(listedSoFar)} of these events are listed.` : "";
    $("more").textContent = `${number(listedSoFar)} listed; show ${number(Math.min(PART, left))} more`;
  };

  const choose = (row, others = []) => {
    chosen = chosen === row ? null : row;
    refresh();
    tell(chosen === null || chosen === "off" ? null : chosen, others);
  };
  const clear = () => {
    words = [];
    chosen = null;
    $("words").value = "";
    refresh();
    tell(null);
  };

  // The picture

  const shown = () => svgs.find((svg) => svg.getBoundingClientRect().width > 0);
  const measured = new Map(); // of each picture its size and its boxes at that size
  const boxes = (svg) => { // of each row what its marks take up, in pixels from the picture's corner
    const corner = svg.getBoundingClientRect(), size = `${corner.width}x${corner.height}`;
    if (measured.get(svg)?.size === size) return measured.get(svg).found;
    const found = new Map();
    for (const mark of svg.querySelectorAll("[data-row]")) {
      const box = mark.getBoundingClientRect(), row = Number(mark.dataset.row), had = found.get(row);
      const [x, y] = [box.left - corner.left, box.top - corner.top];
      const own = { left: x, right: x + box.width, top: y, bottom: y + box.height };
      found.set(row, had ? {
        left: Math.min(had.left, own.left), right: Math.max(had.right, own.right),
        top: Math.min(had.top, own.top), bottom: Math.max(had.bottom, own.bottom),
      } : own);
    }
    measured.set(svg, { size, found });
    return found;
  };
  // The rows meant by pointing there: the nearest, or where circles lie on each other all of them.
  const meant = (svg, event) => {
    const corner = svg.getBoundingClientRect();
    const x = event.clientX - corner.left, y = event.clientY - corner.top;
    const near = [];
    for (const [row, box] of boxes(svg)) {
      const middle = (box.left + box.right) / 2, radius = (box.right - box.left) / 2;
      const away = across ? Math.abs(x - middle) : Math.hypot(x - middle, y - (box.top + box.bottom) / 2);
      if (away <= radius + NEAR) near.push({ row, radius, beyond: away - radius, away });
    }
    const inside = near.filter((mark) => mark.beyond <= 1);
    const steps = (mark) => Math.round(mark.away / 3); // a camp lies where its town lies: the larger first
    if (inside.length && !across) {
      return inside.sort((a, b) => steps(a) - steps(b) || b.radius - a.radius).map((mark) => mark.row);
    }
    const by = across ? "away" : "beyond";
    return near.sort((a, b) => a[by] - b[by]).slice(0, 1).map((mark) => mark.row);
  };

  const tell = (row, others = []) => {
    const tip = $("tip"), svg = shown();
    for (const mark of figure.querySelectorAll(".hot")) mark.classList.remove("hot");
    const box = row === null || !svg ? null : boxes(svg).get(row);
    tip.hidden = !box;
    if (!box) return;
    for (const mark of svg.querySelectorAll(`[data-row="${row}"]`)) mark.classList.add("hot");
    tip.replaceChildren(make("b", "", data.rows[row].name), ...data.rows[row].lines.map((line) => make("span", "", line)));
    const more = others.filter((other) => other !== row).map((other) => data.rows[other].name);
    if (more.length) tip.append(make("span", "note", `Also here: ${more.join(", ")}; tap again.`));
    // Above the mark or below it; on a timeline, whose marks are as high as the picture, beside it.
    const space = figure.getBoundingClientRect(), corner = svg.getBoundingClientRect();
    const [x, y] = [corner.left - space.left, corner.top - space.top], [wide, tall] = [tip.offsetWidth, tip.offsetHeight];
    const beside = x + box.right + 8 + wide <= space.width ? x + box.right + 8 : x + box.left - 8 - wide;
    const above = y + box.top - tall - 8;
    const left = across ? beside : x + (box.left + box.right - wide) / 2;
    tip.style.left = `${Math.max(0, Math.min(left, space.width - wide))}px`;
    tip.style.top = `${across ? y : above >= 0 ? above : y + box.bottom + 8}px`;
  };
  const tellChosen = () => tell(typeof chosen === "number" ? chosen : null);

  const orders = new Map();
  for (const svg of svgs) {
    // One stop for TAB, arrows from mark to mark: in order of time, or the largest place first.
    const first = new Map();
    for (const mark of svg.querySelectorAll("[data-row]")) {
      const row = Number(mark.dataset.row);
      if (first.has(row)) continue;
      first.set(row, mark);
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-pressed", "false");
      mark.setAttribute("tabindex", "-1");
    }
    orders.set(svg, [...first.keys()].sort((a, b) => a - b).map((row) => first.get(row)));
    orders.get(svg)[0]?.setAttribute("tabindex", "0");
  }
  const move = (order, to) => {
    for (const mark of order) mark.setAttribute("tabindex", mark === to ? "0" : "-1");
    to.focus();
  };
  const rowOf = (event) => {
    const mark = event.target.closest("[data-row]");
    return mark && Number(mark.dataset.row);
  };
  // Listened to around the pictures: an SVG with listeners for keys or focus would itself be a stop for TAB.
  figure.addEventListener("keydown", (event) => {
    const row = rowOf(event), order = orders.get(event.target.closest("svg.picture"));
    if (row === null || !order) return;
    const at = order.indexOf(event.target);
    const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 };
    if (event.key in steps) move(order, order[Math.max(0, Math.min(steps[event.key], order.length - 1))]);
    else if (event.key === "Enter" || event.key === " ") choose(row);
    else return;
    event.preventDefault();
  });
  figure.addEventListener("focusin", (event) => {
    const row = rowOf(event);
    if (row !== null) tell(row);
  });
  figure.addEventListener("focusout", tellChosen);
  figure.addEventListener("pointermove", (event) => {
    const svg = event.target.closest("svg.picture");
    if (event.pointerType === "touch" || !svg) return;
    const rows = meant(svg, event);
    svg.style.cursor = rows.length ? "pointer" : "";
    if (!rows.length) tellChosen();
    else tell(rows.includes(chosen) ? chosen : rows[0], rows);
  });
  figure.addEventListener("pointerleave", tellChosen);
  figure.addEventListener("click", (event) => {
    const svg = event.target.closest("svg.picture"), rows = svg ? meant(svg, event) : [];
    const next = rows[rows.indexOf(chosen) + 1]; // of several that lie there one after the other
    if (next !== undefined) choose(next, rows);
    else if (typeof chosen === "number") choose(chosen);
  });

  // From the list to the picture
  const pointedAt = (event) => {
    const item = event.target.closest("[data-event]");
    const row = item ? data.rowOf[Number(item.dataset.event)] : null;
    for (const mark of figure.querySelectorAll("[data-row]")) mark.classList.toggle("hot", Number(mark.dataset.row) === row);
  };
  $("events").addEventListener("pointerover", pointedAt);
  $("events").addEventListener("pointerleave", () => tellChosen());
  $("events").addEventListener("focusin", pointedAt);

  // The rest of the page

  let waiting;
  $("words").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      words = fold($("words").value).split(" ").filter(Boolean);
      refresh();
    }, 120);
  });
  $("order").addEventListener("change", refresh);
  $("clear").addEventListener("click", () => { clear(); $("words").focus(); });
  $("more").addEventListener("click", () => {
    const at = listedSoFar;
    listMore();
    $("events").children[at]?.querySelector("summary").focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  addEventListener("resize", tellChosen);
  addEventListener("beforeprint", () => { while (listedSoFar < Math.min(found.length, ON_PAPER)) listMore(); });

  const unseen = data.rowOf.filter(isOff).length;
  if (unseen) {
    $("off").textContent = `${counted(unseen, "events")} ${data.off}`;
    $("off").hidden = false;
    $("off").addEventListener("click", () => choose("off"));
  }
  $("numbers").addEventListener("toggle", () => {
    const box = document.querySelector("#numbers .scroll");
    if (box.children.length) return;
    const numeric = data.table.numeric;
    const cells = (tag, row) => row.map((cell, index) => make(tag, numeric[index] ? "number" : "", cell));
    const head = make("tr", "", ...cells("th", data.table.columns.map((name) => name.replaceAll("_", " "))));
    const body = data.table.records.map((row) => make("tr", "", ...cells("td", row)));
    box.append(make("table", "", make("thead", "", head), make("tbody", "", ...body)));
  });
  for (const id of ["find", "hint", "numbers"]) $(id).hidden = false;
  refresh();
})();
