// @ts-check
// One head of a long sentence, a cell for each pair of tokens, to scroll and to zoom;
// a token picked from a list has its row and its column marked and told in words.
import { bytes, element, find } from "./elements.js"

/**
 * @import { Component } from "./elements.js"
 * @typedef {object} LongHead
 * @property {string[]} tokens
 * @property {string} levels base64 of a zlib stream of n x n bytes: 255 times the
 *   weight's power
 * @property {string} palette base64 of a byte each of red, green and blue for each level
 * @property {string[]} stops colours from 0 to 1
 * @property {number} exponent of that power, which is a weight's place between the stops
 */

const CELLS = [4, 6, 8, 10, 14, 20, 28]  // pixels a side
const USUAL = 14
const LABEL = 12  // pixels that a label needs; where cells are smaller, some are left out
const TOLD = 3  // strongest tokens each way
/** @type {Record<string, number>} */
const STEPS = { "+": 1, "=": 1, "-": -1 }

/** @param {Uint8Array<ArrayBuffer>} packed */
const inflate = async packed => {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** @param {Component<LongHead>} component */
export default ({ data, parentElement }) => {
  const { tokens, levels, palette, stops, exponent } = data
  const n = tokens.length
  /** @param {string} selector */
  const part = selector => find(parentElement, selector)
  const view = part(".window")
  const select = /** @type {HTMLSelectElement} */ (part("select"))
  /** @type {((query: number, key: number) => number) | null} */
  let weights = null  // 0-1, once unpacked

  // What a visitor chose lives in the elements, which outlive reruns.
  const cell = () => Number(view.dataset.cell ?? USUAL)
  const picked = () => Number(select.value)  // -1: none

  const names = JSON.stringify(tokens)
  if (select.dataset.tokens !== names) {
    select.dataset.tokens = names
    const options = tokens.map((token, i) => new Option(`${i} ${token}`, String(i)))
    select.replaceChildren(new Option("choose one", "-1"), ...options)
  }
  view.ariaLabel = `Heatmap of ${n} tokens, scrolls both ways`
  const hint = "Point at a cell for its number; scroll to see every token."
  part(".points").textContent = hint
  const scale = part(".scale")
  scale.style.background = `linear-gradient(90deg, ${stops.join(",")})`
  scale.replaceChildren(...[0, 0.1, 0.5, 1].map(weight => {
    const mark = element("span", "", weight)
    mark.style.left = `${weight ** exponent * 100}%`
    return mark
  }))

  const draw = () => {
    const size = cell()
    const every = Math.ceil(LABEL / size)
    // A picked token's label is always there, and has room.
    /** @param {number} i */
    const isShown = i => i === picked() ||
      i % every === 0 && (picked() < 0 || Math.abs(i - picked()) >= every)
    const labels = () => tokens.flatMap((token, i) => {
      if (!isShown(i)) return []
      const label = element("span", i === picked() ? "picked" : "", token)
      label.style.setProperty("--at", `${(i + 0.5) * size}px`)
      return label
    })
    part(".keys").replaceChildren(...labels())
    part(".queries").replaceChildren(...labels())
    part(".sheet").style.setProperty("--side", `${n * size}px`)
    part(".sheet").style.setProperty("--cell", `${size}px`)
    part(".sheet").style.setProperty("--picked", String(picked()))
    part(".row").hidden = part(".column").hidden = picked() < 0
    part(".size").textContent = `${size} px`
    part(".out").ariaDisabled = String(size === CELLS[0])
    part(".in").ariaDisabled = String(size === CELLS.at(-1))
  }

  // The middle of what is in sight beside the labels, in cells; and back again.
  const room = () => {
    const { offsetWidth, offsetHeight } = part(".corner")
    return {
      width: view.clientWidth - offsetWidth, height: view.clientHeight - offsetHeight }
  }
  const middle = () => {
    const { width, height } = room()
    return {
      key: (view.scrollLeft + width / 2) / cell(),
      query: (view.scrollTop + height / 2) / cell(),
    }
  }
  /** @param {number} key @param {number} query */
  const show = (key, query) => {
    const { width, height } = room()
    view.scrollTo(key * cell() - width / 2, query * cell() - height / 2)
  }

  /** @param {(i: number) => number} weight */
  const strongest = weight => tokens.map((token, i) => ({ share: weight(i), i, token }))
    .sort((a, b) => b.share - a.share).slice(0, TOLD)
    .map(({ share, i, token }) => `“${i} ${token}” ${share.toFixed(2)}`).join(", ")
  const tell = () => {
    const i = picked(), weight = weights
    part(".says").textContent = i < 0 || !weight ? "" :
      `“${i} ${tokens[i]}” looks most at ${strongest(key => weight(i, key))}. ` +
      `Most looked at by ${strongest(query => weight(query, i))}.`
  }

  /** @param {number} step */
  const zoom = step => {
    const to = CELLS[CELLS.indexOf(cell()) + step]
    if (!to) return
    const { key, query } = middle()
    view.dataset.cell = String(to)
    draw()
    show(key, query)
  }
  part(".out").onclick = () => zoom(-1)
  part(".in").onclick = () => zoom(1)
  view.onkeydown = event => {
    const step = STEPS[event.key]
    if (!step || event.ctrlKey || event.metaKey) return  // those zoom the page
    event.preventDefault()
    zoom(step)
  }
  select.onchange = () => {
    draw()
    tell()
    if (picked() >= 0) show(picked() + 0.5, picked() + 0.5)
  }

  const image = part(".picture")
  image.onpointermove = event => {
    const { left, top } = image.getBoundingClientRect()
    const key = Math.floor((event.clientX - left) / cell())
    const query = Math.floor((event.clientY - top) / cell())
    if (!weights || tokens[key] === undefined || tokens[query] === undefined) return
    part(".points").textContent =
      `${tokens[query]} → ${tokens[key]} ${weights(query, key).toFixed(2)}`
  }
  image.onpointerleave = () => { part(".points").textContent = hint }

  draw()
  // Of heads opened in quick succession the last is drawn, whichever is unpacked first.
  const asked = view.dataset.asked = String(Number(view.dataset.asked ?? 0) + 1)
  inflate(bytes(levels)).then(values => {
    if (view.dataset.asked !== asked) return
    weights = (query, key) => ((values[query * n + key] ?? 0) / 255) ** (1 / exponent)
    const colours = bytes(palette)
    const canvas = /** @type {HTMLCanvasElement} */ (part("canvas"))
    canvas.width = canvas.height = n
    const pixels = new ImageData(n, n)
    values.forEach((level, i) =>
      pixels.data.set([...colours.subarray(3 * level, 3 * level + 3), 255], 4 * i))
    canvas.getContext("2d")?.putImageData(pixels, 0, 0)
    tell()
  })
}
