"use strict";
// The script of an HTML report: it shows the numbers of a mark, lists and searches the events, and links the two.
// Text of the data is added to the page as text nodes only, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE_SIZE = 100; // events added to the list at once
  const MAX_PRINTED = 1000; // events
  const TAP_DISTANCE = 24; // pixels from a mark within which a tap selects it
  const $ = (id) => document.getElementById(id);
  const figure = document.querySelector("figure");
  const svgs = [...document.querySelectorAll("svg.chart")];
  const isTimeline = data.kind === "timeline"; // its marks are side by side, so only horizontal distance counts

  const createElement = (tag, className, ...children) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.append(...children.filter((child) => child !== null && child !== "")); // append() takes strings as text
    return node;
  };
  // The text of an event is described once, for the list and for the search, as a tree of strings, elements and labels.
  // A label is text of the page itself, beside a value or in place of one: it is shown but not searched.
  const element = (tag, className, ...children) => ({ tag, className, children });
  const label = (text) => ({ text });
  const isText = (content) => content === null || typeof content === "string";
  const toNode = (content) => (isText(content)
    ? content : content.text ?? createElement(content.tag, content.className, ...content.children.map(toNode)));
  const searchableText = (content) => {
    if (isText(content)) return content ? `\n${content}` : "";
    let text = "";
    for (const child of content.children ?? []) text += searchableText(child);
    return text;
  };
  const formatNumber = new Intl.NumberFormat("en").format;
  const pluralize = (value, noun) => `${formatNumber(value)} ${value === 1 ? noun.replace(/s$/, "") : noun}`;

  // Tables

  const fieldReader = (table) => {
    const positions = new Map(table.columns.map((name, position) => [name, position]));
    return (record, name) => (positions.has(name) ? record[positions.get(name)] : null);
  };
  const eventField = fieldReader(data.events);
  const figureField = fieldReader(data.figures);
  const sourceField = fieldReader(data.sources);
  const events = data.events.records;
  const sources = new Map(data.sources.records.map((record) => [sourceField(record, "source"), record]));
  const figuresByEvent = new Map();
  for (const record of data.figures.records) {
    const key = figureField(record, "event_id");
    if (!figuresByEvent.has(key)) figuresByEvent.set(key, []);
    figuresByEvent.get(key).push(record);
  }
  const figuresOf = (event) => figuresByEvent.get(eventField(event, "event_id")) ?? [];
  const cellText = (cell) => (Array.isArray(cell) ? cell.join("; ") : cell === null ? "" : String(cell));

  // Values as text

  // "138", "112–237+": the bounds that are given; + if there is no upper bound.
  const formatBounds = (low, best, high, open) => {
    const given = [low, best, high].filter((value) => value !== null);
    if (!given.length) return "";
    const first = given[0], last = given[given.length - 1], plus = open ? "+" : "";
    return first === last ? formatNumber(first) + plus : `${formatNumber(first)}–${formatNumber(last)}${plus}`;
  };
  const killedContent = (event) => {
    const [low, best, high] = ["killed_low", "killed_best", "killed_high"].map((name) => eventField(event, name));
    if (best === null) {
      if (eventField(event, "unknown")) return [label("killed: no number given")];
      return eventField(event, "not_stated") ? [label("killed: not stated")] : [];
    }
    const range = formatBounds(low, best, high, eventField(event, "open")), isExact = low === best && best === high;
    return [element("b", "", isExact ? range : formatNumber(best)), label(" killed"), isExact ? "" : ` (${range})`];
  };
  // Deaths that are not counted as killed: by accident or illness.
  const otherDeathsContent = (event) => figuresOf(event)
    .filter((record) => figureField(record, "harm") === "killed" && figureField(record, "status") === "current")
    .filter((record) => (figureField(record, "cause") ?? "hostile") !== "hostile")
    .flatMap((record, index) => {
      const numbers = formatBounds(...["low", "best", "high", "open"].map((name) => figureField(record, name)));
      const amount = numbers || (figureField(record, "wording") ?? "?");
      return [label(index ? "; " : ""), amount, label(" died: "), figureField(record, "cause")];
    });
  const WITHIN = "within ", BY = "by ";
  const DATE_PREFIXES = { day: "", by: BY, range: WITHIN, week: WITHIN, month: WITHIN, year: WITHIN };
  const dateText = (event) => {
    const first = eventField(event, "date_start"), last = eventField(event, "date_end");
    const prefix = DATE_PREFIXES[eventField(event, "date_precision")] ?? "";
    return prefix + (first === last ? first : prefix === BY ? last : `${first} to ${last}`);
  };
  const sidesText = (event) => {
    const [a, b] = [cellText(eventField(event, "side_a")), cellText(eventField(event, "side_b"))];
    return a && b ? `${a} – ${b}` : a || b;
  };
  const sourceText = (key, isShort = false) => {
    key = key.trim();
    const record = sources.get(key) ?? sources.get(key.split("#")[0]);
    if (!record) return key;
    const names = isShort ? [] : ["publisher", "date"];
    const publication = names.map((name) => sourceField(record, name)).filter(Boolean).join(", ");
    return `${sourceField(record, "title") ?? key}${publication ? ` (${publication})` : ""} [${key}]`;
  };
  const citedSources = (event, eventFigures) => [...new Set([
    ...(eventField(event, "sources") ?? []), ...eventFigures.flatMap((record) => figureField(record, "sources") ?? []),
  ])];

  // The list of events

  const summaryContent = (event) => {
    const killed = killedContent(event), otherDeaths = otherDeathsContent(event), basis = eventField(event, "basis");
    const place = cellText(eventField(event, "place"));
    const type = [eventField(event, "event_type"), eventField(event, "sub_event_type")].filter(Boolean).join(": ");
    return element("summary", "",
      element("span", "date-place", element("span", "", dateText(event)), " ",
        place ? element("b", "", place) : label("place not stated")),
      element("span", "summary", eventField(event, "summary")),
      element("span", "sides", sidesText(event)),
      element("span", "type", type, " ", basis ? element("i", `basis ${basis}`, basis) : ""),
      killed.length ? element("span", "killed", ...killed) : "",
      otherDeaths.length ? element("span", "killed", ...otherDeaths) : "",
    );
  };

  const createListItem = (index) => {
    const event = events[index], box = createElement("details", "", toNode(summaryContent(event)));
    box.addEventListener("toggle", () => {
      if (box.open && !box.querySelector(".event-details")) box.append(toNode(detailsContent(event)));
    });
    const item = createElement("li", "", box);
    item.dataset.event = index;
    return item;
  };

  const detailsContent = (event) => {
    const eventFigures = figuresOf(event), keys = citedSources(event, eventFigures);
    const precision = eventField(event, "place_precision");
    const facts = [
      ["Claimed by", cellText(eventField(event, "responsibility"))],
      ["Region", cellText(eventField(event, "region"))],
      ["Country", cellText(eventField(event, "country"))],
      ["Place precision", precision === "place" ? "" : precision],
      ["Note", eventField(event, "note")],
      ["Key", eventField(event, "event_id")],
    ].filter(([, value]) => value);
    const heading = (text) => element("h2", "", label(text));
    return element("div", "event-details",
      element("dl", "", ...facts.flatMap(([name, value]) => [
        element("dt", "", label(name)), element("dd", "", value),
      ])),
      heading(eventFigures.length ? "Figures and claimants" : "No figures"),
      eventFigures.length ? element("ul", "figures", ...eventFigures.map(figureContent)) : "",
      ...(keys.length
        ? [heading("Sources"), element("ul", "", ...keys.map((key) => element("li", "", sourceText(key))))] : []),
    );
  };

  const figureContent = (record) => {
    const get = (name) => figureField(record, name);
    const numbers = formatBounds(get("low"), get("best"), get("high"), get("open"));
    const victims = cellText(get("group")) || get("who") || get("country") || get("victims");
    const status = get("status"), claimant = get("according_to"), kind = get("according_to_kind"), harm = get("harm");
    const wording = get("wording") ? `“${get("wording")}”` : "", keys = get("sources") ?? [];
    const perpetrator = cellText(get("inflicted_by"));
    const cause = get("cause") !== "hostile" ? get("cause") : "";
    return element("li", "",
      element("b", status === "current" ? "" : "superseded",
        numbers || wording || label("?"), " ", harm === "killed" ? label(harm) : harm),
      label(": "), victims || label("victims not stated"),
      get("who") && get("who") !== victims ? `, ${get("who")}` : "",
      numbers && wording ? `, ${wording}` : "",
      status === "current" ? "" : ` (${status})`, label(". "),
      ...(claimant
        ? [label("According to "), element("b", "", claimant), kind ? ` (${kind})` : "", label(". ")]
        : [label("Claimant not stated. ")]),
      ...(perpetrator ? [label("Inflicted by "), perpetrator, label(". ")] : []),
      ...(cause ? [label("Cause: "), cause, label(". ")] : []),
      get("note") ? element("span", "note", `${get("note")} `) : "",
      // A label, as the sources of the event, which are searched, include those of its figures.
      keys.length
        ? element("span", "note", label(`Source: ${keys.map((key) => sourceText(key, true)).join("; ")}`)) : "",
    );
  };

  // Search: each word must begin a word of the text. Case and accents do not matter, and 1,234 is found as 1234, too.

  const PUNCTUATION = { "’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-" };
  const normalize = (text) => text.replace(/[’‘ʼ`‐‑–—]/g, (c) => PUNCTUATION[c]).normalize("NFKD")
    .replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss").replace(/(\d),(?=\d{3}(?!\d))/g, "$1")
    .replace(/\s+/g, " ").trim();
  const WORD_CHARACTER = /[\p{L}\p{N}_]/u;
  const hasWordStart = (text, word) => {
    if (!WORD_CHARACTER.test(word[0])) return text.includes(word); // "#214" follows the key of its document
    for (let position = text.indexOf(word); position >= 0; position = text.indexOf(word, position + 1)) {
      if (position === 0 || !WORD_CHARACTER.test(text[position - 1])) return true;
    }
    return false;
  };
  const searchIndex = []; // the normalized text of each event, made at the first search
  const indexedText = (index) => (searchIndex[index] ??= normalize(
    [summaryContent, detailsContent].map((content) => searchableText(content(events[index]))).join("")));

  // The events shown: those that match the search and belong to the selected row of the chart

  let searchWords = [], matches = [], listedCount = 0;
  let selected = null; // a row of the chart, "unplotted" for events in no mark, or null for all
  const plottedRows = new Set(
    svgs.flatMap((svg) => [...svg.querySelectorAll("[data-row]")].map((mark) => Number(mark.dataset.row))));
  const isUnplotted = (row) => !plottedRows.has(row);
  const isSelected = (row) => selected === null || (selected === "unplotted" ? isUnplotted(row) : row === selected);

  const refresh = () => {
    const hits = events.map((_, index) => index)
      .filter((index) => searchWords.every((word) => hasWordStart(indexedText(index), word)));
    const hitRows = new Set(hits.map((index) => data.rowByEvent[index]));
    matches = hits.filter((index) => isSelected(data.rowByEvent[index]));
    const order = $("sort-order").value;
    if (order === "latest") matches.reverse();
    // Events with unknown fatalities come last: unknown is not zero, but it has no place among numbers.
    const killed = (index) => eventField(events[index], "killed_best") ?? -1;
    if (order === "killed") matches.sort((a, b) => killed(b) - killed(a));
    for (const mark of figure.querySelectorAll("[data-row]")) {
      const row = Number(mark.dataset.row);
      const isDimmed = searchWords.length > 0 && !hitRows.has(row) || selected !== null && selected !== row;
      mark.classList.toggle("dimmed", isDimmed);
      mark.classList.toggle("selected", selected === row);
      if (mark.hasAttribute("aria-pressed")) mark.setAttribute("aria-pressed", selected === row);
    }
    $("unplotted").setAttribute("aria-pressed", selected === "unplotted");
    if ($("list").getBoundingClientRect().top < 0) $("list").scrollIntoView();
    $("events").replaceChildren();
    listedCount = 0;
    listMore();
    const total = pluralize(events.length, "events");
    $("count").textContent = (matches.length < events.length ? `${formatNumber(matches.length)} of ${total}` : total)
      + (selected === null ? "" : `: ${selected === "unplotted" ? data.unplottedText : data.rows[selected].name}`);
    $("clear").hidden = selected === null && !searchWords.length;
  };

  const listMore = () => {
    const next = matches.slice(listedCount, listedCount + PAGE_SIZE);
    $("events").append(...next.map(createListItem));
    listedCount += next.length;
    const rest = matches.length - listedCount;
    $("show-more").hidden = rest === 0;
    $("list-range").textContent = rest ? `The first ${formatNumber(listedCount)} of these events are listed.` : "";
    $("show-more").textContent =
      `${formatNumber(listedCount)} listed; show ${formatNumber(Math.min(PAGE_SIZE, rest))} more`;
  };

  const select = (row, rowsHere = []) => {
    selected = selected === row ? null : row;
    refresh();
    showTooltip(selected === null || selected === "unplotted" ? null : selected, rowsHere);
  };
  const clear = () => {
    searchWords = [];
    selected = null;
    $("search-input").value = "";
    refresh();
    showTooltip(null);
  };

  // The chart

  const visibleSvg = () => svgs.find((svg) => svg.getBoundingClientRect().width > 0);
  const boxCache = new Map(); // the size of each chart, and its boxes at that size
  const rowBoxes = (svg) => { // what the marks of each row take up, in pixels from the corner of the chart
    const corner = svg.getBoundingClientRect(), size = `${corner.width}x${corner.height}`;
    if (boxCache.get(svg)?.size === size) return boxCache.get(svg).boxes;
    const boxes = new Map();
    for (const mark of svg.querySelectorAll("[data-row]")) {
      const rect = mark.getBoundingClientRect(), row = Number(mark.dataset.row), previous = boxes.get(row);
      const [x, y] = [rect.left - corner.left, rect.top - corner.top];
      const box = { left: x, right: x + rect.width, top: y, bottom: y + rect.height };
      boxes.set(row, previous ? {
        left: Math.min(previous.left, box.left), right: Math.max(previous.right, box.right),
        top: Math.min(previous.top, box.top), bottom: Math.max(previous.bottom, box.bottom),
      } : box);
    }
    boxCache.set(svg, { size, boxes });
    return boxes;
  };
  // The rows at the pointer: the nearest one, or all whose circles are there.
  const rowsAtPointer = (svg, event) => {
    const corner = svg.getBoundingClientRect();
    const x = event.clientX - corner.left, y = event.clientY - corner.top;
    const near = [];
    for (const [row, box] of rowBoxes(svg)) {
      const middle = (box.left + box.right) / 2, radius = (box.right - box.left) / 2;
      const distance = isTimeline ? Math.abs(x - middle) : Math.hypot(x - middle, y - (box.top + box.bottom) / 2);
      if (distance <= radius + TAP_DISTANCE) near.push({ row, radius, distance, gap: distance - radius });
    }
    const inside = near.filter((mark) => mark.gap <= 1);
    const roundedDistance = (mark) => Math.round(mark.distance / 3); // of a camp in a town, the larger comes first
    if (inside.length && !isTimeline) {
      return inside.sort((a, b) => roundedDistance(a) - roundedDistance(b) || b.radius - a.radius)
        .map((mark) => mark.row);
    }
    const key = isTimeline ? "distance" : "gap";
    return near.sort((a, b) => a[key] - b[key]).slice(0, 1).map((mark) => mark.row);
  };

  const showTooltip = (row, rowsHere = []) => {
    const tooltip = $("tooltip"), svg = visibleSvg();
    for (const mark of figure.querySelectorAll(".highlighted")) mark.classList.remove("highlighted");
    const box = row === null || !svg ? null : rowBoxes(svg).get(row);
    tooltip.hidden = !box;
    if (!box) return;
    for (const mark of svg.querySelectorAll(`[data-row="${row}"]`)) mark.classList.add("highlighted");
    tooltip.replaceChildren(createElement("b", "", data.rows[row].name),
      ...data.rows[row].facts.map((fact) => createElement("span", "", fact)));
    const otherNames = rowsHere.filter((other) => other !== row).map((other) => data.rows[other].name);
    if (otherNames.length) {
      tooltip.append(createElement("span", "note", `Also here: ${otherNames.join(", ")}; tap again.`));
    }
    // Above or below the mark; on a timeline, whose marks are as high as the chart, beside it.
    const space = figure.getBoundingClientRect(), corner = svg.getBoundingClientRect();
    const [x, y] = [corner.left - space.left, corner.top - space.top];
    const [width, height] = [tooltip.offsetWidth, tooltip.offsetHeight];
    const fitsRight = x + box.right + 8 + width <= space.width;
    const beside = fitsRight ? x + box.right + 8 : x + box.left - 8 - width;
    const above = y + box.top - height - 8;
    const left = isTimeline ? beside : x + (box.left + box.right - width) / 2;
    tooltip.style.left = `${Math.max(0, Math.min(left, space.width - width))}px`;
    tooltip.style.top = `${isTimeline ? y : above >= 0 ? above : y + box.bottom + 8}px`;
  };
  const showSelectedTooltip = () => showTooltip(typeof selected === "number" ? selected : null);

  const marksInOrder = new Map();
  for (const svg of svgs) {
    // One tab stop per chart, arrow keys from mark to mark: in order of time, or the largest place first.
    const firstMarks = new Map();
    for (const mark of svg.querySelectorAll("[data-row]")) {
      const row = Number(mark.dataset.row);
      if (firstMarks.has(row)) continue;
      firstMarks.set(row, mark);
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-pressed", "false");
      mark.setAttribute("tabindex", "-1");
    }
    marksInOrder.set(svg, [...firstMarks.keys()].sort((a, b) => a - b).map((row) => firstMarks.get(row)));
    marksInOrder.get(svg)[0]?.setAttribute("tabindex", "0");
  }
  const focusMark = (marks, target) => {
    for (const mark of marks) mark.setAttribute("tabindex", mark === target ? "0" : "-1");
    target.focus();
  };
  const rowOfTarget = (event) => {
    const mark = event.target.closest("[data-row]");
    return mark && Number(mark.dataset.row);
  };
  // The listeners are on the figure: an SVG with listeners for keys or focus would itself be a tab stop.
  figure.addEventListener("keydown", (event) => {
    const row = rowOfTarget(event), marks = marksInOrder.get(event.target.closest("svg.chart"));
    if (row === null || !marks) return;
    const position = marks.indexOf(event.target), last = marks.length - 1;
    const [next, previous] = [position + 1, position - 1];
    const targets = {
      ArrowRight: next, ArrowDown: next, ArrowLeft: previous, ArrowUp: previous, Home: 0, End: last,
    };
    if (event.key in targets) focusMark(marks, marks[Math.max(0, Math.min(targets[event.key], last))]);
    else if (event.key === "Enter" || event.key === " ") select(row);
    else return;
    event.preventDefault();
  });
  figure.addEventListener("focusin", (event) => {
    const row = rowOfTarget(event);
    if (row !== null) showTooltip(row);
  });
  figure.addEventListener("focusout", showSelectedTooltip);
  figure.addEventListener("pointermove", (event) => {
    const svg = event.target.closest("svg.chart");
    if (event.pointerType === "touch" || !svg) return;
    const rows = rowsAtPointer(svg, event);
    svg.style.cursor = rows.length ? "pointer" : "";
    if (!rows.length) showSelectedTooltip();
    else showTooltip(rows.includes(selected) ? selected : rows[0], rows);
  });
  figure.addEventListener("pointerleave", showSelectedTooltip);
  figure.addEventListener("click", (event) => {
    const svg = event.target.closest("svg.chart"), rows = svg ? rowsAtPointer(svg, event) : [];
    const next = rows[rows.indexOf(selected) + 1]; // of several rows at a point, one after the other
    if (next !== undefined) select(next, rows);
    else if (typeof selected === "number") select(selected);
  });

  // From the list to the chart

  const highlightRowOfEvent = (event) => {
    const item = event.target.closest("[data-event]");
    const row = item ? data.rowByEvent[Number(item.dataset.event)] : null;
    for (const mark of figure.querySelectorAll("[data-row]")) {
      mark.classList.toggle("highlighted", Number(mark.dataset.row) === row);
    }
  };
  $("events").addEventListener("pointerover", highlightRowOfEvent);
  $("events").addEventListener("pointerleave", () => showSelectedTooltip());
  $("events").addEventListener("focusin", highlightRowOfEvent);

  // Controls

  let searchTimeout;
  $("search-input").addEventListener("input", () => {
    clearTimeout(searchTimeout);
    searchTimeout = setTimeout(() => {
      searchWords = normalize($("search-input").value).split(" ").filter(Boolean);
      refresh();
    }, 120);
  });
  $("sort-order").addEventListener("change", refresh);
  $("clear").addEventListener("click", () => { clear(); $("search-input").focus(); });
  $("show-more").addEventListener("click", () => {
    const firstAdded = listedCount;
    listMore();
    $("events").children[firstAdded]?.querySelector("summary").focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  addEventListener("resize", showSelectedTooltip);
  addEventListener("beforeprint", () => {
    while (listedCount < Math.min(matches.length, MAX_PRINTED)) listMore();
  });

  const unplottedCount = data.rowByEvent.filter(isUnplotted).length;
  if (unplottedCount) {
    $("unplotted").textContent = `${pluralize(unplottedCount, "events")} ${data.unplottedText}`;
    $("unplotted").hidden = false;
    $("unplotted").addEventListener("click", () => select("unplotted"));
  }
  $("data-table").addEventListener("toggle", () => {
    const box = document.querySelector("#data-table .scroll");
    if (box.children.length) return;
    const { columns, numeric, records } = data.table;
    const cells = (tag, row) => row.map((cell, index) => createElement(tag, numeric[index] ? "number" : "", cell));
    const header = createElement("tr", "", ...cells("th", columns.map((name) => name.replaceAll("_", " "))));
    const body = records.map((row) => createElement("tr", "", ...cells("td", row)));
    box.append(createElement("table", "", createElement("thead", "", header), createElement("tbody", "", ...body)));
  });
  for (const id of ["search", "hint", "data-table"]) $(id).hidden = false;
  refresh();
})();
