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

// Keeps the open tab in sight where the row is wider than the window, as on a phone.
// Streamlit scrolls to it too, but while the tab's content changes the row is as wide as
// it likes, and goes back to its start.
let openTab = null

const showOpenTab = ([{ target: row }]) => {
  const [inside, whole] = [openTab, row].map(part => part.getBoundingClientRect())
  row.scrollLeft += Math.min(inside.left - whole.left, 0) + Math.max(inside.right - whole.right, 0)
}

const widths = new ResizeObserver(showOpenTab)

const followTab = () => {
  const tab = document.querySelector("[role=tab][aria-selected=true]")
  if (!tab || tab === openTab) return
  openTab = tab
  widths.disconnect()
  widths.observe(tab.closest("[role=tablist]"))  // which calls at once
}

const watchTabs = new MutationObserver(followTab)
