// The words of a sentence, of which two are chosen one after the other.
// data: text (the sentence, sent back with the choice), words: [text].
export default ({ data, parentElement, setTriggerValue }) => {
  const group = parentElement.querySelector(".words")
  if (group.dataset.text === data.text) return  // a first choice survives reruns
  group.dataset.text = data.text
  const says = parentElement.querySelector(".says")
  const ask = chosen => {
    says.textContent = chosen === null
      ? "Choose the word that looks, then the word it should look at."
      : `“${data.words[chosen]}” looks at … Choose the second word.`
  }
  let first = null
  const buttons = data.words.map((word, i) => {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = word
    button.ariaPressed = false
    button.onclick = () => {
      if (first !== null && first !== i) setTriggerValue("chosen", [data.text, first, i])
      first = first === null ? i : null
      buttons.forEach((other, j) => { other.ariaPressed = j === first })
      ask(first)
    }
    return button
  })
  group.replaceChildren(...buttons)
  stopOnce(group)
  ask(null)
}
