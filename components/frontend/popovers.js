// @ts-check
// Puts an open popover behind its button in the order of the Tab key. Streamlit draws
// it at the document's end, behind everything else on the page.
import { onPage, tabIndex } from "./streamlit_dom.js"

const STOPS = "a[href], button, input, textarea, select, [tabindex]"

/** @param {Element} part @returns {part is HTMLElement} */
const isStop = part => part instanceof HTMLElement && part.matches(STOPS) &&
  !part.matches(":disabled") && part.checkVisibility() && tabIndex(part) >= 0

/** @param {ParentNode} root @returns {HTMLElement[]} */
const stops = root => [...root.querySelectorAll("*")]
  .flatMap(part => part.shadowRoot ? stops(part.shadowRoot) : isStop(part) ? [part] : [])

/** @param {DocumentOrShadowRoot} root @returns {Element | null} */
const focused = (root = document) => {
  const at = root.activeElement
  return at?.shadowRoot ? focused(at.shadowRoot) : at
}

/**
 * A field tells the page what was typed when the focus leaves it. Escape would take the
 * field away before that, and the words with it.
 * @param {KeyboardEvent} event
 */
export const keepTyped = event => {
  const at = document.activeElement
  if (event.key === "Escape" && at instanceof HTMLElement &&
      onPage("popoverBody")?.contains(at))
    at.blur()
}

/** @param {KeyboardEvent} event */
export const followPopover = event => {
  const body = onPage("popoverBody")
  const opener = onPage("openPopoverButton")
  if (event.key !== "Tab" || !body || !opener) return
  const inside = stops(body)
  const [first] = inside
  const at = focused()
  if (at === opener && !event.shiftKey && first) {
    event.preventDefault()
    first.focus()
  } else if (at === first && event.shiftKey) {
    event.preventDefault()
    opener.focus()
  } else if (at === inside.at(-1) && !event.shiftKey) {
    opener.focus()  // from where the key goes on to what follows the button
  }
}
