"""What a page lacks for people who do not see it, or not well: names of controls, structure and contrast."""

from __future__ import annotations

import re
from typing import Any

MIN_CONTRAST = 4.5  # of WCAG AA for text
STRUCTURE = """
const problems = [], text = (e) => (e.getAttribute('aria-label') || e.textContent || '').trim();
const check = (selector, isGood, problem) => document.querySelectorAll(selector).forEach((element) => {
    if (!isGood(element)) problems.push(problem + ': ' + element.outerHTML.slice(0, 120));
});
if (!document.documentElement.lang) problems.push('no language');
if (!document.title.trim()) problems.push('no title');
for (const tag of ['main', 'h1'])
    if (document.querySelectorAll(tag).length !== 1) problems.push('not one ' + tag);
check('input:not([type=hidden]), select, textarea', (e) => e.labels.length || e.getAttribute('aria-label'), 'no label');
check('a[href], button, summary', (e) => text(e) || e.querySelector('img[alt]'), 'no text');
check('img', (e) => e.hasAttribute('alt') && (e.alt || e.tabIndex < 0), 'no alternative text');
check('iframe', (e) => e.title, 'no title');
check('th', (e) => e.hidden || text(e), 'empty heading');
check('[id]', (e) => document.querySelectorAll('#' + CSS.escape(e.id)).length === 1, 'id twice');
check('[aria-describedby], [aria-labelledby]', (e) => document.getElementById(
    e.getAttribute('aria-describedby') || e.getAttribute('aria-labelledby')), 'description missing');
let level = 0;
document.querySelectorAll('h1, h2, h3, h4').forEach((e) => {
    if (e.tagName[1] > level + 1) problems.push('heading level left out: ' + e.textContent);
    level = +e.tagName[1];
});
return problems"""
COLOURS = """
const pairs = {}, backgroundOf = (box) => {
    for (let node = box; node; node = node.parentElement) {
        const colour = getComputedStyle(node).backgroundColor;
        if (!colour.startsWith('rgba') || !colour.endsWith(' 0)')) return colour;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)';
};
document.querySelectorAll('details').forEach((box) => box.open = true);
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
    const box = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !box.getClientRects().length) continue;
    pairs[getComputedStyle(box)[box.closest('svg') ? 'fill' : 'color'] + '|' + backgroundOf(box)] = walk.currentNode.textContent.trim().slice(0, 40);
}
return pairs"""


def problems(driver: Any) -> list[str]:
    """Return what is wrong with the structure of the page, and its texts with too little contrast."""
    found: list[str] = driver.execute_script(STRUCTURE)
    return found + contrast_problems(driver)


def contrast_problems(driver: Any) -> list[str]:
    """Return the texts of the page that have too little contrast, those of charts included."""
    pairs: dict[str, str] = driver.execute_script(COLOURS)
    assert len(pairs) > 1
    return [
        f"contrast of {text!r}: {pair}" for pair, text in pairs.items() if _contrast(*pair.split("|")) < MIN_CONTRAST
    ]


def _contrast(text_colour: str, background: str) -> float:
    """Return the contrast ratio of WCAG between two colours written rgb(1, 2, 3)."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(text_colour), luminance(background)))
    return (high + 0.05) / (low + 0.05)
