// Puts an open popover behind its button in the order of the Tab key. Streamlit draws
// it at the document's end, behind everything else on the page.
const STOPS = "a[href], button, input, textarea, select, [tabindex]"

// While the focus is elsewhere, Streamlit keeps each control's tabindex in data-tabindex.
const isStop = part => part.matches(STOPS) && !part.disabled && part.checkVisibility() &&
  Number(part.dataset.tabindex ?? part.tabIndex) >= 0

const stops = root => [...root.querySelectorAll("*")]
  .flatMap(part => part.shadowRoot ? stops(part.shadowRoot) : isStop(part) ? [part] : [])

const focused = (root = document) => {
  const at = root.activeElement
  return at?.shadowRoot ? focused(at.shadowRoot) : at
}

// A field tells the page what was typed when the focus leaves it. Escape would take the
// field away before that, and the words with it.
const keepTyped = event => {
  const body = document.querySelector("[data-testid=stPopoverBody]")
  if (event.key === "Escape" && body?.contains(document.activeElement))
    document.activeElement.blur()
}

const followPopover = event => {
  const body = document.querySelector("[data-testid=stPopoverBody]")
  const opener = document.querySelector("[data-testid=stPopoverButton][aria-expanded=true]")
  if (event.key !== "Tab" || !body || !opener) return
  const inside = stops(body)
  const at = focused()
  if (at === opener && !event.shiftKey && inside.length) {
    event.preventDefault()
    inside[0].focus()
  } else if (at === inside[0] && event.shiftKey) {
    event.preventDefault()
    opener.focus()
  } else if (at === inside.at(-1) && !event.shiftKey) {
    opener.focus()  // from where the key goes on to what follows the button
  }
}
