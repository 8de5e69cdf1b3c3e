// @ts-check
// Shows the top of the page, where something was opened from far below.
import { find } from "./elements.js"
import { onPage } from "./streamlit_dom.js"

/** @import { Component } from "./elements.js" */

/** @param {Component<{ times: number }>} component how often that was asked for so far */
export default ({ data, parentElement }) => {
  const { dataset } = find(parentElement, "span")
  if (data.times > Number(dataset.times ?? data.times)) onPage("main")?.scrollTo({ top: 0 })
  dataset.times = String(data.times)
}
