// @ts-check
// What components are made of.

/**
 * What Streamlit calls a component's code with, at every run of the page.
 * @template [Data=null]
 * @typedef {object} Component
 * @property {Data} data what the page sends it
 * @property {ParentNode} parentElement around its own HTML
 * @property {(name: string, value: unknown) => void} setTriggerValue runs the page
 */

/**
 * Find a part of a component's own HTML, which is always there.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {ParentNode} parent
 * @param {string} selector
 */
export const find = (parent, selector) =>
  /** @type {Kind} */ (parent.querySelector(selector))

/**
 * Make an element; its text is never HTML: tokens and sentences are anybody's text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {string | number} text
 */
export const element = (tag, className = "", text = "") => {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = String(text)
  return made
}

/**
 * Make a button that does this when it is pressed.
 * @param {string} text
 * @param {(() => void) | null} press
 */
export const button = (text, press) => {
  const made = element("button", "", text)
  made.type = "button"
  made.onclick = press
  return made
}

/**
 * Unpack what the page sends as base64.
 * @param {string} text
 */
export const bytes = text =>
  Uint8Array.from(atob(text), character => character.charCodeAt(0))
