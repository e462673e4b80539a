// The script of a page: it lists, filters and searches the events, and links the list, the charts and the address.
// The files are joined in the order of SCRIPTS in html_report.py. They share one scope, that of a module.

const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);

// Labels are written in English. A page in another language has their translations; {} takes a value, {n} a number.
const t = (text, ...values) => {
  let position = 0;
  return (data.labels[text] ?? text).replace(/\{n?\}/g, () => values[position++]);
};
const formatNumber = new Intl.NumberFormat(data.language).format;
const isSingular = new Intl.PluralRules(data.language);
const pluralize = (value, noun) => t(
  isSingular.select(value) === "one" ? `{n} ${noun.replace(/s\b/, "")}` : `{n} ${noun}`, formatNumber(value));

// Text of the data is added to the page as text nodes only, never as markup: append() takes strings as text.
const createElement = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== ""));
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
