// What the page adds to Streamlit for who uses the keyboard or a screen reader.
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
