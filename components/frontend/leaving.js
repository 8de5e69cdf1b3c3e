// @ts-check
// Lets the browser ask before a page with something unsaved is closed or reloaded.

/** @import { Component } from "./elements.js" */

/** @param {Component<{ is_unsaved: boolean }>} component */
export default ({ data }) => {
  // A handler's answer other than null makes the browser ask, in words of its own.
  window.onbeforeunload = () => data.is_unsaved || null
}
