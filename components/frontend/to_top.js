// Shows the top of the page, where something was opened from far below.
// data: times, how often that was asked for so far.
export default ({ data, parentElement }) => {
  const { dataset } = parentElement.querySelector("span")
  if (data.times > Number(dataset.times ?? data.times)) {
    document.querySelector("[data-testid=stMain]").scrollTo({ top: 0 })
  }
  dataset.times = data.times
}
