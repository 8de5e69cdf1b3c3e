// @ts-check
// The words for each mask, each a button that puts it into the sentence.
import { button, element, find } from "./elements.js"
import { passFocusOn, takeFocus } from "./groups.js"

/**
 * @import { Component } from "./elements.js"
 * @typedef {object} Row
 * @property {string} token
 * @property {string} note
 * @property {number | null} probability null only holds the place of one to come
 * @property {string} before the sentence before the word
 * @property {string} word
 * @property {string} after
 *
 * @typedef {object} Answer
 * @property {string} text the sentence, sent back with a choice: another may be there by
 *   then
 * @property {{ title: string, rows: Row[] }[]} masks
 */

/**
 * Write a probability as `tenths` of attention/evidence.py does.
 * @param {number | null} share
 */
const percent = share => {
  if (share === null) return ""
  if (share < 0.001) return "under 0.1%"
  if (share > 0.999 && share < 1) return "over 99.9%"
  return `${(share * 100).toFixed(1)}%`
}

/** @param {Component<Answer>} component */
export default ({ data, parentElement, setTriggerValue }) => {
  const group = find(parentElement, ".tables")

  /** @param {Row} row @param {number} mask @param {number} rank */
  const line = ({ token, note, probability, before, word, after }, mask, rank) => {
    const choose = button(token, () => {
      passFocusOn()
      setTriggerValue("chosen", [data.text, mask, rank])
    })
    choose.className = "word"
    choose.disabled = probability === null
    choose.title = choose.disabled ? "" : `Put “${token}” into the sentence`
    const sentence = element("span", "sentence")
    sentence.append(before, element("b", "", word), after)
    const first = element("td", "first")
    first.title = before + word + after  // of which the line may show less
    first.append(choose, ...(note ? [element("span", "note", note)] : []), sentence)

    const bar = element("div", "bar")
    bar.style.width = `${(probability ?? 0) * 100}%`
    const track = element("div", "track")
    track.append(bar)
    const share = element("td", "share")
    share.append(element("span", "number", percent(probability)), track)

    const made = element("tr")
    made.append(element("td", "rank", rank + 1), first, share)
    return made
  }

  /** @param {Answer["masks"][number]} answer @param {number} mask */
  const table = ({ title, rows }, mask) => {
    const head = element("tr", "head")
    head.append(...["Rank", "Word and sentence", "Probability"].map(name => {
      const cell = element("th", "", name)
      cell.scope = "col"
      return cell
    }))
    const made = element("table")
    made.append(element("caption", "", title), head,
      ...rows.map((row, rank) => line(row, mask, rank)))
    return made
  }

  group.replaceChildren(...data.masks.map(table))
  takeFocus(group)
}
