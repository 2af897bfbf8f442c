// <code-scanner>: a button that opens the camera, where the browser can read QR codes; fires code:scanned with the
// text. It goes on until it is closed, and reads the same code again only after a while. say(): below the picture.
const EVERY = 200, SAME = 4000; // ms

class CodeScanner extends HTMLElement {
  async connectedCallback() {
    this.button = this.querySelector("[data-open]");
    this.dialog = this.querySelector("dialog");
    this.video = this.querySelector("video");
    this.button.addEventListener("click", () => this.open());
    this.querySelector("[data-close]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.stop());
    this.button.hidden = !(await canRead());
  }

  disconnectedCallback() { this.stop(); }

  async open() {
    this.dialog.showModal();
    try {
      this.reader = new BarcodeDetector({ formats: ["qr_code"] });
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      this.video.srcObject = this.stream;
      await this.video.play();
      if (this.dialog.open) this.timer = setInterval(() => this.read(), EVERY);
      else this.stop();
    } catch {
      this.say(this.dataset.fails);
    }
  }

  async read() {
    if (this.reading) return;
    this.reading = true;
    const found = await this.reader.detect(this.video).catch(() => []);
    this.reading = false;
    const text = found[0]?.rawValue;
    if (!text || (text === this.last && Date.now() - this.lastAt < SAME)) return;
    this.last = text;
    this.lastAt = Date.now();
    this.dispatchEvent(new CustomEvent("code:scanned", { bubbles: true, detail: text }));
  }

  say(words) { this.querySelector("[data-scanned]").textContent = words; }

  stop() {
    clearInterval(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = this.video.srcObject = null;
  }
}

async function canRead() {
  if (!window.BarcodeDetector || !navigator.mediaDevices?.getUserMedia) return false;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code");
}

customElements.define("code-scanner", CodeScanner);
