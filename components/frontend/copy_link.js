// Copies a link: one that is given, or the page's own address, completed with what
// it leaves to defaults.
// data: label, link ("" for the page's own), parameters ({ name: text }).
const LOOK = 50, RESTS = 3, MOST = 100  // ms between looks, looks at rest, looks in all

// A click ends the typing in a field, and the page runs for that field first; on a busy
// server a while later.
const pageRests = async button => {
  const app = document.querySelector("[data-testid=stApp]")
  const sentence = document.querySelector("[aria-label=Sentence]")
  const isAhead = () =>
    app?.dataset.testScriptState === "running" ||
    (sentence && "text" in button.latest.parameters &&
      sentence.value !== button.latest.parameters.text)
  for (let look = 0, rests = 0; look < MOST && rests < RESTS; look++) {
    await new Promise(done => setTimeout(done, LOOK))
    rests = isAhead() ? 0 : rests + 1
  }
}

const address = ({ link, parameters }) => {
  const url = new URL(link || window.location.href)
  // Community Cloud serves the page itself under this path of the public address.
  url.pathname = url.pathname.replace("/~/+/", "/")
  url.hash = ""
  if (!link) url.searchParams.delete("teach")  // the panel is the teacher's own
  for (const [name, text] of Object.entries(parameters)) url.searchParams.set(name, text)
  return url.href
}

// navigator.clipboard exists on https and localhost only; a class may have neither.
const copyByHand = text => {
  const field = document.createElement("textarea")
  field.value = text
  field.ariaHidden = true
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand("copy")
  field.remove()
  return isCopied
}

export default ({ data, parentElement }) => {
  const button = parentElement.querySelector("button")
  const says = parentElement.querySelector(".says")
  button.textContent = data.label
  button.latest = data

  button.onclick = async () => {
    says.textContent = ""
    await pageRests(button)
    const text = address(button.latest)
    let isCopied
    try {
      await navigator.clipboard.writeText(text)
      isCopied = true
    } catch {
      isCopied = copyByHand(text)
      button.focus()
    }
    says.textContent = isCopied ? "Copied"
      : data.link ? "Select the link and copy it by hand"
      : "Copy the address from your browser’s address bar"
  }
}
