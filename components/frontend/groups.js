// @ts-check
// What components that are groups of buttons share.

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

/**
 * Let the Tab key stop once, however many buttons; arrow keys go from one to the next.
 * @param {HTMLElement} group
 */
export const stopOnce = group => {
  const buttons = [...group.querySelectorAll("button")]
  /** @param {number} to */
  const rove = to => buttons.forEach((button, i) => { button.tabIndex = i === to ? 0 : -1 })
  rove(0)
  group.onkeydown = event => {
    const at = buttons.findIndex(button => button === event.target)
    /** @type {Record<string, number>} */
    const ends = { Home: 0, End: buttons.length - 1 }
    const to = ends[event.key] ?? at + (STEPS[event.key] ?? NaN)
    const next = buttons[to]
    if (!next) return
    event.preventDefault()
    rove(to)
    next.focus()
  }
}

/**
 * BERT's words and the sentence's words take each other's place, or new ones their own.
 * Whoever chose one goes on from there, not from the top of the page. The group gets the
 * focus, not one of its buttons, which an Enter too many would press.
 * What tells it on is on the page's body, until the next key or click: Streamlit may draw
 * all between anew, and more than once.
 */
export const passFocusOn = () => {
  const { dataset } = document.body
  dataset.passesFocusOn = ""
  for (const action of ["keydown", "pointerdown"])
    document.addEventListener(action, () => { delete dataset.passesFocusOn },
      { once: true, capture: true })
}

/** @param {HTMLElement} group in a shadow root of its own */
export const takeFocus = group => {
  const { activeElement: at, body } = document
  const { host } = /** @type {ShadowRoot} */ (group.getRootNode())
  const place = host.closest(".st-key-words-place")
  const isFree = at === body || place?.contains(at)
  if ("passesFocusOn" in body.dataset && isFree) group.focus({ preventScroll: true })
}
