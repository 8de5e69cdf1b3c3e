// @ts-check
// What the page adds to Streamlit for who uses the keyboard or a screen reader.
import { announce, watchForAnswers } from "./announce.js"
import { followPopover, keepTyped } from "./popovers.js"
import { followTab, returnToTab, watchTabs } from "./tabs.js"

export default () => {
  window.addEventListener("keydown", keepTyped, true)  // before Streamlit's own
  document.addEventListener("keydown", followPopover)
  document.addEventListener("focusout", returnToTab)
  followTab()
  watchTabs.observe(document.body, {
    childList: true, subtree: true, attributeFilter: ["aria-selected"] })
  announce()
  watchForAnswers.observe(document.body, { childList: true, subtree: true })
}
