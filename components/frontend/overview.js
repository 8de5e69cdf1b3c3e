// All heads as one picture under a grid of real buttons.
// data: layers, heads, layer, head (selected, from 1), sprite (PNG data URL or "").
export default ({ data, parentElement, setTriggerValue }) => {
  const { layers, heads, layer, head, sprite } = data
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

  grid.onclick = event => {  // Enter and Space arrive here too
    const i = cells.indexOf(event.target)
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
