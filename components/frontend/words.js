// @ts-check
// The words of a sentence, each a button that hides it.
import { button, find } from "./elements.js"
import { passFocusOn, stopOnce, takeFocus } from "./groups.js"

/**
 * @import { Component } from "./elements.js"
 * @typedef {object} Sentence
 * @property {string} text sent back with a choice: another may be there by then
 * @property {string[]} words
 */

/** @param {Component<Sentence>} component */
export default ({ data, parentElement, setTriggerValue }) => {
  const group = find(parentElement, ".words")
  group.replaceChildren(...data.words.map((word, i) => {
    const hide = button(word, () => {
      passFocusOn()
      setTriggerValue("hidden", [data.text, i])
    })
    hide.ariaLabel = hide.title = `hide this word: ${word}`
    return hide
  }))
  stopOnce(group)
  takeFocus(group)
}
