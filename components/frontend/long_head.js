// One head of a long sentence, a cell for each pair of tokens, to scroll and to zoom;
// a token picked from a list has its row and its column marked and told in words.
// data: tokens, levels (base64 of a zlib stream of n x n bytes: 255 times the weight's
// square root), palette (base64 of a byte each of red, green and blue for each level),
// stops (colours from 0 to 1).
const CELLS = [4, 6, 8, 10, 14, 20, 28]  // pixels a side
const USUAL = 14
const LABEL = 12  // pixels that a label needs; where cells are smaller, some are left out
const TOLD = 3  // strongest tokens each way

const bytes = text => Uint8Array.from(atob(text), character => character.charCodeAt(0))

const inflate = async packed => {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

export default ({ data, parentElement }) => {
  const { tokens, levels, palette, stops } = data
  const n = tokens.length
  const find = name => parentElement.querySelector(name)
  const element = (tag, text = "") => {
    const made = document.createElement(tag)
    made.textContent = text  // never HTML: tokens are anybody's text
    return made
  }
  const view = find(".window")
  const select = find("select")
  let weights = null  // (query, key) => 0-1, once unpacked

  // What a visitor chose lives in the elements, which outlive reruns.
  const cell = () => Number(view.dataset.cell ?? USUAL)
  const picked = () => Number(select.value)  // -1: none

  const names = JSON.stringify(tokens)
  if (select.dataset.tokens !== names) {
    select.dataset.tokens = names
    const options = tokens.map((token, i) => new Option(`${i} ${token}`, i))
    select.replaceChildren(new Option("choose one", -1), ...options)
  }
  view.ariaLabel = `Heatmap of ${n} tokens, scrolls both ways`
  const hint = "Point at a cell for its number; scroll to see every token."
  find(".points").textContent = hint
  const scale = find(".scale")
  scale.style.background = `linear-gradient(90deg, ${stops.join(",")})`
  scale.replaceChildren(...[0, 0.1, 0.5, 1].map(weight => {
    const mark = element("span", weight)
    mark.style.left = `${Math.sqrt(weight) * 100}%`
    return mark
  }))

  const draw = () => {
    const size = cell()
    const every = Math.ceil(LABEL / size)
    // A picked token's label is always there, and has room.
    const isShown = i => i === picked() ||
      i % every === 0 && (picked() < 0 || Math.abs(i - picked()) >= every)
    const labels = () => tokens.flatMap((token, i) => {
      if (!isShown(i)) return []
      const label = element("span", token)
      label.style.setProperty("--at", `${(i + 0.5) * size}px`)
      label.classList.toggle("picked", i === picked())
      return label
    })
    find(".keys").replaceChildren(...labels())
    find(".queries").replaceChildren(...labels())
    find(".sheet").style.setProperty("--side", `${n * size}px`)
    find(".sheet").style.setProperty("--cell", `${size}px`)
    find(".sheet").style.setProperty("--picked", picked())
    find(".row").hidden = find(".column").hidden = picked() < 0
    find(".size").textContent = `${size} px`
    find(".out").ariaDisabled = size === CELLS[0]
    find(".in").ariaDisabled = size === CELLS.at(-1)
  }

  // The middle of what is in sight beside the labels, in cells; and back again.
  const room = () => {
    const { offsetWidth, offsetHeight } = find(".corner")
    return [view.clientWidth - offsetWidth, view.clientHeight - offsetHeight]
  }
  const middle = () => {
    const [width, height] = room()
    return [(view.scrollLeft + width / 2) / cell(), (view.scrollTop + height / 2) / cell()]
  }
  const show = (key, query) => {
    const [width, height] = room()
    view.scrollTo(key * cell() - width / 2, query * cell() - height / 2)
  }

  const strongest = weight => tokens.map((token, i) => [weight(i), `“${i} ${token}”`])
    .sort((a, b) => b[0] - a[0]).slice(0, TOLD)
    .map(([share, name]) => `${name} ${share.toFixed(2)}`).join(", ")
  const tell = () => {
    const i = picked()
    find(".says").textContent = i < 0 || !weights ? "" :
      `“${i} ${tokens[i]}” looks most at ${strongest(key => weights(i, key))}. ` +
      `Most looked at by ${strongest(query => weights(query, i))}.`
  }

  const zoom = step => {
    const to = CELLS[CELLS.indexOf(cell()) + step]
    if (!to) return
    const centre = middle()
    view.dataset.cell = to
    draw()
    show(...centre)
  }
  find(".out").onclick = () => zoom(-1)
  find(".in").onclick = () => zoom(1)
  view.onkeydown = event => {
    const step = { "+": 1, "=": 1, "-": -1 }[event.key]
    if (!step || event.ctrlKey || event.metaKey) return  // those zoom the page
    event.preventDefault()
    zoom(step)
  }
  select.onchange = () => {
    draw()
    tell()
    if (picked() >= 0) show(picked() + 0.5, picked() + 0.5)
  }

  const image = find(".picture")
  image.onpointermove = event => {
    const { left, top } = image.getBoundingClientRect()
    const key = Math.floor((event.clientX - left) / cell())
    const query = Math.floor((event.clientY - top) / cell())
    if (!weights || tokens[key] === undefined || tokens[query] === undefined) return
    find(".points").textContent =
      `${tokens[query]} → ${tokens[key]} ${weights(query, key).toFixed(2)}`
  }
  image.onpointerleave = () => { find(".points").textContent = hint }

  draw()
  // Of heads opened in quick succession the last is drawn, whichever is unpacked first.
  const asked = view.run = (view.run ?? 0) + 1
  inflate(bytes(levels)).then(values => {
    if (view.run !== asked) return
    weights = (query, key) => (values[query * n + key] / 255) ** 2
    const colours = bytes(palette)
    const canvas = find("canvas")
    canvas.width = canvas.height = n
    const pixels = new ImageData(n, n)
    values.forEach((level, i) =>
      pixels.data.set([...colours.subarray(3 * level, 3 * level + 3), 255], 4 * i))
    canvas.getContext("2d").putImageData(pixels, 0, 0)
    tell()
  })
}
