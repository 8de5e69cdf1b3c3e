// All heads as one picture under a grid of real buttons.
// data: layers, heads, layer, head (selected, from 1), sprite (PNG data URL or ""),
// labels (each head's role), roles: [{ name, symbol, colour, count }] for the legend,
// role (the one shown, "" for all).
export default ({ data, parentElement, setTriggerValue }) => {
  const { layers, heads, layer, head, sprite, labels, roles, role } = data
  const shape = `${layers}x${heads}`
  const frame = parentElement.querySelector(".frame")
  const grid = parentElement.querySelector(".grid")

  const numbers = (selector, count) =>
    parentElement.querySelector(selector).replaceChildren(
      ...Array.from({ length: count }, (_, i) => {
        const label = document.createElement("span")
        label.textContent = i + 1
        return label
      }))

  // Built once, so that focus survives reruns and new pictures.
  if (grid.dataset.shape !== shape) {
    grid.dataset.shape = shape
    frame.style.setProperty("--layers", layers)
    frame.style.setProperty("--heads", heads)
    numbers(".columns", heads)
    numbers(".rows", layers)
    grid.replaceChildren(...Array.from({ length: layers * heads }, (_, i) => {
      const button = document.createElement("button")
      const name = `Layer ${Math.floor(i / heads) + 1}, head ${i % heads + 1}`
      button.type = "button"
      button.ariaLabel = button.title = name
      button.append(document.createElement("span"))
      return button
    }))
  }

  const cells = [...grid.children]
  const chosen = (layer - 1) * heads + head - 1
  const rove = to => cells.forEach((cell, i) => { cell.tabIndex = i === to ? 0 : -1 })
  const press = to => cells.forEach((cell, i) => { cell.ariaPressed = i === to })

  grid.style.backgroundImage = sprite ? `url(${sprite})` : ""
  grid.ariaBusy = !sprite
  press(chosen)
  if (!grid.matches(":focus-within")) rove(chosen)

  // A badge of symbol and colour on each head that has a role.
  const byName = Object.fromEntries(roles.map(entry => [entry.name, entry]))
  cells.forEach((cell, i) => {
    const { symbol = "", colour = "" } = byName[labels[i]] ?? {}
    cell.title = labels[i] ? `${cell.ariaLabel}: ${labels[i]}` : cell.ariaLabel
    cell.classList.toggle("dim", role !== "" && labels[i] !== role)
    const badge = cell.firstChild
    badge.textContent = colour && symbol
    badge.style.background = colour
  })

  const chip = ({ name, symbol, colour, count }) => {
    const button = document.createElement("button")
    button.type = "button"
    button.ariaPressed = name === role
    button.dataset.role = name
    const sign = document.createElement("span")
    sign.textContent = symbol
    sign.ariaHidden = true
    sign.style.background = colour
    button.append(sign, `${name} ${count}`)
    button.onclick = () => setTriggerValue("role", name)
    return button
  }
  const legend = parentElement.querySelector(".legend")
  const focused = legend.querySelector(":focus")?.dataset.role
  legend.replaceChildren(...roles.map(chip))
  legend.querySelector(`[data-role="${focused}"]`)?.focus()

  grid.onclick = event => {  // Enter and Space arrive here too
    const i = cells.indexOf(event.target.closest("button"))
    if (i < 0) return
    press(i)
    rove(i)
    setTriggerValue("picked", [Math.floor(i / heads) + 1, i % heads + 1])
  }

  grid.onkeydown = event => {
    const i = cells.indexOf(event.target)
    const column = i % heads
    const to = {
      ArrowRight: column < heads - 1 ? i + 1 : i,
      ArrowLeft: column > 0 ? i - 1 : i,
      ArrowDown: i + heads,
      ArrowUp: i - heads,
      Home: i - column,
      End: i - column + heads - 1,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    if (cells[to]) {
      rove(to)
      cells[to].focus()
    }
  }
}
