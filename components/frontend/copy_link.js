// Copies a link: one that is given, or the page's own address, completed with what
// it leaves to defaults.
// data: label, link ("" for the page's own), parameters ({ name: text }).
export default ({ data, parentElement }) => {
  const button = parentElement.querySelector("button")
  const says = parentElement.querySelector(".says")

  button.textContent = data.label

  const link = () => {
    const url = new URL(data.link || window.location.href)
    // Community Cloud serves the page itself under this path of the public address.
    url.pathname = url.pathname.replace("/~/+/", "/")
    url.hash = ""
    for (const [name, text] of Object.entries(data.parameters)) url.searchParams.set(name, text)
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

  button.onclick = async () => {
    const text = link()
    let isCopied
    try {
      await navigator.clipboard.writeText(text)
      isCopied = true
    } catch {
      isCopied = copyByHand(text)
      button.focus()
    }
    says.textContent = isCopied ? "Copied" : "Copy the address from your browser’s address bar"
  }
}
