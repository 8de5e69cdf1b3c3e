// Buttons that take files home. A file is made when it is wanted: the page sends it
// back once, and it is saved here.
// data: labels, made: null or { number, name, type, content (base64) }.
export default ({ data, parentElement, setTriggerValue }) => {
  const group = parentElement.querySelector(".files")
  if (!group.childElementCount) {
    group.replaceChildren(...data.labels.map((label, i) => {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = label
      button.onclick = () => setTriggerValue("wanted", i)
      return button
    }))
  }
  const { made } = data
  if (!made || group.dataset.saved === String(made.number)) return
  group.dataset.saved = made.number
  const bytes = Uint8Array.from(atob(made.content), character => character.charCodeAt(0))
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([bytes], { type: made.type }))
  link.download = made.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)  // slow disks still read it
}
