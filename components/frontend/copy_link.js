// @ts-check
// Copies a link: one that is given, or the page's own address, completed with what
// it leaves to defaults.
import { find } from "./elements.js"
import { isRunning, onPage } from "./streamlit_dom.js"

/**
 * @import { Component } from "./elements.js"
 * @typedef {object} Link
 * @property {string} label of the button
 * @property {string} link "" for the page's own
 * @property {Record<string, string>} parameters
 */

const LOOK = 50, RESTS = 3, MOST = 100  // ms between looks, looks at rest, looks in all

/**
 * Return what the last run sent a button: the page may run between a click and the copy.
 * @param {HTMLButtonElement} button
 * @returns {Link}
 */
const latestOf = button => JSON.parse(button.dataset.latest ?? "")

/**
 * A click ends the typing in a field, and the page runs for that field first; on a busy
 * server a while later.
 * @param {HTMLButtonElement} button
 */
const pageRests = async button => {
  const sentence = /** @type {HTMLInputElement | null} */ (onPage("sentence"))
  const isAhead = () => {
    const { text } = latestOf(button).parameters
    return isRunning() || (sentence && text !== undefined && sentence.value !== text)
  }
  for (let look = 0, rests = 0; look < MOST && rests < RESTS; look++) {
    await new Promise(done => setTimeout(done, LOOK))
    rests = isAhead() ? 0 : rests + 1
  }
}

/** @param {Link} data */
const address = ({ link, parameters }) => {
  const url = new URL(link || window.location.href)
  // Community Cloud serves the page itself under this path of the public address.
  url.pathname = url.pathname.replace("/~/+/", "/")
  url.hash = ""
  if (!link) url.searchParams.delete("teach")  // the panel is the teacher's own
  for (const [name, text] of Object.entries(parameters)) url.searchParams.set(name, text)
  return url.href
}

/**
 * navigator.clipboard exists on https and localhost only; a class may have neither.
 * @param {string} text
 */
const copyByHand = text => {
  const field = document.createElement("textarea")
  field.value = text
  field.ariaHidden = "true"
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand("copy")
  field.remove()
  return isCopied
}

/** @param {Component<Link>} component */
export default ({ data, parentElement }) => {
  /** @type {HTMLButtonElement} */
  const button = find(parentElement, "button")
  const says = find(parentElement, ".says")
  button.textContent = data.label
  button.dataset.latest = JSON.stringify(data)

  button.onclick = async () => {
    says.textContent = ""
    await pageRests(button)
    const text = address(latestOf(button))
    let isCopied
    try {
      await navigator.clipboard.writeText(text)
      isCopied = true
    } catch {
      isCopied = copyByHand(text)
      button.focus()
    }
    says.textContent = isCopied ? "Copied"
      : data.link ? "Select the link and copy it by hand"
      : "Copy the address from your browser’s address bar"
  }
}
