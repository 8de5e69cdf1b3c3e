// The words for each mask, each a button that puts it into the sentence.
// data: text (the sentence, sent back with a choice: another may be there by then),
// masks: [{ title, rows: [{ token, note, probability, before, word, after }] }];
// a row whose probability is null only holds the place of one to come.
const element = (tag, className, text = "") => {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text  // never HTML: tokens and sentences are anybody's text
  return made
}

const percent = share => share === null ? "" : `${(share * 100).toFixed(1)}%`

export default ({ data, parentElement, setTriggerValue }) => {
  const group = parentElement.querySelector(".tables")

  const row = ({ token, note, probability, before, word, after }, mask, rank) => {
    const line = element("tr", "")
    line.append(element("td", "rank", rank + 1))

    const button = element("button", "word", token)
    button.type = "button"
    button.disabled = probability === null
    button.title = button.disabled ? "" : `Put “${token}” into the sentence`
    button.onclick = () => {
      passFocusOn()
      setTriggerValue("chosen", [data.text, mask, rank])
    }
    const first = element("td", "first")
    first.append(button)
    if (note) first.append(element("span", "note", note))
    const sentence = element("div", "sentence")
    sentence.append(before, element("b", "", word), after)
    first.append(sentence)

    const share = element("td", "share")
    const track = element("div", "track")
    const bar = element("div", "bar")
    bar.style.width = `${probability * 100}%`
    track.append(bar)
    share.append(element("span", "number", percent(probability)), track)
    line.append(first, share)
    return line
  }

  const table = ({ title, rows }, mask) => {
    const made = element("table", "")
    made.append(element("caption", "", title))
    const head = element("tr", "head")
    for (const name of ["Rank", "Word and sentence", "Probability"]) {
      const cell = element("th", "", name)
      cell.scope = "col"
      head.append(cell)
    }
    made.append(head, ...rows.map((line, rank) => row(line, mask, rank)))
    return made
  }

  group.replaceChildren(...data.masks.map(table))
  takeFocus(group)
}
