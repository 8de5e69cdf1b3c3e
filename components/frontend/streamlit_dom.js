// @ts-check
// All that our code knows of Streamlit's own page and that Streamlit does not document:
// an upgrade may change it. tests/test_streamlit_dom_browser.py looks for each selector.
export const SELECTORS = {
  runningApp: "[data-testid=stApp][data-test-script-state=running]",
  main: "[data-testid=stMain]",  // what scrolls
  sentence: "[aria-label=Sentence]",  // the label of the page's own field
  popoverBody: "[data-testid=stPopoverBody]",
  openPopoverButton: "[data-testid=stPopoverButton][aria-expanded=true]",
  // A control of an open popover that the focus has left.
  keptOutOfTabOrder: "[data-testid=stPopoverBody] [data-tabindex]",
  tab: "[role=tab]",
  openTab: "[role=tab][aria-selected=true]",
  rowOfTabs: "[role=tablist]",
}

/**
 * Find a part of Streamlit's page that may not be there just now.
 * @param {keyof typeof SELECTORS} name
 * @returns {HTMLElement | null}
 */
export const onPage = name => document.querySelector(SELECTORS[name])

export const isRunning = () => onPage("runningApp") !== null

/**
 * Return a control's tabindex, wherever Streamlit keeps it just now.
 * @param {HTMLElement} part
 */
export const tabIndex = part => Number(part.dataset.tabindex ?? part.tabIndex)
