// Search: each word must begin a word of the text, as with `--text`; types have a menu of their own. Case and accents do not matter, and 1,234 is found as 1234, too.

const PUNCTUATION = { "’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-" };
const normalize = (text) => text.replace(/[’‘ʼ`‐‑–—]/g, (c) => PUNCTUATION[c]).normalize("NFKD")
  .replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss").replace(/(\d)[,\u202f](?=\d{3}(?!\d))/g, "$1")
  .replace(/\s+/g, " ").trim();
const WORD_CHARACTER = /[\p{L}\p{N}_]/u;
const hasWordStart = (text, word) => {
  if (!WORD_CHARACTER.test(word[0])) return text.includes(word); // "#214" follows the key of its document
  for (let position = text.indexOf(word); position >= 0; position = text.indexOf(word, position + 1)) {
    if (position === 0 || !WORD_CHARACTER.test(text[position - 1])) return true;
  }
  return false;
};
const searchWords = () => normalize(state.q).split(" ").filter(Boolean);
const searchIndex = []; // the normalized text of each event, made at the first search
const indexedText = (index) => (searchIndex[index] ??= normalize(
  [summaryContent, detailsContent].map((content) => searchableText(content(events[index]))).join("")));
