// What the list shows of an event, of its figures, and of the holder of a place

// "138", "112–237+": the bounds that are given; + if there is no upper bound.
const formatBounds = (low, best, high, open) => {
  const given = [low, best, high].filter((value) => value !== null);
  if (!given.length) return "";
  const first = given[0], last = given[given.length - 1], plus = open ? "+" : "";
  return first === last ? formatNumber(first) + plus : `${formatNumber(first)}–${formatNumber(last)}${plus}`;
};
// The words in which people killed are given without a number: "dozens", or of a foreign file "0 or not stated"
const killedInWords = (event) => {
  const record = figuresOf(event).find((figure) => figureField(figure, "harm") === "killed"
    && figureField(figure, "status") === "current" && figureField(figure, "wording"));
  return record ? [label(`${t("killed:")} `), figureField(record, "wording")] : [label(t("killed: no number given"))];
};
const killedContent = (event) => {
  const [low, best, high] = ["killed_low", "killed_best", "killed_high"].map((name) => eventField(event, name));
  if (best === null) {
    if (eventField(event, "unknown")) return killedInWords(event);
    return eventField(event, "not_stated") ? [label(t("killed: not stated"))] : [];
  }
  const range = formatBounds(low, best, high, eventField(event, "open")), isExact = low === best && best === high;
  return [
    element("b", "", isExact ? range : formatNumber(best)), label(` ${t("killed")}`), isExact ? "" : ` (${range})`,
  ];
};
// Deaths that are not counted as killed: by accident or illness.
const otherDeathsContent = (event) => figuresOf(event)
  .filter((record) => figureField(record, "harm") === "killed" && figureField(record, "status") === "current")
  .filter((record) => (figureField(record, "cause") ?? "hostile") !== "hostile")
  .flatMap((record, index) => {
    const numbers = formatBounds(...["low", "best", "high", "open"].map((name) => figureField(record, name)));
    const amount = numbers || (figureField(record, "wording") ?? "?");
    return [label(index ? "; " : ""), amount, label(` ${t("died:")} `), figureField(record, "cause")];
  });
const sidesText = (event) => {
  const [a, b] = [cellText(eventField(event, "side_a")), cellText(eventField(event, "side_b"))];
  return a && b ? `${a} – ${b}` : a || b;
};
const basisContent = (basis) => (basis ? element("i", `basis ${basis}`, basis) : "");

const summaryContent = (event) => {
  const killed = killedContent(event), otherDeaths = otherDeathsContent(event);
  const place = cellText(eventField(event, "place"));
  const type = [eventField(event, "event_type"), eventField(event, "sub_event_type")].filter(Boolean).join(": ");
  return element("summary", "",
    element("span", "date-place", element("span", "", eventField(event, "when")), " ",
      place ? element("b", "", place) : label(t("place not stated"))),
    element("span", "summary", eventField(event, "summary")),
    element("span", "sides", sidesText(event)),
    element("span", "type", label(type), " ", basisContent(eventField(event, "basis"))),
    killed.length ? element("span", "killed", ...killed) : "",
    otherDeaths.length ? element("span", "killed", ...otherDeaths) : "",
  );
};

const factsContent = (facts) => element("dl", "", ...facts.filter(([, value]) => value).flatMap(([name, value]) => [
  element("dt", "", label(t(name))), element("dd", "", value),
]));
const detailsContent = (event) => {
  const eventFigures = figuresOf(event), keys = citedSources(event, eventFigures);
  const precision = eventField(event, "place_precision");
  const heading = (text) => element("h2", "", label(t(text)));
  return element("div", "event-details",
    factsContent([
      ["Claimed by", cellText(eventField(event, "responsibility"))],
      ["Region", cellText(eventField(event, "region"))],
      ["Country", cellText(eventField(event, "country"))],
      ["Place precision", precision === "place" ? "" : precision],
      ["Note", eventField(event, "note")],
      ["Key", eventField(event, "event_id")],
    ]),
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
      numbers || wording || label("?"), " ", harm === "killed" ? label(t(harm)) : harm),
    label(": "), victims || label(t("victims not stated")),
    get("who") && get("who") !== victims ? `, ${get("who")}` : "",
    numbers && wording ? `, ${wording}` : "",
    status === "current" ? "" : ` (${status})`, label(". "),
    ...(claimant
      ? [label(`${t("According to")} `), element("b", "", claimant), kind ? ` (${kind})` : "", label(". ")]
      : [label(`${t("Claimant not stated.")} `)]),
    ...(perpetrator ? [label(`${t("Inflicted by")} `), perpetrator, label(". ")] : []),
    ...(cause ? [label(`${t("Cause:")} `), cause, label(". ")] : []),
    get("note") ? element("span", "note", `${get("note")} `) : "",
    // A label, as the sources of the event, which are searched, include those of its figures.
    keys.length
      ? element("span", "note", label(`${t("Source:")} ${keys.map((key) => sourceText(key, true)).join("; ")}`)) : "",
  );
};

// Holders of places

const holderName = (record) => cellText(holderField(record, "holder"));
const isUnknownHolder = (record) => holderName(record) === "unknown";
const holderContent = (record) => {
  const get = (name) => holderField(record, name), isUnknown = isUnknownHolder(record);
  const status = get("status") === "recent" || isUnknown ? "" : get("status");
  return element("div", "holder",
    element("span", "date-place", get("when") ? element("span", "", label(`${t("since")} `), get("when")) : "", " ",
      element("b", "", get("place"))),
    element("span", "summary", ...(isUnknown
      ? [label(t("holder unknown"))]
      : [label(`${t(get("basis") === "present" ? "present:" : "held by")} `), element("b", "", holderName(record))])),
    element("span", "type", isUnknown ? "" : basisContent(get("basis")), " ", status ? `${status} ` : ""),
    factsContent([
      ["As of", isUnknown ? "" : get("as_of")],
      ["According to", cellText(get("according_to"))],
      ["Note", get("note")],
      ["Sources", (get("sources") ?? []).map((key) => sourceText(key)).join("; ")],
    ]),
  );
};
