// One head of a long sentence, a cell of 14 pixels for each pair of tokens.
// data: tokens, picture (PNG data URL, a pixel a pair), levels (base64 of n x n
// bytes: 255 times the weight's square root), stops (colours from 0 to 1).
const CELL = 14

export default ({ data, parentElement }) => {
  const { tokens, picture, levels, stops } = data
  const find = name => parentElement.querySelector(name)
  const label = token => {
    const made = document.createElement("span")
    made.textContent = token
    return made
  }
  find(".keys").replaceChildren(...tokens.map(label))
  find(".queries").replaceChildren(...tokens.map(label))
  find(".sheet").style.setProperty("--side", `${tokens.length * CELL}px`)
  const scale = find(".scale")
  scale.style.background = `linear-gradient(90deg, ${stops.join(",")})`
  scale.replaceChildren(...[0, 0.1, 0.5, 1].map(weight => {
    const mark = label(weight)
    mark.style.left = `${Math.sqrt(weight) * 100}%`
    return mark
  }))

  const image = find(".picture")
  image.style.backgroundImage = `url(${picture})`
  const hint = "Point at a cell for its number; scroll to see every token."
  find(".says").textContent = hint
  find(".window").ariaLabel = `Heatmap of ${tokens.length} tokens, scrolls both ways`
  const weights = atob(levels)
  image.onpointermove = event => {
    const key = Math.floor(event.offsetX / CELL)
    const query = Math.floor(event.offsetY / CELL)
    if (tokens[key] === undefined || tokens[query] === undefined) return
    const weight = (weights.charCodeAt(query * tokens.length + key) / 255) ** 2
    find(".says").textContent = `${tokens[query]} → ${tokens[key]} ${weight.toFixed(2)}`
  }
  image.onpointerleave = () => { find(".says").textContent = hint }
}
