// @ts-check
// All heads as one picture under a grid of real buttons.
import { button, element, find } from "./elements.js"

/**
 * @import { Component } from "./elements.js"
 * @typedef {{ name: string, symbol: string, colour: string, count: number }} Role
 *
 * @typedef {object} Overview
 * @property {number} layers
 * @property {number} heads
 * @property {number} layer of the selected head, from 1
 * @property {number} head from 1
 * @property {string} sprite a PNG's data URL or ""
 * @property {string[]} labels each head's role
 * @property {Role[]} roles for the legend
 * @property {string} role the one shown, "" for all
 * @property {boolean} folded on a phone, until somebody opens it
 */

const PHONE = "(max-width: 640px)"  // as in overview.css

/** @param {Component<Overview>} component */
export default ({ data, parentElement, setTriggerValue }) => {
  const { layers, heads, layer, head, sprite, labels, roles, role, folded } = data
  const shape = `${layers}x${heads}`
  const frame = find(parentElement, ".frame")
  const grid = find(parentElement, ".grid")

  /** @param {string} selector @param {number} count */
  const numbers = (selector, count) => find(parentElement, selector).replaceChildren(
    ...Array.from({ length: count }, (_, i) => element("span", "", i + 1)))

  // Built once, so that focus survives reruns and new pictures.
  if (grid.dataset.shape !== shape) {
    const picture = /** @type {HTMLDetailsElement} */ (find(parentElement, "details"))
    picture.open ||= !folded || !matchMedia(PHONE).matches || "shape" in grid.dataset
    grid.dataset.shape = shape
    frame.style.setProperty("--layers", String(layers))
    frame.style.setProperty("--heads", String(heads))
    numbers(".columns", heads)
    numbers(".rows", layers)
    grid.replaceChildren(...Array.from({ length: layers * heads }, (_, i) => {
      const cell = button("", null)  // the grid hears of all clicks
      cell.ariaLabel = cell.title = `Layer ${Math.floor(i / heads) + 1}, head ${i % heads + 1}`
      cell.append(element("span"))
      return cell
    }))
  }

  const cells = [...grid.querySelectorAll("button")]
  const chosen = (layer - 1) * heads + head - 1
  /** @param {number} to */
  const rove = to => cells.forEach((cell, i) => { cell.tabIndex = i === to ? 0 : -1 })
  /** @param {number} to */
  const press = to => cells.forEach((cell, i) => { cell.ariaPressed = String(i === to) })

  grid.style.backgroundImage = sprite ? `url(${sprite})` : ""
  grid.ariaBusy = String(!sprite)
  press(chosen)
  if (!grid.matches(":focus-within")) rove(chosen)

  // A badge of symbol and colour on each head that has a role.
  const byName = Object.fromEntries(roles.map(entry => [entry.name, entry]))
  cells.forEach((cell, i) => {
    const label = labels[i] ?? ""
    const { symbol = "", colour = "" } = byName[label] ?? {}
    cell.title = label ? `${cell.ariaLabel}: ${label}` : cell.ariaLabel ?? ""
    cell.classList.toggle("dim", role !== "" && label !== role)
    const badge = find(cell, "span")
    badge.textContent = colour && symbol
    badge.style.background = colour
  })

  /** @param {Role} role */
  const chip = ({ name, symbol, colour, count }) => {
    const made = button("", () => setTriggerValue("role", name))
    made.ariaPressed = String(name === role)
    made.dataset.role = name
    const sign = element("span", "", symbol)
    sign.ariaHidden = "true"
    sign.style.background = colour
    made.append(sign, `${name} ${count}`)
    return made
  }
  const legend = find(parentElement, ".legend")
  const chips = roles.map(chip)
  const focused = legend.querySelector(":focus")?.getAttribute("data-role")
  legend.replaceChildren(...chips)
  chips.find(({ dataset }) => dataset.role === focused)?.focus()

  grid.onclick = event => {  // Enter and Space arrive here too
    const i = cells.findIndex(cell => event.composedPath().includes(cell))
    if (i < 0) return
    press(i)
    rove(i)
    setTriggerValue("picked", [Math.floor(i / heads) + 1, i % heads + 1])
  }

  grid.onkeydown = event => {
    const i = cells.findIndex(cell => cell === event.target)
    const column = i % heads
    /** @type {Record<string, number>} */
    const steps = {
      ArrowRight: column < heads - 1 ? i + 1 : i,
      ArrowLeft: column > 0 ? i - 1 : i,
      ArrowDown: i + heads,
      ArrowUp: i - heads,
      Home: i - column,
      End: i - column + heads - 1,
    }
    const to = steps[event.key]
    if (to === undefined) return
    event.preventDefault()
    if (cells[to]) {
      rove(to)
      cells[to].focus()
    }
  }
}
