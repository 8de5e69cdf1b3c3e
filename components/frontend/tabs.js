// Gives a tab its focus back. While the page runs slowly, Streamlit disables the open
// tab for a moment, and the keyboard's focus falls to the top of the page.
const returnToTab = event => {
  const tab = event.target.closest?.("[role=tab]")
  if (!tab || event.relatedTarget) return
  const watch = new MutationObserver(() => {
    if (tab.ariaDisabled === "true") return
    watch.disconnect()
    if (document.activeElement === document.body) tab.focus()
  })
  watch.observe(tab, { attributeFilter: ["aria-disabled"] })
  // Where nothing disables it, the focus left for another reason.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (tab.ariaDisabled !== "true") watch.disconnect()
  }))
}
