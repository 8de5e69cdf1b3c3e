// Lets the browser ask before a page with something unsaved is closed or reloaded.
// data: is_unsaved.
export default ({ data }) => {
  // A handler's answer other than null makes the browser ask, in words of its own.
  window.onbeforeunload = () => data.is_unsaved || null
}
