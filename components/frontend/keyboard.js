// What the page adds to Streamlit for who uses the keyboard.
export default () => {
  window.addEventListener("keydown", keepTyped, true)  // before Streamlit's own
  document.addEventListener("keydown", followPopover)
  document.addEventListener("focusout", returnToTab)
}
