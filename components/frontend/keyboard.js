// What the page adds to Streamlit for who uses the keyboard or a screen reader.
export default () => {
  window.addEventListener("keydown", keepTyped, true)  // before Streamlit's own
  document.addEventListener("keydown", followPopover)
  document.addEventListener("focusout", returnToTab)
  announce()
  watchForAnswers.observe(document.body, { childList: true, subtree: true })
}
