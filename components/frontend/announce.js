// @ts-check
// Lets screen readers tell a lesson's answer whenever it changes: Streamlit's containers
// have no role, and this one may be drawn at any time.
export const announce = () =>
  document.querySelector(".st-key-lesson-answer:not([role])")?.setAttribute("role", "status")

export const watchForAnswers = new MutationObserver(announce)
