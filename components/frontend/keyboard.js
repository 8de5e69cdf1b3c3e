// What the page adds to Streamlit for who uses the keyboard.
export default () => {
  document.addEventListener("keydown", followPopover)
  document.addEventListener("focusout", returnToTab)
}
