// Lets screen readers tell a lesson's answer whenever it changes: Streamlit's containers
// have no role, and this one may be drawn at any time.
const announce = () =>
  document.querySelector(".st-key-lesson-answer:not([role])")?.setAttribute("role", "status")

const watchForAnswers = new MutationObserver(announce)
