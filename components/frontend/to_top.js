// Shows the top of the page, where something was opened from far below. data: wanted.
export default ({ data }) => {
  if (data.wanted) document.querySelector("[data-testid=stMain]").scrollTo({ top: 0 })
}
