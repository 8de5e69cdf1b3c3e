// The words of a sentence, each a button that hides it.
// data: text (the sentence, sent back with a choice: another may be there by then),
// words: [text].
export default ({ data, parentElement, setTriggerValue }) => {
  const group = parentElement.querySelector(".words")
  group.replaceChildren(
    ...data.words.map((word, i) => {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = word
      button.ariaLabel = button.title = `hide this word: ${word}`
      button.onclick = () => {
        passFocusOn()
        setTriggerValue("hidden", [data.text, i])
      }
      return button
    }))
  stopOnce(group)
  takeFocus(group)
}
