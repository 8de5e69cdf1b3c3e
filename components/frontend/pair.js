// @ts-check
// The words of a sentence, of which two are chosen one after the other.
import { button, find } from "./elements.js"
import { stopOnce } from "./groups.js"

/**
 * @import { Component } from "./elements.js"
 * @typedef {object} Sentence
 * @property {string} text sent back with the choice
 * @property {string[]} words
 */

/** @param {Component<Sentence>} component */
export default ({ data, parentElement, setTriggerValue }) => {
  const group = find(parentElement, ".words")
  if (group.dataset.text === data.text) return  // a first choice survives reruns
  group.dataset.text = data.text
  const says = find(parentElement, ".says")
  /** @type {number | null} */
  let first = null
  const buttons = data.words.map((word, i) => button(word, () => {
    if (first !== null && first !== i) setTriggerValue("chosen", [data.text, first, i])
    first = first === null ? i : null
    show()
  }))
  const show = () => {
    buttons.forEach((other, j) => { other.ariaPressed = String(j === first) })
    says.textContent = first === null
      ? "Choose the word that looks, then the word it should look at."
      : `“${data.words[first]}” looks at … Choose the second word.`
  }
  group.replaceChildren(...buttons)
  stopOnce(group)
  show()
}
