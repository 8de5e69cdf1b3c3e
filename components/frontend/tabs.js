// @ts-check
import { onPage, SELECTORS } from "./streamlit_dom.js"

/** @param {Element} tab */
const isDisabled = tab => tab.ariaDisabled === "true"

/**
 * Gives a tab its focus back. While the page runs slowly, Streamlit disables the open
 * tab for a moment, and the keyboard's focus falls to the top of the page.
 * @param {FocusEvent} event
 */
export const returnToTab = ({ target, relatedTarget }) => {
  const tab = target instanceof Element && target.closest(SELECTORS.tab)
  if (!(tab instanceof HTMLElement) || relatedTarget) return
  const watch = new MutationObserver(() => {
    if (isDisabled(tab)) return
    watch.disconnect()
    if (document.activeElement === document.body) tab.focus()
  })
  watch.observe(tab, { attributeFilter: ["aria-disabled"] })
  // Where nothing disables it, the focus left for another reason.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (!isDisabled(tab)) watch.disconnect()
  }))
}

// Keeps the open tab in sight where the row is wider than the window, as on a phone.
// Streamlit scrolls to it too, but while the tab's content changes the row is as wide as
// it likes, and goes back to its start.
/** @type {HTMLElement | null} */
let followed = null

/** @param {Element} tab @param {Element} row */
const show = (tab, row) => {
  const inside = tab.getBoundingClientRect()
  const whole = row.getBoundingClientRect()
  row.scrollLeft += Math.min(inside.left - whole.left, 0) + Math.max(inside.right - whole.right, 0)
}

const widths = new ResizeObserver(([entry]) => {
  if (followed && entry) show(followed, entry.target)
})

export const followTab = () => {
  const tab = onPage("openTab")
  const row = tab?.closest(SELECTORS.rowOfTabs)
  if (!row || tab === followed) return
  followed = tab
  widths.disconnect()
  widths.observe(row)  // which calls at once
}

export const watchTabs = new MutationObserver(followTab)
