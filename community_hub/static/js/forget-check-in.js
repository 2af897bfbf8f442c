// <forget-check-in>: whoever signs in next on this device finds nothing of what was kept for the check-in of events
// without a connection. What still waits to be synced stays, for whoever it is of.
class ForgetCheckIn extends HTMLElement {
  async connectedCallback() {
    if (!window.caches) return; // plain http
    for (const name of await caches.keys()) if (name.startsWith("check-in /events/")) caches.delete(name);
  }
}

customElements.define("forget-check-in", ForgetCheckIn);
