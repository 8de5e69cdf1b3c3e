// @ts-check
// Buttons that take files home. A file is made when it is wanted: the page sends it
// back once, and it is saved here.
import { button, bytes, element, find } from "./elements.js"

/**
 * @import { Component } from "./elements.js"
 * @typedef {object} Made
 * @property {number} number one for each file, so that none is saved twice
 * @property {string} name
 * @property {string} type
 * @property {string} content base64
 */

/** @param {Component<{ labels: string[], made: Made | null }>} component */
export default ({ data, parentElement, setTriggerValue }) => {
  const group = find(parentElement, ".files")
  if (!group.childElementCount)
    group.replaceChildren(...data.labels.map((label, i) =>
      button(label, () => setTriggerValue("wanted", i))))
  const { made } = data
  if (!made || group.dataset.saved === String(made.number)) return
  group.dataset.saved = String(made.number)
  const link = element("a")
  link.href = URL.createObjectURL(new Blob([bytes(made.content)], { type: made.type }))
  link.download = made.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)  // slow disks still read it
}
